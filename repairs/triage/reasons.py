"""Why a message was judged as it was, as codes with a sentence each (the codes of data/hazards.txt and a few more)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READS_LIKE_EMERGENCY = "reads_like_emergency"
PAST_OR_MENDED = "past_or_mended"
URGENCY_UNSURE = "urgency_unsure"
TRADE_UNSURE = "trade_unsure"
PLACE_UNSURE = "place_unsure"
NO_KNOWN_WORDS = "no_known_words"

SENTENCES: dict[str, Promise] = {
    "gas_smell": _("Smell or leak of gas"),
    "gas_poisoning": _("Gas or fumes and somebody feels unwell"),
    "fumes": _("Smell of fuel or chemicals"),
    "fire": _("Fire or explosion"),
    "smoke": _("Smoke"),
    "burning_smell": _("Smell of burning"),
    "sparks": _("Sparks"),
    "overheating_electric": _("Something electric is hot"),
    "electric_shock": _("Somebody got or may get an electric shock"),
    "exposed_live_wire": _("A bare or broken wire"),
    "water_at_electrics": _("Water close to electricity"),
    "burst_or_flood": _("A burst pipe or water running out"),
    "sewage_in_home": _("Sewage comes up into the home"),
    "no_water": _("No water in the home"),
    "no_power": _("No power in the home"),
    "no_heating_in_frost": _("No heating while it freezes"),
    "heat_at_home": _("A helpless person in great heat"),
    "trapped_in_lift": _("Somebody is trapped in a lift"),
    "trapped": _("Somebody is trapped or cannot get out"),
    "lift_danger": _("The lift is dangerous"),
    "person_locked_in": _("A child or a helpless person is locked in"),
    "person_in_danger": _("Somebody is hurt or does not answer"),
    "children_at_risk": _("Children are where something is broken"),
    "rescue_blocked": _("An ambulance or fire engine is held up"),
    "medical_device": _("Somebody needs a medical device or treatment at home"),
    "falling_parts": _("Parts of the building may fall or have fallen"),
    "tree_down": _("A tree or branch has fallen or may fall"),
    "structure": _("The structure may be damaged"),
    "open_hole": _("An open manhole or hole in the ground"),
    "dangerous_animal": _("A dangerous animal, or somebody was stung or bitten"),
    READS_LIKE_EMERGENCY: _("Reads like earlier emergencies"),
    PAST_OR_MENDED: _("Speaks of a danger that is past, mended or only feared"),
    URGENCY_UNSURE: _("The urgency is not certain"),
    TRADE_UNSURE: _("The trade is not certain"),
    PLACE_UNSURE: _("Unit or public area is not certain"),
    NO_KNOWN_WORDS: _("No word that the program knows"),
}

DEPARTMENT_NAMES: dict[str, Promise] = {
    "engineering": _("Engineering"),
    "security": _("Security"),
    "cleaning": _("Cleaning"),
    "customer_service": _("Customer service"),
}
