"""Who answers a running campaign how: everything is asked for and sent as a browser does it."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from django.test import Client

from owners.models import Occupancy
from servicecenter.accounts.models import User
from surveys.models import Campaign, Invitation
from surveys.work import entrance
from tests.bench.day import Hand
from tests.bench.town import Voices

BUILDINGS = 10
# Of all units, who answers by which way; the rest never does.
SHARES = {"portal": 0.14, "link": 0.13, "poster": 0.05, "phone": 0.08, "paper": 0.05}
# Since last year the lifts got worse, the repairs better.
BETTER = {"s": 0.7, "f": -0.6}


class Guest:
    """Somebody without a login at a phone."""

    def __init__(self) -> None:
        self.hand = Hand.__new__(Hand)
        self.hand.client = Client()
        self.hand.user = User(role="guest")


class Asking:
    """One running campaign, and who answers it how."""

    def __init__(self, campaign: Campaign, agents: list[Hand], seed: int) -> None:
        self.campaign, self.agents = campaign, agents
        self.voices = Voices(seed, campaign.questionnaire.sheet.questions)
        self.rng = random.Random(seed + 1)
        self.did: Counter[str] = Counter()

    def run(self) -> None:
        """Everybody who answers, channel by channel, in the order of a shuffled roll."""
        asked = list(
            Invitation.objects.filter(campaign=self.campaign).select_related("unit", "stratum__building")
        )
        self.rng.shuffle(asked)
        # A building of twelve from which three answer: nobody may be found out there.
        small = [each for each in asked if each.unit and each.unit.building.code == str(BUILDINGS + 1)]
        rest = [each for each in asked if each not in small]
        for each in small[:3]:
            self.link(each)
        wanted = {channel: int(share * len(asked)) for channel, share in SHARES.items()}
        for channel in ("portal", "link", "poster", "paper"):
            for _turn in range(wanted[channel]):
                each = next(one for one in reversed(rest) if channel != "portal" or self.login(one))
                rest.remove(each)
                getattr(self, channel)(each)
        self.phone(wanted["phone"])

    def login(self, invitation: Invitation) -> User | None:
        stay = Occupancy.objects.current().select_related("person__user").get(unit=invitation.unit)
        return stay.person.user

    def say(self, invitation: Invitation, *, skips: bool = False) -> dict[str, Any]:
        assert invitation.unit is not None
        return self.voices.say(int(invitation.unit.building.code), BETTER, skips=skips)

    def portal(self, invitation: Invitation) -> None:
        """Home, the list, the questions."""
        user = self.login(invitation)
        assert user is not None
        hand = Hand(user)
        hand.open("/portal/surveys/")
        led = hand._timed("sent", hand.client.get, f"/s/own/{invitation.pk}/", expected=(302,))
        self.fill(hand, led.headers["Location"], self.say(invitation))
        self.did["answered in the portal"] += 1

    def link(self, invitation: Invitation) -> None:
        """The address that the sender puts into the message as it leaves."""
        self.fill(Guest().hand, entrance(invitation.pk), self.say(invitation))
        self.did["answered by the link of a message"] += 1

    def poster(self, invitation: Invitation) -> None:
        """Unit and the end of a number on record."""
        assert invitation.unit is not None
        hand, path = Guest().hand, f"/s/poster/{self.campaign.number}/"
        hand.open(path)
        end = Occupancy.objects.current().get(unit=invitation.unit).person.phone_last4
        led = hand.post(path, {"unit": invitation.unit.code, "phone_end": end})
        self.fill(hand, led.headers["Location"], self.say(invitation))
        self.did["answered from the poster"] += 1

    def fill(self, hand: Hand, path: str, said: dict[str, Any]) -> None:
        """Section by section, as it is shown, until thanks are said."""
        for _screen in range(20):
            page = hand.open(path)
            form, at = page.context["form"], page.context["screen"].number
            given = {code: said[code] for code in form.fields if code in said}
            answer_ = hand.post(path, {"at": at} | given, expected=(200, 302))
            if answer_.status_code == 200:
                return
            path = answer_.headers["Location"]
        raise SystemExit(f"no end: {path}")

    def paper(self, invitation: Invitation) -> None:
        """Two agents type it in; every tenth is read differently, looked at again and mended."""
        assert invitation.unit is not None
        said = self.say(invitation, skips=True)
        one, other = self.rng.sample(self.agents, 2)
        wrong = dict(said, overall=said["overall"] % 10 + 1) if self.rng.random() < 0.1 else said
        self.type_in(one, invitation, wrong)
        if wrong is not said:
            self.type_in(other, invitation, said, expected=(200, 422))
            self.did["papers read differently, and mended"] += 1
            self.type_in(one, invitation, said)
        else:
            self.type_in(other, invitation, said)
        self.did["answered on paper, typed in twice"] += 1

    def type_in(
        self, agent: Hand, invitation: Invitation, said: dict[str, Any], expected: tuple[int, ...] = (302,)
    ) -> None:
        path = f"/desk/surveys/{invitation.pk}/paper/"
        agent.post("/desk/surveys/", {"number": self.campaign.number, "unit": str(invitation.unit)})
        agent.open(path)
        agent.post(path, said, expected=expected)

    def phone(self, wanted: int) -> None:
        """The queue: some do not pick up, some want another hour, some say no."""
        while self.did["answered by phone"] < wanted:
            agent = self.agents[self.did["calls"] % len(self.agents)]
            led = agent.post("/desk/surveys/", {})
            held = Invitation.objects.filter(claimed_by=agent.user).select_related("unit__building").first()
            if held is None:
                return
            agent.open(led.headers["Location"])
            self.did["calls"] += 1
            outcome = self.rng.choices(["reached", "no_answer", "busy", "refused"], [50, 35, 8, 7])[0]
            said = self.say(held, skips=True) if outcome == "reached" else {}
            agent.post(led.headers["Location"], said | {"outcome": outcome})
            self.did["answered by phone"] += outcome == "reached"
