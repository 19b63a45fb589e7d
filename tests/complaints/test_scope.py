"""Anonymous stays anonymous; nobody sees a complaint about themselves; residents see their own only."""

from __future__ import annotations

import pytest

from complaints import actions
from complaints.actions import Said, receive, records
from complaints.actions.intake import digest
from complaints.invariants import OPEN
from complaints.models import Complaint, Inquiry, VoiceExample
from complaints.queries.story import timeline
from owners.models import Person, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.models import Photo
from servicecenter.audit.models import Event
from servicecenter.desk.actions import merge_people, unmerge_people
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.notifications.models import Message
from servicecenter.workflow.run import check
from tests.complaints.conftest import DO, INQUIRE, Cast, picture
from tests.conftest import make_resident


def unbroken(code: str) -> None:
    assert [each.sentence for each in every_invariant() if each.code == code and broken(each)[0]] == []


def test_of_an_anonymous_complaint_nothing_leads_back_to_its_author(cast: Cast, agent_li: User) -> None:
    taken = receive(
        Said("保安收红包放人停车", anonymous=True, type="staff_attitude"),
        community=cast.unit.community,
        channel="portal",
        by=cast.resident,
    )
    complaint = taken.case
    assert (complaint.registered_by, complaint.reporter, complaint.contact_phone) == (None, None, "")
    assert not Complaint.objects.visible_to(cast.resident).exists()
    assert {event.by_id for event in Event.objects.of("complaint", complaint.pk)} == {None}
    assert timeline(complaint, agent_li)[0].actor in ("Anonymous", "匿名")
    assert taken.receipt
    assert complaint.receipt == digest(taken.receipt) != taken.receipt
    DO["acknowledge"](complaint, note="已登记，正在核查", by=agent_li)
    unbroken("V20")


def test_the_same_anonymous_form_sent_twice_is_one_complaint_with_one_receipt(cast: Cast) -> None:
    said = Said("楼下商铺油烟直排", anonymous=True)
    first, second = (
        receive(said, community=cast.unit.community, channel="poster", by=None, key="a" * 36)
        for _each in "12"
    )
    assert (first.case.pk, first.receipt, second.again) == (second.case.pk, second.receipt, True)


@pytest.mark.parametrize("named", [{"reporter_name": "王芳"}, {"contact_phone": "13811112222"}])
def test_an_anonymous_complaint_with_a_name_is_refused(named: dict[str, str], cast: Cast) -> None:
    with pytest.raises(Invalid):
        receive(
            Said("噪音", anonymous=True, **named),  # type: ignore[arg-type]
            community=cast.unit.community,
            channel="hotline",
            by=cast.agent,
        )


def test_nobody_sees_or_hears_of_a_complaint_about_themselves(
    cast: Cast, agent_li: User, agent_zhou: User, supervisor_bo: User
) -> None:
    complaint = cast.file("前台李敏态度很差，不耐烦", type="staff_attitude")
    assert complaint.about == agent_li
    assert not Complaint.objects.visible_to(agent_li).exists()
    assert not Message.objects.filter(recipient=agent_li).exists()
    assert Message.objects.filter(recipient=agent_zhou, event="complaint.receive").exists()
    with pytest.raises(NotFound):
        check(complaint, "note", agent_li)
    with pytest.raises(Invalid):
        DO["assign"](complaint, handler=agent_li, by=supervisor_bo)
    DO["withdraw"](complaint, reason="已道歉", by=cast.resident)
    assert not Message.objects.filter(recipient=agent_li).exists()
    unbroken("V20")


def test_whoever_it_turns_out_to_be_about_gives_it_up(
    cast: Cast, agent_li: User, supervisor_bo: User
) -> None:
    complaint = cast.complaint("acknowledged", type="staff_attitude")
    assert complaint.handler == agent_li
    DO["classify"](complaint, type="staff_attitude", level="ordinary", about=agent_li, by=supervisor_bo)
    complaint = Complaint.objects.get()
    assert complaint.handler is None
    assert complaint.agent is None
    assert not Complaint.objects.visible_to(agent_li).exists()


def test_two_names_in_a_text_accuse_nobody(cast: Cast, agent_li: User, agent_zhou: User) -> None:
    assert cast.file("李敏和周洁互相推诿", type="staff_attitude").about is None


def test_residents_see_their_own_and_nobody_elses(
    cast: Cast, tenant_zhao: User, unit_3_2_1201: Unit, agent_binjiang: User
) -> None:
    complaint, inquiry = cast.file(), cast.inquiry()
    flatmate = make_resident("李小明", "13811118888", unit_3_2_1201, "family")
    assert list(Complaint.objects.visible_to(cast.resident)) == [complaint]
    assert list(Inquiry.objects.visible_to(cast.resident)) == [inquiry]
    for other in (flatmate, tenant_zhao, agent_binjiang):
        assert not Complaint.objects.visible_to(other).exists()
        assert not Inquiry.objects.visible_to(other).exists()


def test_a_resident_who_moved_out_sees_it_no_more(cast: Cast) -> None:
    cast.file()
    cast.person.occupancies.update(until=database_now())
    assert not Complaint.objects.visible_to(cast.resident).exists()


def test_praise_reaches_the_person_praised(cast: Cast, technician_chen: User, technician_he: User) -> None:
    praise = cast.file("维修陈刚师傅很热心，表扬！", kind="praise", type="staff_attitude")
    assert praise.about == technician_chen
    assert list(Inquiry.objects.visible_to(technician_chen)) == [praise]
    assert not Inquiry.objects.visible_to(technician_he).exists()
    INQUIRE["pass_on"](praise, about=technician_he, by=cast.agent)
    assert Message.objects.filter(recipient=technician_he, event="inquiry.pass_on").count() == 1


def test_evidence_of_an_anonymous_complaint_names_no_author(cast: Cast, yangguang: Community) -> None:
    complaint = receive(
        Said("车位被占", anonymous=True), community=yangguang, channel="portal", by=cast.resident
    ).case
    with picture() as photo:
        actions.add_photo(complaint, picture=photo, by=cast.agent)
    assert Photo.objects.get(case_id=complaint.pk).by == cast.agent
    assert "received" in OPEN


def test_every_invariant_holds_after_a_whole_way(cast: Cast) -> None:
    cast.complaint("archived")
    cast.complaint("joined")
    cast.inquiry("closed")
    for code in ("V4", "V13", "V14", "V20"):
        unbroken(code)


def test_what_somebody_told_us_follows_their_record_through_merging_and_erasing(
    cast: Cast, supervisor_bo: User
) -> None:
    complaint, inquiry = cast.file(), cast.inquiry()
    double = Person.objects.create(community=cast.unit.community, name="王芳")
    Complaint.objects.filter(pk=complaint.pk).update(reporter=double)
    done = merge_people(cast.person, double, by=supervisor_bo)
    assert Complaint.objects.get().reporter == cast.person
    unmerge_people(done, by=supervisor_bo)
    assert Complaint.objects.get().reporter == double
    records.empty(cast.person, erased="—")
    inquiry.refresh_from_db()
    assert (inquiry.reporter_name, inquiry.contact_phone) == ("—", "")


def test_a_complaint_about_somebody_stays_hidden_from_them_as_a_suggestion(
    cast: Cast, agent_li: User, agent_zhou: User, supervisor_bo: User
) -> None:
    complaint = cast.file("前台李敏态度很差，建议换人", type="staff_attitude")
    suggestion = actions.turn_into(complaint, kind="suggestion", by=agent_zhou)
    assert list(Inquiry.objects.visible_to(agent_zhou)) == [suggestion]
    assert not Inquiry.objects.visible_to(agent_li).exists()
    assert not Message.objects.filter(recipient=agent_li).exists()
    with pytest.raises(NotFound):
        check(suggestion, "note", agent_li)


def test_nobody_reads_examples_made_from_complaints_about_themselves(
    cast: Cast, agent_li: User, supervisor_bo: User, manager_mei: User
) -> None:
    complaint = cast.file("主管态度很差", type="staff_attitude", about=supervisor_bo)
    VoiceExample.objects.create(
        community=complaint.community,
        text="主管态度很差",
        kind="complaint",
        type="staff_attitude",
        level="ordinary",
        number=complaint.number,
        by=manager_mei,
        at=complaint.received_at,
    )
    assert not VoiceExample.objects.visible_to(supervisor_bo).exists()
    assert VoiceExample.objects.visible_to(agent_li).exists()
