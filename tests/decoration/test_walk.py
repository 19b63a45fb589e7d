"""From the application to the refund by hand: one violation, one extension, one deduction; and the money adds up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from decoration.actions import add_paper, add_photo, begin_application, set_works
from decoration.models import Permit, Validity
from decoration.queries.page import Settlement, settled
from decoration.queries.versions import differences
from owners.models import Person, Unit
from servicecenter.accounts.models import User
from servicecenter.ledger import actions as ledger
from servicecenter.ledger.models import ChargeState
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotPermitted
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Clock, Timer
from servicecenter.workflow.run import TransitionRefused
from surveys.models import FollowUp
from tests.complaints.conftest import picture
from tests.decoration.conftest import DO, Site, today


def proved() -> None:
    """Every invariant holds."""
    assert [(each.sentence, broken(each)) for each in every_invariant() if each.sql and broken(each)[0]] == []


def test_a_permit_is_walked_from_application_to_refund(site: Site) -> None:
    permit = site.permit("permit_active", wet=True)
    assert permit.validity(today()) == Validity.VALID
    site.patrol(permit, broken="装修垃圾")
    violation = permit.violations.get()
    DO["recheck"](permit, violation=violation, mended=True, by=site.guard)
    assert permit.ends_on is not None
    longer = permit.ends_on + timedelta(days=10)
    DO["ask_change"](permit, kind="extension", reason="材料晚到", ends_on=longer, by=site.owner)
    DO["grant_change"](permit, by=site.supervisor)
    assert permit.ends_on == longer
    site.test_rooms(permit)
    DO["ask_acceptance"](permit, by=site.owner)
    DO["accept_works"](permit, owner_signer="王芳", contractor_signer="刘工", by=site.engineer)
    site.deduct(permit)
    DO["ask_refund"](permit, by=site.owner)
    DO["propose_refund"](permit, by=site.agent)
    DO["agree_refund"](permit, by=site.supervisor)
    # What is kept has left the deposit by now; whoever pays still reads the whole sum.
    assert settled(permit, [Decimal(150)]) == Settlement(Decimal(2000), Decimal(150), Decimal(1850))
    DO["pay_refund"](permit, method="wechat", by=site.agent)
    deposit = permit.deposit
    assert deposit is not None
    assert (deposit.returned, deposit.kept, deposit.held) == (Decimal(1850), Decimal(150), Decimal(0))
    assert permit.status == "closed"
    call = FollowUp.objects.get(work="permit")
    assert (call.case_id, call.name) == (permit.pk, "王芳")
    assert not Clock.objects.filter(met_at=None, cancelled_at=None, work__in=["permit", "refund"]).exists()
    look = Timer.objects.get(work="permit", case_id=permit.pk, stage="look")
    assert (look.due_at - database_now()).days in (89, 90)
    DO["look_again"](permit, note="无渗漏", by=site.engineer)
    look.refresh_from_db()
    assert look.state == "cancelled"
    proved()


def test_a_review_is_promised_for_each_submission_and_a_resubmission_shows_what_changed(site: Site) -> None:
    permit = site.permit("returned")
    clock = Clock.objects.get(work="permit", case_id=permit.pk, round=1)
    assert clock.met_at is not None
    DO["save"](permit, said={"scope": "只做客厅", "manager_name": "陈工"}, by=site.owner)
    DO["submit"](permit, by=site.owner)
    assert permit.review_due_at is not None
    assert permit.round == 2
    changed = {each.code: each.now for each in differences(permit)}
    assert changed["scope"] == "只做客厅"
    # Names of people stand in no event.
    assert changed["manager"] != "陈工"
    assert set(changed) == {"scope", "manager"}
    proved()


def test_nobody_gets_a_permit_before_everything_is_paid(site: Site) -> None:
    permit = site.permit("agreement_signed")
    with pytest.raises(TransitionRefused):
        DO["issue"](permit, by=site.agent)
    with pytest.raises(IntegrityError, match="not paid"), transaction.atomic():
        Permit.objects.filter(pk=permit.pk).update(
            status="permit_active", issued_at=database_now(), issued_by=site.agent
        )


def test_an_agreement_that_comes_to_nothing_takes_its_charges_back(site: Site) -> None:
    permit = site.permit("agreement_signed")
    DO["call_off"](permit, reason="房子卖了", by=site.supervisor)
    assert {charge.state for charge in permit.charges} == {ChargeState.WITHDRAWN}
    proved()


def test_a_paid_deposit_goes_back_although_nothing_was_built(site: Site) -> None:
    permit = site.permit("agreement_signed")
    site.pay(permit)
    DO["give_back"](permit, reason="房子卖了", by=site.supervisor)
    assert permit.status == "refund_asked"
    assert permit.refund_due_at is not None
    DO["propose_refund"](permit, by=site.agent)
    DO["agree_refund"](permit, by=site.manager)
    DO["pay_refund"](permit, method="cash", by=site.agent)
    proved()


def test_no_deposit_goes_back_by_the_money_page_while_work_goes_on(site: Site) -> None:
    permit = site.permit("permit_active")
    with pytest.raises(IntegrityError, match="after the final acceptance"), transaction.atomic():
        ledger.ask_refund(permit.deposit, amount=Decimal(1), reason="x", by=site.agent)  # type: ignore[arg-type]


def test_a_permit_follows_what_was_agreed_and_paid_on_the_money_page(site: Site) -> None:
    permit = site.permit("refund_asked")
    DO["propose_refund"](permit, by=site.agent)
    asked = permit.proposal
    assert asked is not None
    ledger.agree_refund(asked, by=site.supervisor)
    ledger.pay_refund(asked, method="cash", by=site.agent)
    DO["agree_refund"](permit, by=site.manager)
    DO["pay_refund"](permit, method="cash", by=site.agent)
    assert permit.held == 0
    proved()


def test_nobody_agrees_to_the_refund_that_they_proposed(site: Site) -> None:
    permit = site.permit("refund_asked")
    DO["propose_refund"](permit, by=site.supervisor)
    with pytest.raises(NotPermitted):
        DO["agree_refund"](permit, by=site.supervisor)


def test_a_declined_refund_can_be_mended_and_proposed_again(site: Site) -> None:
    permit = site.permit("refund_asked")
    line = site.deduct(permit, "2000")
    DO["propose_refund"](permit, by=site.agent)
    DO["decline_refund"](permit, reason="扣太多", by=site.supervisor)
    DO["drop_deduction"](permit, deduction=line, by=site.agent)
    DO["propose_refund"](permit, by=site.agent)
    proposal = permit.proposal
    assert proposal is not None
    assert (proposal.amount, proposal.kept) == (Decimal(2000), Decimal(0))


def test_a_deposit_that_is_kept_whole_closes_the_case_without_a_payment(site: Site) -> None:
    permit = site.permit("refund_asked")
    site.deduct(permit, "2000")
    DO["propose_refund"](permit, by=site.agent)
    DO["agree_refund"](permit, by=site.supervisor)
    DO["pay_refund"](permit, method="cash", by=site.agent)
    assert permit.status == "closed"
    proved()


def test_more_than_is_left_of_the_deposit_is_not_kept(site: Site) -> None:
    permit = site.permit("refund_asked")
    site.deduct(permit, "1500")
    with pytest.raises(Invalid) as refused:
        site.deduct(permit, "600", "电梯轿厢")
    assert "500" in str(refused.value.errors["amount"][0])


def test_a_deduction_needs_a_picture(site: Site) -> None:
    permit = site.permit("refund_asked")
    with pytest.raises(Invalid) as refused:
        DO["deduct"](permit, what="x", amount=Decimal(1), pictures=[], by=site.agent)
    assert set(refused.value.errors) == {"photos"}


def test_works_are_not_accepted_with_an_open_violation_or_an_untested_room(site: Site) -> None:
    permit = site.permit("permit_active", wet=True)
    site.patrol(permit, broken="装修垃圾")
    DO["ask_acceptance"](permit, by=site.owner)
    names = {"owner_signer": "王芳", "contractor_signer": "刘工"}
    with pytest.raises(TransitionRefused):
        DO["accept_works"](permit, **names, by=site.engineer)
    DO["recheck"](permit, violation=permit.violations.get(), mended=True, by=site.guard)
    assert permit.untested_rooms == ["卫生间"]
    site.test_rooms(permit)
    DO["accept_works"](permit, **names, by=site.engineer)


def test_a_patrol_is_due_every_three_days_and_daily_after_a_violation(site: Site) -> None:
    permit = site.permit("permit_active")
    assert permit.patrol_due_on == today() + timedelta(days=2)
    site.patrol(permit)
    permit.refresh_from_db()
    assert permit.patrol_due_on == today() + timedelta(days=3)
    site.patrol(permit, broken="现场无留宿")
    permit.refresh_from_db()
    assert permit.patrol_due_on == today() + timedelta(days=1)


def test_whoever_applied_hears_of_what_a_patrol_found(site: Site) -> None:
    permit = site.permit("permit_active")
    site.patrol(permit)
    told = Message.objects.filter(recipient=site.owner, event="permit.report_violation")
    assert not told.exists()
    site.patrol(permit, broken="装修垃圾")
    assert told.exists()


def test_a_new_picture_of_a_paper_is_part_of_what_a_resubmission_changed(site: Site) -> None:
    permit = site.permit("returned")
    with picture("purple") as photo:
        add_paper(permit, paper=permit.papers.all()[0], pictures=[photo], by=site.owner)
    DO["submit"](permit, by=site.owner)
    assert [each.code for each in differences(permit)] == ["files"]


def test_a_violation_that_is_overdue_at_the_second_look_stops_the_works(site: Site) -> None:
    permit = site.permit("permit_active")
    site.patrol(permit, broken="装修垃圾")
    violation = permit.violations.get()
    later = violation.due_at + timedelta(hours=1)
    DO["recheck"](permit, violation=violation, mended=False, by=site.engineer, at=later)
    permit.refresh_from_db()
    assert (permit.status, permit.validity(today())) == ("suspended", Validity.STOPPED)
    with pytest.raises(Invalid):
        DO["resume"](permit, note="继续", by=site.supervisor, at=later)
    DO["recheck"](permit, violation=violation, mended=True, by=site.engineer, at=later)
    DO["resume"](permit, note="继续", by=site.supervisor, at=later)
    assert permit.status == "permit_active"


def test_the_unit_is_under_decoration_as_long_as_work_goes_on(site: Site) -> None:
    permit = site.permit("permit_active")
    site.unit.refresh_from_db()
    assert site.unit.state == "decorating"
    DO["ask_acceptance"](permit, by=site.owner)
    DO["accept_works"](permit, owner_signer="王芳", contractor_signer="刘工", by=site.engineer)
    site.unit.refresh_from_db()
    assert site.unit.state == "vacant"


def test_a_tenant_needs_the_owner_and_other_works_need_them_again(
    site: Site, unit_3_2_1202: Unit, tenant_zhao: User
) -> None:
    permit = begin_application(unit_3_2_1202, Person.objects.get(user=tenant_zhao), by=tenant_zhao)
    DO["ask_consent"](permit, by=tenant_zhao)
    owner = Person.objects.create(community=permit.community, name="钱进")
    with pytest.raises(Invalid):
        DO["consent"](permit, of=owner, how="phone", by=site.agent)
    owner.occupancies.create(
        community=permit.community, unit=unit_3_2_1202, role="owner", since=database_now() - timedelta(days=9)
    )
    DO["consent"](permit, of=owner, how="phone", by=site.agent)
    assert not permit.needs_consent
    set_works(permit, room="卧室", rules=[site.rule("地面铺装")], by=tenant_zhao)
    assert permit.needs_consent


def test_a_picture_of_the_state_before_is_kept_once(site: Site) -> None:
    permit = site.permit("permit_active")
    with picture() as photo:
        first = add_photo(permit, picture=photo, by=site.engineer)
        assert add_photo(permit, picture=photo, by=site.engineer) == first
