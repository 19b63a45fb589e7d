"""Goods leave the gate once, for somebody who lives there, with the owner's consent, within the time of the slip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from owners.actions.moving import NewOwner, move_out, transfer
from owners.actions.releases import (
    Consent,
    Goods,
    Wish,
    ask,
    cancel,
    consent,
    decline,
    let_out,
    look_up,
    refuse,
)
from owners.actions.releases.gate import Expired, HolderLeft, NotYet, UnknownCode
from owners.codes import ALPHABET, draw_code, grouped, typed_code
from owners.models import GoodsRelease, Occupancy, Person, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal, TooMany
from servicecenter.notifications.models import Message
from servicecenter.sla.sweep import sweep
from servicecenter.workflow.run import TransitionRefused, allowed
from tests.conftest import make_resident, make_staff

Ask = Callable[..., GoodsRelease]


def wish(**changes: Any) -> Wish:
    now = timezone.now()
    given: dict[str, Any] = {
        "goods": [Goods("沙发", 2), Goods("电视机")],
        "valid_from": now - timedelta(minutes=1),
        "valid_until": now + timedelta(hours=4),
        "plate": "闽D12345",
    } | changes
    return Wish(**given)


def all_of(release: GoodsRelease) -> set[int]:
    return set(release.items.values_list("pk", flat=True))


@pytest.fixture
def tenant(unit_3_2_1201: Unit, person_wang: Person) -> Person:
    """A tenant of the owner's unit."""
    return Person.objects.get(user=make_resident("钱租客", "13900000021", unit_3_2_1201, "tenant"))


@pytest.fixture
def owners_slip(unit_3_2_1201: Unit, person_wang: Person, resident_wang: User) -> GoodsRelease:
    return ask(unit_3_2_1201, person_wang, wish(), by=resident_wang)


@pytest.fixture
def tenants_slip(unit_3_2_1201: Unit, tenant: Person) -> GoodsRelease:
    assert tenant.user is not None
    return ask(unit_3_2_1201, tenant, wish(), by=tenant.user)


# Codes


def test_a_code_is_drawn_from_letters_that_look_like_nothing_else() -> None:
    assert not set("ILOU") & set(ALPHABET)
    assert typed_code(draw_code()) != ""


@pytest.mark.parametrize("typed", ["7k3m-9xq2", " 7K3M 9XQ2 ", "７Ｋ３Ｍ－９ｘｑ２", "7K3M9XQ2"])
def test_a_code_may_be_typed_in_any_width_and_case(typed: str) -> None:
    assert typed_code(typed) == "7K3M9XQ2"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert typed_code("OIL0-1111") == "01101111"


@pytest.mark.parametrize("typed", ["", "7K3M", "7K3M9XQ2A", "7K3M9XQU", "七三", "\0" * 8, "x" * 10_000])
def test_anything_else_is_no_code(typed: str) -> None:
    assert typed_code(typed) == ""


def test_nothing_that_opens_the_gate_and_no_plate_stands_in_clear(owners_slip: GoodsRelease) -> None:
    code = owners_slip.code()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM owners_goodsrelease r")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(string_agg(row_to_json(e)::text, ''), '') FROM audit_event e")
        events = cursor.fetchone()[0]
    for secret in (code, grouped(code), "闽D12345", "D12345"):
        assert secret not in stored + events
    assert owners_slip.plate_mask == "闽D·**345"


# Asking


def test_an_owners_release_is_valid_at_once(owners_slip: GoodsRelease) -> None:
    assert (owners_slip.status, owners_slip.consent_of) == ("valid", None)
    assert owners_slip.number.startswith("F")


@pytest.mark.parametrize("role", ["tenant", "family"])
def test_everybody_elses_waits_for_the_owner_who_hears_of_it(
    unit_3_2_1201: Unit, resident_wang: User, role: str
) -> None:
    who = Person.objects.get(user=make_resident("钱", "13900000021", unit_3_2_1201, role))
    release = ask(unit_3_2_1201, who, wish(), by=who.user)  # type: ignore[arg-type]
    assert release.status == "asked"
    assert Message.objects.get().recipient == resident_wang


def test_where_no_owner_has_a_login_the_desk_hears_of_it(
    unit_3_2_1202: Unit, tenant_zhao: User, agent_li: User
) -> None:
    ask(unit_3_2_1202, Person.objects.get(user=tenant_zhao), wish(), by=tenant_zhao)
    assert Message.objects.get().recipient == agent_li


def test_nobody_asks_for_somebody_else(
    unit_3_2_1201: Unit,
    person_wang: Person,
    tenant_zhao: User,
    stranger_sun: User,
    agent_binjiang: User,
    guard_hu: User,
    technician_chen: User,
) -> None:
    for by in (tenant_zhao, stranger_sun, agent_binjiang):
        with pytest.raises(NotFound):
            ask(unit_3_2_1201, person_wang, wish(), by=by)
    for by in (guard_hu, technician_chen):
        with pytest.raises(NotPermitted):
            ask(unit_3_2_1201, person_wang, wish(), by=by)


def test_nobody_asks_for_a_unit_without_a_home_in_it(
    unit_3_2_1201: Unit, tenant_zhao: User, agent_li: User
) -> None:
    with pytest.raises(Invalid):
        ask(unit_3_2_1201, Person.objects.get(user=tenant_zhao), wish(), by=tenant_zhao)
    with pytest.raises(Invalid):
        ask(unit_3_2_1201, Person.objects.get(user=tenant_zhao), wish(), by=agent_li)


@pytest.mark.parametrize(
    "wrong",
    [
        {"goods": []},
        {"goods": [Goods("", 1)]},
        {"goods": [Goods("椅子", 0)]},
        {"goods": [Goods("椅子")] * 31},
        {"valid_until": timezone.now() - timedelta(hours=1)},
        {"valid_until": timezone.now() + timedelta(days=9)},
        {
            "valid_from": timezone.now() + timedelta(days=40),
            "valid_until": timezone.now() + timedelta(days=41),
        },
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    unit_3_2_1201: Unit, person_wang: Person, resident_wang: User, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        ask(unit_3_2_1201, person_wang, wish(**wrong), by=resident_wang)
    assert not GoodsRelease.objects.exists()


def test_a_unit_has_ten_open_releases_at_most(
    unit_3_2_1201: Unit, person_wang: Person, resident_wang: User
) -> None:
    for _number in range(10):
        ask(unit_3_2_1201, person_wang, wish(), by=resident_wang)
    with pytest.raises(Refusal) as refused:
        ask(unit_3_2_1201, person_wang, wish(), by=resident_wang)
    assert refused.value.code == "too_many_open"


# Consent


def test_the_owner_agrees_in_the_portal(
    tenants_slip: GoodsRelease, person_wang: Person, resident_wang: User, tenant: Person
) -> None:
    consent(tenants_slip, by=resident_wang)
    assert tenants_slip.status == "valid"
    assert (tenants_slip.consent_of, tenants_slip.consent_how) == (person_wang, "portal")
    assert Message.objects.filter(event="goods_release.consent", recipient=tenant.user).count() == 1


def test_the_desk_writes_down_who_agreed_how_and_when(
    tenants_slip: GoodsRelease, person_wang: Person, agent_li: User
) -> None:
    said_at = timezone.now() - timedelta(hours=1)
    consent(tenants_slip, Consent(person_wang, "phone", said_at, "来电确认"), by=agent_li)
    facts = (
        tenants_slip.consent_of,
        tenants_slip.consent_how,
        tenants_slip.consent_at,
        tenants_slip.consent_by,
    )
    assert facts == (person_wang, "phone", said_at, agent_li)


def test_consent_comes_from_an_owner_of_now_in_a_known_way_and_recently(
    tenants_slip: GoodsRelease, tenant: Person, person_wang: Person, agent_li: User
) -> None:
    now = timezone.now()
    for of, how, said_at in (
        (tenant, "phone", now),
        (person_wang, "dream", now),
        (person_wang, "phone", now - timedelta(days=5)),
        (person_wang, "phone", now + timedelta(days=1)),
    ):
        with pytest.raises(Invalid):
            consent(tenants_slip, Consent(of, how, said_at), by=agent_li)
    with pytest.raises(Invalid):
        consent(tenants_slip, by=agent_li)


def test_a_tenant_cannot_agree_to_their_own_release(tenants_slip: GoodsRelease, tenant: Person) -> None:
    assert tenant.user is not None
    with pytest.raises(NotPermitted):
        consent(tenants_slip, by=tenant.user)


def test_the_database_lets_nothing_become_valid_without_consent(tenants_slip: GoodsRelease) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        GoodsRelease.objects.filter(pk=tenants_slip.pk).update(status="valid")


def test_an_owner_who_declines_says_why(
    tenants_slip: GoodsRelease, resident_wang: User, tenant: Person
) -> None:
    with pytest.raises(Invalid):
        decline(tenants_slip, reason=" ", by=resident_wang)
    decline(tenants_slip, reason="家具是我的", by=resident_wang)
    assert tenants_slip.status == "declined"
    assert Message.objects.filter(event="goods_release.decline", recipient=tenant.user).exists()


# Who may do what

MAY = {
    "asked": {
        "tenant": {"cancel"},
        "resident_wang": {"consent", "decline"},
        "agent_li": {"consent", "decline", "cancel"},
        "guard_hu": set(),
        "manager_mei": set(),
        "technician_chen": set(),
        "agent_binjiang": set(),
        "stranger_sun": set(),
        "tenant_zhao": set(),
    },
    "valid": {
        "tenant": {"cancel"},
        "resident_wang": set(),
        "agent_li": {"refuse", "cancel"},
        "guard_hu": {"let_out", "refuse"},
        "manager_mei": set(),
        "technician_chen": set(),
        "agent_binjiang": set(),
        "stranger_sun": set(),
        "tenant_zhao": set(),
    },
    "used": {},
}


@pytest.mark.parametrize("status", MAY)
def test_what_is_not_listed_is_refused(
    tenants_slip: GoodsRelease,
    tenant: Person,
    resident_wang: User,
    guard_hu: User,
    status: str,
    request: pytest.FixtureRequest,
) -> None:
    if status != "asked":
        consent(tenants_slip, by=resident_wang)
    if status == "used":
        let_out(tenants_slip, taken=all_of(tenants_slip), by=guard_hu)
    for name in MAY["asked"]:
        who = request.getfixturevalue(name)
        by = who.user if isinstance(who, Person) else who
        assert {each.action for each in allowed(tenants_slip, by)} == MAY[status].get(name, set()), name


def test_who_sees_a_release(
    tenants_slip: GoodsRelease, tenant: Person, request: pytest.FixtureRequest
) -> None:
    seen = {"resident_wang": True, "agent_li": True, "manager_mei": True} | dict.fromkeys(
        ("guard_hu", "technician_chen", "agent_binjiang", "stranger_sun", "tenant_zhao"), False
    )
    for name, may in seen.items():
        assert GoodsRelease.objects.visible_to(request.getfixturevalue(name)).exists() is may, name
    assert tenant.user is not None
    assert GoodsRelease.objects.visible_to(tenant.user).exists()


def test_a_new_owner_does_not_see_what_was_asked_before(
    yangguang: Community, tenants_slip: GoodsRelease, agent_li: User
) -> None:
    buyer = make_resident(
        "孙新主", "13900000031", tenants_slip.unit, since=timezone.now() + timedelta(seconds=1)
    )
    Occupancy.objects.filter(person__user=buyer).update(since=timezone.now())
    assert not GoodsRelease.objects.visible_to(buyer).exists()


# At the gate


def test_a_guard_finds_a_release_by_its_code(owners_slip: GoodsRelease, guard_hu: User) -> None:
    assert look_up(grouped(owners_slip.code()).lower(), by=guard_hu) == owners_slip


def test_goods_leave_once(owners_slip: GoodsRelease, guard_hu: User, resident_wang: User) -> None:
    let_out(owners_slip, taken=all_of(owners_slip), by=guard_hu)
    assert (owners_slip.status, owners_slip.checked_by) == ("used", guard_hu)
    with pytest.raises(TransitionRefused):
        let_out(owners_slip, taken=all_of(owners_slip), by=guard_hu)
    assert Event.objects.filter(work="goods_release", action="let_out").count() == 1
    assert Message.objects.filter(event="goods_release.let_out", recipient=resident_wang).count() == 1


def test_what_has_left_never_becomes_valid_again(owners_slip: GoodsRelease, guard_hu: User) -> None:
    let_out(owners_slip, taken=all_of(owners_slip), by=guard_hu)
    with pytest.raises(DatabaseError), transaction.atomic():
        GoodsRelease.objects.filter(pk=owners_slip.pk).update(
            status="valid", ended_at=None, checked_at=None, checked_by=None
        )


def test_what_the_guard_did_not_tick_off_stayed_behind(owners_slip: GoodsRelease, guard_hu: User) -> None:
    sofa = owners_slip.items.get(position=1)
    let_out(owners_slip, taken={sofa.pk}, by=guard_hu)
    assert list(owners_slip.items.values_list("taken", flat=True)) == [True, False]


def test_nothing_ticked_off_lets_nothing_out(owners_slip: GoodsRelease, guard_hu: User) -> None:
    for taken in (set(), {-1, 2**70}):
        with pytest.raises(Invalid):
            let_out(owners_slip, taken=taken, by=guard_hu)


def test_a_release_counts_only_within_its_window(
    unit_3_2_1201: Unit, person_wang: Person, resident_wang: User, guard_hu: User
) -> None:
    release = ask(
        unit_3_2_1201, person_wang, wish(valid_from=timezone.now() + timedelta(hours=1)), by=resident_wang
    )
    with pytest.raises(NotYet):
        let_out(release, taken=all_of(release), by=guard_hu)
    with pytest.raises(Expired):
        let_out(release, taken=all_of(release), by=guard_hu, at=release.valid_until)


def test_a_refusal_says_why_and_uses_the_slip_up(owners_slip: GoodsRelease, guard_hu: User) -> None:
    with pytest.raises(Invalid):
        refuse(owners_slip, reason="", by=guard_hu)
    refuse(owners_slip, reason="多了一台冰箱", by=guard_hu)
    with pytest.raises(TransitionRefused):
        let_out(owners_slip, taken=all_of(owners_slip), by=guard_hu)


def test_a_cancelled_release_opens_nothing(
    owners_slip: GoodsRelease, resident_wang: User, guard_hu: User
) -> None:
    cancel(owners_slip, by=resident_wang)
    with pytest.raises(TransitionRefused):
        let_out(owners_slip, taken=all_of(owners_slip), by=guard_hu)


def test_a_guard_of_another_community_finds_nothing(owners_slip: GoodsRelease, binjiang: Community) -> None:
    other = make_staff("bjguard", "security", binjiang)
    with pytest.raises(UnknownCode):
        look_up(owners_slip.code(), by=other)
    with pytest.raises(NotFound):
        let_out(owners_slip, taken=all_of(owners_slip), by=other)


@pytest.mark.parametrize("who", ["agent_li", "technician_chen", "resident_wang", "manager_mei"])
def test_only_guards_look_codes_up(
    owners_slip: GoodsRelease, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotPermitted):
        look_up(owners_slip.code(), by=request.getfixturevalue(who))


def test_guessing_ends_after_twenty_wrong_codes(owners_slip: GoodsRelease, guard_hu: User) -> None:
    for _guess in range(20):
        with pytest.raises(UnknownCode):
            look_up(draw_code(), by=guard_hu)
    with pytest.raises(TooMany):
        look_up(owners_slip.code(), by=guard_hu)


def test_right_codes_do_not_count_as_guesses(owners_slip: GoodsRelease, guard_hu: User) -> None:
    for _scan in range(25):
        look_up(owners_slip.code(), by=guard_hu)


# Moving and time


def test_whoever_moves_out_loses_the_pass_in_the_same_second(
    tenants_slip: GoodsRelease, tenant: Person, resident_wang: User, guard_hu: User, agent_li: User
) -> None:
    consent(tenants_slip, by=resident_wang)
    move_out(Occupancy.objects.get(person=tenant), by=agent_li)
    tenants_slip.refresh_from_db()
    assert tenants_slip.status == "cancelled"
    assert tenant.user is not None
    assert not GoodsRelease.objects.visible_to(tenant.user).exists()


def test_the_gate_asks_the_roll_whichever_way_a_stay_ended(
    tenants_slip: GoodsRelease, tenant: Person, resident_wang: User, guard_hu: User
) -> None:
    consent(tenants_slip, by=resident_wang)
    Occupancy.objects.filter(person=tenant).update(until=timezone.now())
    with pytest.raises(HolderLeft):
        let_out(tenants_slip, taken=all_of(tenants_slip), by=guard_hu)


def test_consent_of_a_former_owner_is_void(
    yangguang: Community,
    tenants_slip: GoodsRelease,
    person_wang: Person,
    resident_wang: User,
    guard_hu: User,
) -> None:
    consent(tenants_slip, by=resident_wang)
    Occupancy.objects.filter(person=person_wang).update(until=timezone.now(), is_primary=False)
    with pytest.raises(HolderLeft):
        let_out(tenants_slip, taken=all_of(tenants_slip), by=guard_hu)


def test_a_sale_cancels_what_the_former_owner_asked_for_and_agreed_to(
    yangguang: Community,
    unit_3_2_1201: Unit,
    owners_slip: GoodsRelease,
    tenants_slip: GoodsRelease,
    resident_wang: User,
    agent_li: User,
) -> None:
    consent(tenants_slip, by=resident_wang)
    transfer(unit_3_2_1201, to=[NewOwner(Person.objects.create(community=yangguang, name="孙"))], by=agent_li)
    assert set(GoodsRelease.objects.values_list("status", flat=True)) == {"cancelled"}


def test_a_release_expires_by_itself(owners_slip: GoodsRelease, guard_hu: User) -> None:
    sweep(at=owners_slip.valid_until + timedelta(seconds=1))
    owners_slip.refresh_from_db()
    assert owners_slip.status == "expired"


def test_what_was_used_does_not_expire(owners_slip: GoodsRelease, guard_hu: User) -> None:
    let_out(owners_slip, taken=all_of(owners_slip), by=guard_hu)
    sweep(at=owners_slip.valid_until + timedelta(days=1))
    owners_slip.refresh_from_db()
    assert owners_slip.status == "used"


def test_a_release_for_a_unit_of_another_community_cannot_be_stored(
    owners_slip: GoodsRelease, unit_binjiang: Unit
) -> None:
    GoodsRelease.objects.filter(pk=owners_slip.pk).update(unit=unit_binjiang)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
