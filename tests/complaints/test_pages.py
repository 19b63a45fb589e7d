"""Pages: the desk's intake and list, the case, the portal, the poster and its receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints.actions import Said, add_photo, receive
from complaints.models import Complaint, Inquiry
from complaints.queries.story import timeline
from complaints.workflow import Status
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.audit.models import IdempotencyKey
from servicecenter.lib.formtools import new_key
from tests.complaints.conftest import DO, Cast, picture

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
NEW = "/desk/voices/new/"


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def desk(**more: str) -> dict[str, str]:
    return {
        "text": "楼道垃圾三天没清，恶臭",
        "unit": "3-2-1201",
        "heard": "hotline",
        "community": "YG",
    } | more


def test_the_desk_registers_what_a_caller_says_once(cast: Cast, signed_in: SignedIn) -> None:
    browser, sent = signed_in(cast.agent), desk(idempotency_key=new_key())
    assert browser.post(NEW, sent).status_code == browser.post(NEW, sent).status_code == 302
    complaint = Complaint.objects.get()
    assert (complaint.type, complaint.reporter, complaint.agent) == ("environment", cast.person, cast.agent)
    assert complaint.number in text_of(browser.get("/complaints/"))
    assert "acknowledge" in text_of(browser.get(f"/complaints/{complaint.number}/"))


def test_a_question_at_the_desk_becomes_an_inquiry(cast: Cast, signed_in: SignedIn) -> None:
    signed_in(cast.agent).post(NEW, desk(text="请问物业费多少钱？"))
    assert Inquiry.objects.get().kind == "inquiry"


def test_a_repair_in_disguise_becomes_a_ticket_with_one_tap(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.agent)
    browser.post(NEW, desk(text="厨房水龙头漏水", **{"as": "repair"}))
    complaint = cast.complaint(text="卫生间漏水")
    browser.post(f"/desk/voices/{complaint.number}/repair/")
    complaint.refresh_from_db()
    assert (complaint.status, complaint.became) == (Status.CONVERTED, Ticket.objects.latest("id").number)
    assert Ticket.objects.filter(status="accepted", reporter=cast.person).count() == 2


def test_somebody_who_stays_anonymous_leaves_nothing_at_the_desk(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.agent)
    assert browser.post(NEW, desk(anonymous="on")).status_code == 422
    answer = browser.post(NEW, desk(anonymous="on", unit=""), follow=True)
    assert "收据" in text_of(answer) or "凭证" in text_of(answer)
    assert Complaint.objects.get().reporter is None


def test_words_are_read_while_they_are_typed(cast: Cast, signed_in: SignedIn) -> None:
    known = cast.complaint(text="3栋楼道垃圾三天没人清，恶臭")
    page = text_of(signed_in(cast.agent).post("/desk/voices/proposal/", desk()))
    assert "data-proposal" in page
    assert known.number in page


def test_a_step_is_taken_on_the_page_and_a_stale_page_is_told(cast: Cast, signed_in: SignedIn) -> None:
    complaint = cast.complaint("acknowledged")
    browser = signed_in(cast.agent)
    url = f"/complaints/{complaint.number}/propose/"
    assert "solution" in text_of(browser.get(url))
    sent = {"solution": "每天清运", "version": str(complaint.version), "idempotency_key": new_key()}
    assert browser.post(url, sent).status_code == 302
    again = browser.post(url, sent | {"solution": "每周清运", "idempotency_key": new_key()})
    assert again.status_code == 409
    assert "每周清运" in again.content.decode()
    assert browser.post(url, {"version": "9"}).status_code == 422


@pytest.mark.parametrize("status", ["acknowledged", "told"])
def test_every_button_of_the_page_has_its_form(status: str, cast: Cast, signed_in: SignedIn) -> None:
    complaint = cast.complaint(status, level="major", type="neighbours")
    browser = signed_in(cast.manager)
    for action in (
        "assign",
        "give-task",
        "form-team",
        "set-day",
        "classify",
        "note",
        "add-photo",
        "sign-off",
    ):
        assert browser.get(f"/complaints/{complaint.number}/{action}/").status_code in (200, 409), action


def test_the_letter_is_printed_once_the_result_was_told(cast: Cast, signed_in: SignedIn) -> None:
    complaint = cast.complaint("carried_out")
    browser = signed_in(cast.agent)
    url = f"/complaints/{complaint.number}/letter/"
    assert browser.get(url).status_code == 404
    DO["tell"](complaint, reply="楼道现在每天清运两次。", by=cast.agent)
    assert "楼道现在每天清运两次。" in text_of(browser.get(url))
    assert url in text_of(browser.get(f"/complaints/{complaint.number}/"))


def test_a_resident_tells_us_something_and_agrees_to_our_proposal(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.resident)
    assert "portal/voices/new" in text_of(browser.get("/portal/voices/"))
    key = new_key()
    sent = {"text": "楼道垃圾没人清理", "unit": str(cast.unit.pk), "idempotency_key": key, "community": "YG"}
    assert browser.post("/portal/voices/new/", sent).status_code == 302
    complaint = Complaint.objects.get(channel="portal")
    assert complaint.reporter == cast.person
    cast._proposed(complaint)
    page = text_of(browser.get(f"/complaints/{complaint.number}/"))
    assert "每天两次清运，主管抽查" in page
    assert "保洁排班漏了这一层" not in page
    assert (
        browser.post(f"/complaints/{complaint.number}/agree/", {"version": complaint.version}).status_code
        == 302
    )
    complaint.refresh_from_db()
    assert complaint.status == Status.AGREED


def test_a_resident_without_a_name_gets_a_receipt_and_no_trace(cast: Cast, signed_in: SignedIn) -> None:
    sent = {"text": "保安收红包", "anonymous": "on", "idempotency_key": new_key(), "community": "YG"}
    browser = signed_in(cast.resident)
    first, second = (text_of(browser.post("/portal/voices/new/", sent)) for _each in "12")
    assert "data-receipt" in first
    assert Complaint.objects.count() == 1
    assert Complaint.objects.get().number in second
    assert not IdempotencyKey.objects.filter(user=cast.resident).exists()
    assert Complaint.objects.get().number not in text_of(browser.get("/portal/voices/"))


def test_the_poster_leads_to_a_receipt_and_the_receipt_to_the_answer(cast: Cast, client: Client) -> None:
    assert client.get("/voice/nowhere/").status_code == 404
    assert client.get("/voice/YG/").status_code == 200
    page = text_of(client.post("/voice/YG/", {"text": "外卖电动车进电梯", "kind": "complaint"}))
    receipt = page.partition('paper-number"><b>')[2].partition("</b>")[0]
    complaint = Complaint.objects.get()
    DO["acknowledge"](complaint, note="已登记", by=cast.agent)
    DO["propose"](complaint, solution="加装梯控", by=cast.agent)
    page = text_of(client.post("/voice/", {"receipt": receipt.lower()}))
    assert "data-solution" in page
    sent = {"receipt": receipt, "action": "agree", "version": str(complaint.version)}
    assert client.post("/voice/", sent).status_code == 200
    complaint.refresh_from_db()
    assert complaint.status == Status.AGREED
    assert client.post("/voice/", {"receipt": "ABCD-EFGH-JKMN"}).status_code == 422


def test_nobody_opens_a_complaint_about_themselves(cast: Cast, signed_in: SignedIn) -> None:
    complaint = cast.file("李敏态度差", type="staff_attitude")
    browser = signed_in(cast.agent)
    assert complaint.number not in text_of(browser.get("/complaints/?show=open"))
    for path in ("", "letter/", "note/"):
        assert browser.get(f"/complaints/{complaint.number}/{path}").status_code == 404


def test_the_posters_of_my_communities_are_printed(cast: Cast, signed_in: SignedIn) -> None:
    page = text_of(signed_in(cast.agent).get("/desk/voices/posters/"))
    assert "/voice/YG/" in page
    assert "/voice/BJ/" not in page


@pytest.mark.parametrize("show", ["mine", "overdue", "serious", "inquiries", "suggestions", "praise", "done"])
def test_every_tab_opens(show: str, cast: Cast, signed_in: SignedIn) -> None:
    text_of(signed_in(cast.manager).get(f"/complaints/?show={show}&q=楼道"))


@pytest.fixture
def by_receipt(cast: Cast, client: Client) -> Any:
    """What whoever holds the receipt of an anonymous complaint sends; its complaint as `case`."""
    said = Said("楼道垃圾没人清理", kind="complaint", anonymous=True)
    taken = receive(said, community=cast.unit.community, channel="poster", by=None)

    def send(**sent: str) -> Any:
        return client.post("/voice/", {"receipt": taken.receipt} | sent)

    send.case = taken.case  # type: ignore[attr-defined]
    return send


def test_whoever_holds_a_receipt_reads_why_a_deadline_is_what_it_is(by_receipt: Any) -> None:
    page = text_of(by_receipt())
    assert "data-why" in page
    assert 'data-clock="respond"' in page


def test_whoever_holds_a_receipt_urges_once_in_half_an_hour(by_receipt: Any) -> None:
    assert "data-said" in text_of(by_receipt(action="urge"))
    assert by_receipt(action="urge").status_code == 429
    by_receipt.case.refresh_from_db()
    assert by_receipt.case.urge_count == 1


def test_whoever_holds_a_receipt_opens_a_closed_complaint_again(by_receipt: Any, cast: Cast) -> None:
    case = by_receipt.case
    DO["settle"](case, reply="已清理", by=cast.agent)
    assert by_receipt(action="reopen", version=str(case.version)).status_code == 422
    by_receipt(action="reopen", note="还是没人清理", version=str(case.version))
    case.refresh_from_db()
    assert (case.status, case.level) == ("investigating", "complex")


def test_a_note_by_receipt_is_not_kept_twice_when_its_page_is_loaded_again(by_receipt: Any) -> None:
    for _each in range(2):
        by_receipt(action="note", note="又臭了")
    assert by_receipt.case.events().filter(action="note").count() == 1


def test_evidence_is_seen_by_colleagues_only(cast: Cast, signed_in: SignedIn) -> None:
    complaint = cast.complaint("acknowledged")
    with picture() as found:
        add_photo(complaint, picture=found, kind="evidence", by=cast.supervisor)
    token = Photo.objects.get().token
    pages = [
        signed_in(each).get(f"/complaints/{complaint.number}/") for each in (cast.supervisor, cast.resident)
    ]
    assert [token in text_of(page) for page in pages] == [True, False]
    photo = reverse("attachments:full", args=[token])
    assert [signed_in(each).get(photo).status_code for each in (cast.supervisor, cast.resident)] == [200, 404]


def test_a_picture_that_is_sent_with_a_finding_stands_with_it(cast: Cast) -> None:
    complaint = cast.complaint("acknowledged")
    with picture() as found:
        add_photo(complaint, picture=found, kind="evidence", by=cast.supervisor)
    DO["find"](complaint, note="监控属实", by=cast.supervisor)
    last = timeline(complaint, cast.supervisor)[-1]
    assert (last.action, len(last.photos)) == ("find", 1)


def test_somebody_whom_it_is_not_about_after_all_sees_it_again(cast: Cast, agent_li: User) -> None:
    complaint = cast.complaint("acknowledged")
    given = {"type": "staff_attitude", "level": "ordinary", "by": cast.supervisor}
    DO["classify"](complaint, about=agent_li, **given)
    DO["classify"](complaint, **given)
    assert not Complaint.objects.visible_to(agent_li).exists()
    DO["classify"](complaint, about=None, **given)
    assert Complaint.objects.visible_to(agent_li).exists()
