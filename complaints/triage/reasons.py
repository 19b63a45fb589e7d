"""Why a message was judged as it was, as codes with a sentence each (the codes of data/signs.txt and a few more)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READS_LIKE_MAJOR = "reads_like_major"
KIND_UNSURE = "kind_unsure"
TYPE_UNSURE = "type_unsure"
LEVEL_UNSURE = "level_unsure"
NO_KNOWN_WORDS = "no_known_words"

SENTENCES: dict[str, Promise] = {
    "injury": _("Somebody was hurt"),
    "minors": _("A child came to harm"),
    "media": _("The media are spoken of"),
    "group": _("Many households speak as one"),
    "law": _("Lawyers or courts are spoken of"),
    "authority": _("An authority was called in"),
    READS_LIKE_MAJOR: _("Reads like earlier major complaints"),
    "again": _("It was told before, and nothing came of it"),
    "written": _("A written answer or somebody in charge is asked for"),
    "several": _("Several are to do with it and pass it on"),
    "now": _("It happens at this moment"),
    KIND_UNSURE: _("The kind is not certain"),
    TYPE_UNSURE: _("The type is not certain"),
    LEVEL_UNSURE: _("The level is not certain"),
    NO_KNOWN_WORDS: _("No word that the program knows"),
}
