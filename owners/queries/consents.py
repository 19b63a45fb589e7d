"""What somebody said to each purpose, and who may be written to for one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from owners.models import (
    Basis,
    Consent,
    ConsentPurpose,
    ConsentVersion,
    Occupancy,
    Person,
    PersonQuerySet,
)
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.refusals import NotFound

MOST_LINES, MOST_SENT = 100, 20
LOOKS = {"given": "circle-check", "withdrawn": "circle-x", "asked_again": "refresh", "open": "circle-dotted"}
TONES = {"given": "good", "withdrawn": "plain", "asked_again": "waiting", "open": "waiting"}
WORDS: dict[str, str | Promise] = {
    "given": pgettext_lazy("consent", "Given"),
    "withdrawn": pgettext_lazy("consent", "Not given"),
    "asked_again": pgettext_lazy("consent", "Asked again: the text has changed"),
    "open": pgettext_lazy("consent", "Not answered yet"),
}


@dataclass(frozen=True)
class Said:
    """A purpose, the words in force, and the latest answer of one person, if any."""

    purpose: ConsentPurpose
    version: ConsentVersion
    latest: Consent | None

    @property
    def is_asked(self) -> bool:
        """What the service needs is told, not asked."""
        return self.purpose.basis == Basis.CONSENT

    @property
    def state(self) -> str:
        """`given` counts for the version in force only."""
        if self.latest is None:
            return "open"
        if not self.latest.given:
            return "withdrawn"
        return "given" if self.latest.version_id == self.version.pk else "asked_again"

    @property
    def words(self) -> str:
        return str(WORDS[self.state])

    @property
    def look(self) -> str:
        return LOOKS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]


def in_force() -> list[ConsentVersion]:
    """The newest published version of every purpose in use; one query."""
    newest = (
        ConsentVersion.objects.filter(purpose=OuterRef("purpose"), published_at__isnull=False)
        .order_by("-number")
        .values("pk")[:1]
    )
    rows = ConsentVersion.objects.filter(pk=Subquery(newest), purpose__is_active=True)
    return list(rows.select_related("purpose").order_by("purpose__position", "purpose"))


def lines_of(person: Person) -> Q:
    """Answers of the person, also those that stand in a record that was merged into theirs."""
    return Q(person=person) | Q(person__merged_into=person)


def said_by(person: Person) -> list[Said]:
    """Every purpose with what the person said last; two queries."""
    lines = (
        Consent.objects.filter(lines_of(person))
        .order_by("version__purpose_id", "-id")
        .distinct("version__purpose_id")
        .select_related("version", "guardian")
    )
    latest = {line.version.purpose_id: line for line in lines}
    return [Said(each.purpose, each, latest.get(each.purpose_id)) for each in in_force()]


def history_of(person: Person) -> list[Consent]:
    """Every answer, the latest first."""
    rows = Consent.objects.filter(lines_of(person)).select_related("version__purpose", "guardian")
    return list(rows.order_by("-id")[:MOST_LINES])


def version_asked(pk: int) -> ConsentVersion:
    """A version that is in force; refuses `not_found`."""
    found = next((each for each in in_force() if each.pk == pk), None)
    if found is None:
        raise NotFound
    return found


def who_agreed(code: str, people: PersonQuerySet) -> PersonQuerySet:
    """Of `people` those whose latest answer to the purpose is a yes to the version in force.

    Whatever goes beyond the service (advertising, news that nobody waits for) goes to these only.
    """
    newest = (
        ConsentVersion.objects.filter(purpose__code=code, purpose__is_active=True, published_at__isnull=False)
        .order_by("-number")
        .values("pk")[:1]
    )
    who = OuterRef(OuterRef("pk"))
    whose = Q(person=who) | Q(person__merged_into=who)
    last = Consent.objects.filter(whose, version__purpose__code=code).order_by("-id").values("pk")[:1]
    yes = Consent.objects.filter(pk=Subquery(last.values("pk")), given=True, version=Subquery(newest))
    return people.filter(Exists(yes))


def readers_of(code: str, community: Community) -> list[int]:
    """The logins of a community's present residents who agreed to the purpose: whom news about it is written to."""
    people = Person.objects.filter(
        Exists(Occupancy.objects.current().filter(person=OuterRef("pk"))),
        community=community,
        merged_into=None,
        user__isnull=False,
    )
    rows = who_agreed(code, people).order_by("user").values_list("user", flat=True)
    return list(rows.distinct())


def sent_for(purpose: ConsentPurpose, user: User) -> list[Event]:
    """The latest messages to those who agreed, in one's own communities."""
    rows = Event.objects.filter(work="consent_purpose", case_id=purpose.pk, community__in=user.community_ids)
    return list(rows.select_related("community").order_by("-id")[:MOST_SENT])
