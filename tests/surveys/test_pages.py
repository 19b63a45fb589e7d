"""Pages of surveys: answering without a login, planning, results, interviews, paper, files."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from servicecenter.accounts.models import User
from servicecenter.audit import access
from servicecenter.audit.models import AccessLog
from surveys.actions import running
from surveys.actions.entering import draw_link, enter
from surveys.actions.measures import add_measure
from surveys.actions.questionnaires import draft_from
from surveys.models import Campaign, Invitation, Keying, Questionnaire, Response
from tests.surveys.conftest import GOOD, Town, in_days, library, waiting

SignedIn = Callable[[User], Client]
SECTIONS = (
    ("a_desk", "a_staff"),
    ("s_speed", "s_quality", "s_told"),
    ("f_lifts", "f_order"),
    ("x_gate", "x_patrol"),
    ("c_stairs", "c_green", "c_waste"),
    ("overall", "recommend"),
)


def send(client: Client, url: str, number: int, **changed: object) -> str:
    """Answers one section; returns where it leads."""
    said = {code: GOOD[code] for code in SECTIONS[number - 1]} | changed
    answer = client.post(url, {"at": number} | said)
    return str(answer.headers.get("Location", answer.status_code))


def test_a_questionnaire_is_answered_section_by_section_without_a_login(town: Town) -> None:
    campaign = town.running(anonymous=True)
    url = reverse("survey", args=[draw_link(waiting(campaign)[0], "link")])
    client = Client()
    for number in range(1, 6):
        assert send(client, url, number) == f"{url}?at={number + 1}"
    # Not content: the reason is asked for before it counts.
    assert send(client, url, 6, overall=4) == f"{url}?at=6"
    assert 'name="why"' in client.get(f"{url}?at=6").content.decode()
    assert send(client, url, 6, overall=4, why="电梯慢") == "200"
    assert Response.objects.get().answers == GOOD | {"overall": 4, "why": "电梯慢"}
    assert client.get(url).status_code == 404


def test_a_section_with_a_gap_is_shown_again(town: Town) -> None:
    url = reverse("survey", args=[draw_link(waiting(town.running())[0], "link")])
    answer = Client().post(url, {"at": 1, "a_desk": 9})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_whoever_jumps_to_the_end_is_led_back_to_what_is_missing(town: Town) -> None:
    url = reverse("survey", args=[draw_link(waiting(town.running())[0], "link")])
    assert send(Client(), url, 6) == f"{url}?at=1"


def test_a_resident_is_led_to_the_same_link_again(
    town: Town, resident_wang: User, signed_in: SignedIn
) -> None:
    campaign = town.running()
    asked = Invitation.objects.get(campaign=campaign, unit__code="3-2-1201")
    client = signed_in(resident_wang)
    assert reverse("survey_own", args=[asked.pk]) in client.get("/portal/surveys/").content.decode()
    first = client.get(reverse("survey_own", args=[asked.pk])).headers["Location"]
    assert client.get(reverse("survey_own", args=[asked.pk])).headers["Location"] == first
    assert enter(first.split("/")[2]).link.channel == "portal"


def test_the_poster_leads_to_the_questions(town: Town) -> None:
    campaign = town.running(channels=["poster"])
    url = reverse("survey_poster", args=[campaign.number])
    assert Client().get(url).status_code == 200
    assert Client().post(url, {"unit": "1-1-201", "phone_end": "9999"}).status_code == 422
    assert Client().post(url, {"unit": "1-1-201", "phone_end": "0001"}).headers["Location"].startswith("/s/")


def test_a_leader_plans_starts_and_closes(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.supervisor)
    wish = {
        "title": "年度调查",
        "communities": [town.community.pk],
        "questionnaire": library().pk,
        "audience": "sample",
        "sample_size": 4,
        "channels": ["portal", "phone"],
        "ends_on": in_days(9).isoformat(),
    }
    where = client.post("/manage/surveys/new/", wish).headers["Location"]
    assert client.post(f"{where}start/").headers["Location"] == where
    assert 'data-answered="0"' in client.get(where).content.decode()
    assert client.post(f"{where}close/").headers["Location"] == where
    assert Campaign.objects.get().status == "closed"


def test_a_plan_with_a_fault_is_shown_again_with_it(town: Town, signed_in: SignedIn) -> None:
    answer = signed_in(town.supervisor).post("/manage/surveys/new/", {"title": "年度调查"})
    assert answer.status_code == 422


@pytest.fixture
def counted(town: Town) -> Campaign:
    """Six answers from building 1, three from building 2."""
    said: list[dict[str, Any]] = [
        {"wish": "电梯太慢"},
        {"wish": "=HYPERLINK(1)"},
        *({"overall": 6 + n % 4} for n in range(7)),
    ]
    return town.closed(said)


def test_results_are_not_read_while_answers_come_in(town: Town, signed_in: SignedIn) -> None:
    campaign = town.running()
    assert signed_in(town.supervisor).get(f"/manage/surveys/{campaign.number}/results/").status_code == 409


def test_results_show_the_index_and_hide_the_buildings_that_few_answered_in(
    counted: Campaign, town: Town, signed_in: SignedIn
) -> None:
    page = signed_in(town.supervisor).get(f"/manage/surveys/{counted.number}/results/").content.decode()
    assert "84.1" in page
    assert page.count("<td>＊</td>") == 2


def test_few_answers_show_nothing(town: Town, signed_in: SignedIn) -> None:
    campaign = town.closed([{}, {}, {}, {}])
    page = signed_in(town.supervisor).get(f"/manage/surveys/{campaign.number}/results/").content.decode()
    assert "board-value" not in page


def rows_of(answer: object) -> list[list[list[Any]]]:
    """The sheets of a workbook that was downloaded."""
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return [book.get_sheet_by_index(n).to_python() for n in range(len(book.sheet_names))]


def test_the_workbook_holds_answers_without_anybody_and_a_codebook(
    counted: Campaign, town: Town, signed_in: SignedIn
) -> None:
    url = f"/manage/surveys/{counted.number}/answers.xlsx"
    client = signed_in(town.supervisor)
    assert client.post(url, {"reason": ""}).status_code == 422
    answers, words, codebook = rows_of(client.post(url, {"reason": "年终分析"}))
    assert answers[0][:3] == ["no", "building", "a_desk"]
    assert len(answers) == 10
    assert {row[1] for row in answers[1:]} == {""}
    # What somebody wrote would say whose row it is.
    assert "'=HYPERLINK(1)" in {text for _code, text in words}
    assert not {cell for row in answers for cell in row} & {text for _code, text in words[1:]}
    assert len(codebook) == 3 + len(library().sheet.questions)


def test_a_published_campaign_is_read_in_the_portal_and_printed(
    counted: Campaign, town: Town, resident_wang: User, technician_chen: User, signed_in: SignedIn
) -> None:
    add_measure(counted, text="更换曳引机", owner=technician_chen, due_on=in_days(9), by=town.supervisor)
    running.publish(counted, found="电梯最受关注。", by=town.supervisor)
    page = signed_in(resident_wang).get(f"/portal/surveys/{counted.number}/").content.decode()
    assert "电梯最受关注。" in page
    assert "更换曳引机" in page
    assert "电梯太慢" not in page
    poster = signed_in(town.supervisor).get(f"/manage/surveys/{counted.number}/poster/").content.decode()
    assert "电梯最受关注。" in poster


def test_an_interview_is_taken_and_saved(town: Town, agent_li: User, signed_in: SignedIn) -> None:
    town.running(channels=["phone"])
    client = signed_in(agent_li)
    where = client.post("/desk/surveys/").headers["Location"]
    assert "1390000" in re.sub(r"\D", "", client.get(where).content.decode())
    assert AccessLog.objects.get(by=agent_li).reason.startswith("survey call M")
    assert client.post(where, GOOD | {"outcome": "reached"}).headers["Location"] == "/desk/surveys/"
    assert Response.objects.get().channel == "phone"


def test_the_number_of_an_interview_stands_on_the_page_only_after_its_line_in_the_access_log(
    town: Town, agent_li: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.running(channels=["phone"])
    client = signed_in(agent_li)
    monkeypatch.setattr(access, "REVEALS_PER_HOUR", 0)
    page = client.get(client.post("/desk/surveys/").headers["Location"]).content.decode()
    assert "1390000" not in re.sub(r"\D", "", page)
    assert "/number/" in page


def test_what_two_people_read_differently_is_shown_to_the_second_one(
    town: Town, agent_li: User, agent_zhou: User, signed_in: SignedIn
) -> None:
    campaign = town.running(channels=["paper"])
    said = {"number": campaign.number, "unit": "1-1-101"}
    where = signed_in(agent_li).post("/desk/surveys/", said).headers["Location"]
    assert signed_in(agent_li).post(where, GOOD).headers["Location"] == "/desk/surveys/"
    second = signed_in(agent_zhou)
    assert second.post(where, GOOD | {"overall": 3}).content.decode().count("survey-differs") == 1
    assert second.post(where, GOOD).headers["Location"] == "/desk/surveys/"
    assert not Keying.objects.exists()


def test_a_technician_finishes_a_measure_and_does_not_verify_it(
    town: Town, technician_chen: User, signed_in: SignedIn
) -> None:
    measure = add_measure(
        town.closed(), text="更换曳引机", owner=technician_chen, due_on=in_days(9), by=town.supervisor
    )
    client = signed_in(technician_chen)
    where = f"/measures/{measure.number}/"
    assert "更换曳引机" in client.get("/measures/").content.decode()
    assert client.post(f"{where}finish/", {"evidence": "已更换"}).headers["Location"] == where
    assert client.post(f"{where}verify/", {"note": "看到了"}).status_code == 403


@pytest.fixture
def draft(town: Town) -> Questionnaire:
    return draft_from(library("move-in"), community=town.community, by=town.supervisor)


def test_a_question_is_written_with_a_branch_in_the_builder(
    draft: Questionnaire, town: Town, signed_in: SignedIn
) -> None:
    said = {
        "edit": "new-question-mending",
        "words_zh_hans": "哪里还没修好？",
        "kind": "text",
        "weight": 0,
        "ask_question": "d_any",
        "ask_test": "is",
        "ask_value": "1",
    }
    url = reverse("surveys:questionnaire", args=[draft.pk])
    assert signed_in(town.supervisor).post(url, said).status_code == 302
    question = Questionnaire.objects.get(pk=draft.pk).sheet.sections[1].questions[-1]
    assert question.ask_if is not None
    assert (question.code, question.ask_if.value) == ("q1", "yes")


def test_what_a_colleague_changed_meanwhile_is_told_and_what_was_typed_stays(
    draft: Questionnaire, town: Town, signed_in: SignedIn
) -> None:
    client, url = signed_in(town.supervisor), reverse("surveys:questionnaire", args=[draft.pk])
    opened = client.get(f"{url}?edit=title").content.decode()
    shown = f'name="version" value="{draft.version}"'
    assert shown in opened
    client.post(url, {"op": "remove", "code": "h_wait"})
    said = {"edit": "title", "version": draft.version, "words_zh_hans": "入伙之后"}
    answer = client.post(url, said)
    page = answer.content.decode()
    assert (answer.status_code, "刚才有人修改了这里" in page, 'value="入伙之后"' in page) == (422, True, True)
    assert client.post(url, said | {"version": draft.version + 1}).status_code == 302
    assert Questionnaire.objects.get(pk=draft.pk).sheet.title["zh-hans"] == "入伙之后"


@pytest.mark.parametrize(("op", "first"), [("up", "h_explained"), ("remove", "h_explained")])
def test_questions_are_moved_and_taken_out_in_the_builder(
    draft: Questionnaire, town: Town, signed_in: SignedIn, op: str, first: str
) -> None:
    url = reverse("surveys:questionnaire", args=[draft.pk])
    code = "h_explained" if op == "up" else "h_wait"
    signed_in(town.supervisor).post(url, {"op": op, "code": code})
    assert Questionnaire.objects.get(pk=draft.pk).sheet.questions[0].code == first


def test_the_builder_shows_the_questions_on_a_phone(
    draft: Questionnaire, town: Town, signed_in: SignedIn
) -> None:
    page = signed_in(town.supervisor).get(reverse("surveys:questionnaire", args=[draft.pk])).content.decode()
    assert "survey-phone" in page
    assert page.count("scale-marks") >= 5


def test_administrators_read_and_change_nothing(
    draft: Questionnaire, admin_gu: User, signed_in: SignedIn
) -> None:
    client = signed_in(admin_gu)
    url = reverse("surveys:questionnaire", args=[draft.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"op": "remove", "code": "h_wait"}).status_code == 403


def test_agents_do_not_manage_surveys(town: Town, agent_li: User, signed_in: SignedIn) -> None:
    assert signed_in(agent_li).get("/manage/surveys/").status_code == 403


def test_an_empty_questionnaire_needs_a_title(town: Town, signed_in: SignedIn) -> None:
    client, url = signed_in(town.supervisor), reverse("surveys:questionnaires")
    nameless = client.post(url, {"community": town.community.pk, "title": " "})
    assert nameless.status_code == 422
    assert 'aria-invalid="true"' in nameless.content.decode()
    made = client.post(url, {"community": town.community.pk, "title": "电梯更换意见"})
    assert Questionnaire.objects.latest("id").content["title"] == {"zh-hans": "电梯更换意见"}
    assert made.headers["Location"] == f"{url}{Questionnaire.objects.latest('id').pk}/"
