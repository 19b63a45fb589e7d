"""What some residents agreed to, a child with a guardian, a correction to check, and one who asked to be erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from owners.actions.asking_erasure import ask_erasure
from owners.actions.changing import propose
from owners.actions.consenting import say
from owners.actions.guarding import name_guardian
from owners.actions.inviting import invite
from owners.actions.moving import move_in, move_out
from owners.actions.registering import Details, register_person
from owners.models import Consent, ConsentChannel, Occupancy, Person
from owners.queries.consents import in_force
from owners.workflow import Field
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import local_day

OWNER, TENANT, GONE = "13800000001", "13800000002", "13800000009"
# How many others in building 1 answered, every third of them with a no.
OTHERS = 6


def build(community: Community, *, at: datetime) -> None:
    """A few of each, so that every list has something to show; a second call changes nothing."""
    if Consent.objects.filter(community=community).exists():
        return
    agent = User.objects.get(username="agent")
    owner, tenant = (_stay(community, phone) for phone in (OWNER, TENANT))
    _answers(community, owner.person, tenant.person, agent, at)
    _child(owner, agent, at)
    contact = {"emergency_contact": "林静", "emergency_phone": "13959201122"}
    propose(owner.person, Field.EMERGENCY, contact, by=_login(owner.person), at=at - timedelta(hours=3))
    _left(owner, agent, at)


def _stay(community: Community, phone: str) -> Occupancy:
    stays = Occupancy.objects.current().filter(community=community, person__phone=phone)
    return stays.select_related("unit__community", "person__user").order_by("id")[0]


def _answers(community: Community, owner: Person, tenant: Person, agent: User, at: datetime) -> None:
    asked = {version.purpose.code: version for version in in_force()}
    say(owner, asked["photos"], given=True, channel=ConsentChannel.PORTAL, by=_login(owner), at=at)
    say(owner, asked["marketing"], given=False, channel=ConsentChannel.PORTAL, by=_login(owner), at=at)
    say(tenant, asked["marketing"], given=True, channel=ConsentChannel.PAPER, by=agent, at=at)
    stays = Occupancy.objects.current().filter(
        community=community, is_primary=True, person__user__isnull=False
    )
    others = Person.objects.filter(pk__in=stays.values("person")).exclude(pk__in=[owner.pk, tenant.pk])
    for number, person in enumerate(others.select_related("user").order_by("id")[:OTHERS]):
        yes = number % 3 != 2
        say(person, asked["marketing"], given=yes, channel=ConsentChannel.PORTAL, by=_login(person), at=at)
    supervisor = User.objects.staff_of([community.pk], Role.SUPERVISOR).earliest("id")
    title, text = "周六亲子手工课", "本周六下午3点，会所一楼，陶艺手工，名额20组。请到前台或来电报名。"
    invite(asked["marketing"].purpose, community, title=title, text=text, by=supervisor, at=at)


def _child(home: Occupancy, agent: User, at: datetime) -> None:
    born = local_day(at) - timedelta(days=9 * 365)
    details = Details(name=f"{home.person.name[:1]}小禾", birthday=born)
    child = register_person(home.community, details, by=agent, at=at)
    move_in(home.unit, person=child, role="family", by=agent, at=at)
    name_guardian(child, home.person, by=agent, at=at)


def _left(home: Occupancy, agent: User, at: datetime) -> None:
    """A tenant of another home who moved out six weeks ago."""
    community, came = home.community, at - timedelta(days=300)
    other = Occupancy.objects.current().filter(community=community, is_primary=True).exclude(unit=home.unit)
    person = register_person(community, Details(name="陈志远", phone=GONE), by=agent, at=came)
    unit = other.select_related("unit__community").latest("id").unit
    stay = move_in(unit, person=person, role="tenant", by=agent, at=came)
    move_out(stay, by=agent, at=at - timedelta(days=42))
    ask_erasure(person, channel=ConsentChannel.PHONE, by=agent, at=at - timedelta(days=2))


def _login(person: Person) -> User:
    assert person.user is not None
    return person.user
