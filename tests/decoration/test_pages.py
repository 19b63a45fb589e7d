"""The pages of a permit: written part by part, reviewed, printed, scanned. Forms are sent as without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from complaints.actions import Said, receive
from complaints.models import Complaint
from decoration.models import Permit
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.lib import works
from servicecenter.lib.clock import database_now
from servicecenter.portal.own_data import copy_of
from tests.attachments.test_documents import pdf
from tests.decoration.conftest import DO, Site, id_number, today

SignedIn = Callable[[User], Client]


def photo() -> SimpleUploadedFile:
    """A picture as a browser sends it."""
    data = BytesIO()
    Image.new("RGB", (30, 40), "navy").save(data, "PNG")
    return SimpleUploadedFile("face.png", data.getvalue(), "image/png")


def test_an_application_is_written_part_by_part_in_the_portal(site: Site, signed_in: SignedIn) -> None:
    client = signed_in(site.owner)
    begun = client.post("/portal/permits/", {"unit": site.unit.pk})
    permit = Permit.objects.get()
    assert begun.headers["Location"] == f"/permits/{permit.number}/edit/"
    write = f"/permits/{permit.number}/write/"
    day = today().isoformat()
    parts: list[tuple[str, dict[str, Any]]] = [
        ("days", {"scope": "刷墙", "starts_on": day, "ends_on": day, "contact_phone": "13811112222"}),
        (
            "contractor",
            {
                "name": "新居装饰",
                "licence_no": "91350200MA31ABCD0X",
                "licence_until": "2099-01-01",
                "manager_name": "刘工",
                "manager_phone": "139 0000 1111",
            },
        ),
        ("room", {"room": "客厅", "rules": [site.rule("墙面").pk]}),
        (
            "worker",
            {"name": "张师傅", "id_number": id_number(today().replace(year=1990, day=1)), "photos": photo()},
        ),
        ("paper", {"paper": permit.papers.get().pk, "photos": photo()}),
    ]
    for code, sent in parts:
        assert client.post(f"{write}{code}/", sent).status_code == 302, code
    assert client.post(f"/permits/{permit.number}/submit/").status_code == 302
    permit.refresh_from_db()
    assert permit.status == "submitted"


def test_a_drawing_may_be_a_pdf_and_is_only_ever_downloaded(site: Site, signed_in: SignedIn) -> None:
    permit, client = site.draft(), signed_in(site.owner)
    paper = permit.papers.first()
    assert paper is not None
    data = pdf(2)
    drawing = SimpleUploadedFile("plan.pdf", data, "application/pdf")
    sent = {"paper": paper.pk, "photos": drawing}
    assert client.post(f"/permits/{permit.number}/write/paper/", sent).status_code == 302
    stored = Photo.objects.get(format="pdf")
    answer = client.get(f"/files/{stored.token}/full/")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert b"".join(answer) == data
    # A face has to be a picture.
    face = {"name": "李师傅", "id_number": id_number(today().replace(year=1990, day=1), "555")}
    drawn = face | {"photos": SimpleUploadedFile("me.pdf", pdf(), "application/pdf")}
    assert client.post(f"/permits/{permit.number}/write/worker/", drawn).status_code == 422


def test_one_wrong_picture_of_a_paper_is_taken_away_and_the_others_stay(
    site: Site, signed_in: SignedIn
) -> None:
    permit, client = site.draft(), signed_in(site.owner)
    paper = permit.papers.get()
    client.post(f"/permits/{permit.number}/write/paper/", {"paper": paper.pk, "photos": photo()})
    wrong, right = Photo.objects.filter(work="permit_paper", case_id=paper.pk).order_by("id")
    page = client.get(f"/permits/{permit.number}/edit/?at=paper").content.decode()
    assert page.count('data-action="drop-picture"') == 2
    address = f"/permits/{permit.number}/write/drop_picture/"
    assert client.post(address, {"photo": wrong.token}).status_code == 302
    assert list(Photo.objects.filter(work="permit_paper", case_id=paper.pk)) == [right]
    # Of another application, or taken away before: refused in words.
    again = client.post(address, {"photo": wrong.token})
    assert again.status_code == 422
    assert "已经不在" in again.content.decode()


def test_what_came_back_with_an_error_is_the_part_that_is_open(site: Site, signed_in: SignedIn) -> None:
    permit = site.draft()
    sent = {"scope": "x", "starts_on": "2020-01-01", "ends_on": "2020-01-02"}
    answer = signed_in(site.owner).post(f"/permits/{permit.number}/write/days/", sent)
    assert [each.code for each in answer.context["sections"] if each.is_open] == ["days"]
    assert "starts_on" in answer.context["bound"].errors


def test_a_company_whose_licence_has_ended_is_refused_while_it_is_typed(
    site: Site, signed_in: SignedIn
) -> None:
    permit = site.draft()
    sent = {"name": "老陈装修队", "licence_no": "91350200MA3XXXXX0Y", "licence_until": "2020-01-01"}
    answer = signed_in(site.owner).post(f"/permits/{permit.number}/write/contractor/", sent)
    assert answer.status_code == 422
    assert "2020-01-01" in answer.content.decode()
    assert answer.context["bound"]["name"].value() == "老陈装修队"


def test_a_room_is_changed_with_what_it_has(site: Site, signed_in: SignedIn) -> None:
    permit = site.draft()
    page = signed_in(site.owner).get(f"/permits/{permit.number}/edit/?at=room&room=客厅")
    form = next(each.form for each in page.context["sections"] if each.code == "room")
    assert form.initial["rules"] == [site.rule("地面铺装").pk]


def test_permits_are_found_by_number_and_stand_on_the_cards_and_in_ones_own_data(
    site: Site, signed_in: SignedIn
) -> None:
    permit, desk = site.permit("submitted"), signed_in(site.agent)
    found = desk.post("/desk/search/", {"q": permit.number})
    assert found.headers["Location"] == f"/permits/{permit.number}/"
    for card in (f"/desk/people/{site.person.pk}/", f"/desk/units/{site.unit.pk}/"):
        assert permit.number in desk.get(card).content.decode(), card
    copy = copy_of(site.person, by=site.owner, reason="x")
    assert [each["number"] for each in copy["permits"]] == [permit.number]


def test_what_is_missing_stands_at_its_part(site: Site, signed_in: SignedIn) -> None:
    permit = site.draft(scope="")
    client = signed_in(site.owner)
    answer = client.post(f"/permits/{permit.number}/submit/")
    assert answer.headers["Location"] == f"/permits/{permit.number}/edit/?missing=1"
    assert "data-missing" in client.get(answer.headers["Location"]).content.decode()


def test_forbidden_works_are_refused_on_the_page_with_their_law(site: Site, signed_in: SignedIn) -> None:
    permit = site.draft()
    sent = {"room": "客厅", "rules": [site.rule("拆改承重墙").pk]}
    answer = signed_in(site.owner).post(f"/permits/{permit.number}/write/room/", sent)
    assert answer.status_code == 422
    assert "第五条（一）" in answer.content.decode()


def test_a_comment_stands_at_its_part_and_a_resubmission_shows_what_changed(
    site: Site, signed_in: SignedIn
) -> None:
    permit = site.permit("returned")
    assert "图纸看不清" in signed_in(site.owner).get(f"/permits/{permit.number}/edit/").content.decode()
    DO["save"](permit, said={"scope": "只做客厅"}, by=site.owner)
    DO["submit"](permit, by=site.owner)
    page = signed_in(site.agent).get(f"/permits/{permit.number}/").content.decode()
    assert "<ins>只做客厅</ins>" in page


def test_a_patrol_is_made_on_a_page(site: Site, signed_in: SignedIn) -> None:
    permit = site.permit("permit_active")
    rules = site.conduct()
    sent: dict[str, Any] = {f"rule_{each.pk}": "fine" for each in rules[1:]}
    sent[f"rule_{rules[0].pk}"] = "broken"
    client, address = signed_in(site.guard), f"/permits/{permit.number}/patrol/"
    assert client.post(address, sent).status_code == 422
    sent |= {f"words_{rules[0].pk}": "没有张贴", "photos": photo()}
    assert client.post(address, sent).status_code == 302
    assert permit.violations.get().words == "没有张贴"


def test_whoever_scans_the_door_sees_no_name_and_the_guard_sees_faces(
    site: Site, signed_in: SignedIn
) -> None:
    permit = site.permit("permit_active")
    address = f"/permits/verify/{permit.token}/"
    public = Client().get(address).content.decode()
    assert 'data-validity="valid"' in public
    for personal in ("王芳", "张师傅", "刘工", "13811112222", "1390000"):
        assert personal not in public, personal
    assert "张师傅" in signed_in(site.guard).get(address).content.decode()


def test_a_code_is_worth_nothing_before_the_permit_and_after_a_pass_is_revoked(site: Site) -> None:
    permit = site.permit("agreement_signed")
    worker = permit.workers.get()
    assert Client().get(f"/permits/verify/{worker.token}/").status_code == 404
    site.pay(permit)
    DO["issue"](permit, by=site.agent)
    DO["revoke_pass"](permit, worker=worker, reason="换人", by=site.agent)
    assert 'data-validity="revoked"' in Client().get(f"/permits/verify/{worker.token}/").content.decode()


def test_a_foreign_guard_reads_no_names(site: Site, signed_in: SignedIn, technician_binjiang: User) -> None:
    permit = site.permit("permit_active")
    page = signed_in(technician_binjiang).get(f"/permits/verify/{permit.token}/").content.decode()
    assert "张师傅" not in page


def test_a_guard_types_a_number_and_is_led_to_what_it_is_worth(site: Site, signed_in: SignedIn) -> None:
    permit = site.permit("permit_active")
    client = signed_in(site.guard)
    assert permit.token in client.post("/field/sites/find/", {"code": permit.number}).headers["Location"]
    assert client.post("/field/sites/find/", {"code": "D999999-0001"}).status_code == 422


@pytest.mark.parametrize("who", ["agent", "manager", "engineer", "owner"])
def test_each_face_opens_a_permit_with_everything_on_it(site: Site, signed_in: SignedIn, who: str) -> None:
    permit = site.permit("refund_asked", wet=True)
    client = signed_in(getattr(site, who))
    for page in ("", "sheet/", "passes/"):
        assert client.get(f"/permits/{permit.number}/{page}").status_code == 200, page


def test_the_desk_takes_an_application_for_a_unit(site: Site, signed_in: SignedIn) -> None:
    client = signed_in(site.agent)
    address = "/desk/permits/new/?unit=3-2-1201"
    assert client.post(address, {"applicant": site.person.pk}).status_code == 302
    permit = Permit.objects.get()
    assert (permit.agent, permit.applicant) == (site.agent, site.person)


def test_lists_calendar_and_contractors_show_what_goes_on(site: Site, signed_in: SignedIn) -> None:
    permit = site.permit("permit_active")
    client = signed_in(site.agent)
    for address in ("/permits/?show=works&q=3-2-1201", "/permits/calendar/"):
        assert permit.number in client.get(address).content.decode(), address
    assert "5/5" in client.get("/permits/contractors/").content.decode()


def test_supervisors_edit_rules_and_terms(site: Site, signed_in: SignedIn) -> None:
    client = signed_in(site.supervisor)
    rule = site.rule("水电改造")
    assert client.post("/manage/decoration/", {"do": "drop", "id": rule.pk}).status_code == 302
    sent = {"part": "works", "text": "敲墙", "ruling": "forbidden", "mend_days": 1}
    assert client.post("/manage/decoration/new/", sent).status_code == 422
    assert client.post("/manage/decoration/new/", sent | {"basis": "管理规约"}).status_code == 302
    page = client.get("/manage/decoration/terms/")
    form = page.context["form"]
    terms = {name: value for name, value in form.initial.items() if value not in (None, False)}
    assert client.post("/manage/decoration/terms/", terms | {"deposit": "3000"}).status_code == 302


def test_overdue_refunds_are_counted_on_the_board_and_listed_at_the_desk(
    site: Site, signed_in: SignedIn
) -> None:
    permit = site.permit("refund_asked")
    board = signed_in(site.manager)
    assert board.get("/board/").context["refunds"].value == 0
    Permit.objects.filter(pk=permit.pk).update(refund_due_at=database_now() - timedelta(hours=1))
    found = board.get("/board/").context["refunds"]
    assert found.value == 1
    assert permit.number in board.get(found.url).content.decode()


def test_a_linked_complaint_stands_on_the_permit_and_works_nearby_are_proposed(
    site: Site, signed_in: SignedIn
) -> None:
    permit = site.permit("permit_active")
    said = Said("楼上装修太吵", kind="complaint", type="neighbours", unit=site.unit, reporter=site.person)
    complaint = receive(said, community=permit.community, channel="hotline", by=site.agent).case
    assert isinstance(complaint, Complaint)
    near = works.nearby(site.agent, None, site.unit.building_id)
    assert [each.number for each in near] == [permit.number]
    desk = signed_in(site.agent)
    assert "data-nearby" in desk.get(f"/complaints/{complaint.number}/").content.decode()
    desk.post(f"/complaints/{complaint.number}/link/", {"other": permit.number})
    page = desk.get(f"/permits/{permit.number}/").content.decode()
    assert complaint.number in page


@pytest.mark.parametrize("answer", ["grant-change", "decline-change"])
def test_whoever_answers_a_change_reads_what_is_asked(answer: str, site: Site, signed_in: SignedIn) -> None:
    permit = site.permit("permit_active")
    longer = site.later(permit, 7)
    DO["ask_change"](permit, kind="extension", reason="材料晚到", ends_on=longer, by=site.owner)
    page = signed_in(site.supervisor).get(f"/permits/{permit.number}/{answer}/").content.decode()
    assert "材料晚到" in page
    assert f"{longer:%Y-%m-%d}" in page
