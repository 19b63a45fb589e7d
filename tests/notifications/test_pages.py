"""The pages around the outbox: robots, deliveries, wishes, and runs of one event in the inbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from servicecenter.accounts.models import Community, User
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal
from servicecenter.notifications.actions import resend, save_robot
from servicecenter.notifications.actions.wishes import wanted_channels
from servicecenter.notifications.channels import robot_address
from servicecenter.notifications.models import Attempt, Choice, Delivery, GroupRobot, Reach
from servicecenter.notifications.queries import inbox
from tests.notifications.conftest import Write
from tests.notifications.gateways import Gateway

SignedIn = Callable[[User], Client]
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"


# Robots


@pytest.mark.parametrize(
    ("provider", "url", "expected"),
    [
        ("wecom", WECOM, "wecombot://693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa/"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abc12345", "dingtalk://abc12345/"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/abc12345-1", "feishu://abc12345-1/"),
    ],
)
def test_the_address_that_a_group_shows_is_understood(provider: str, url: str, expected: str) -> None:
    assert robot_address(provider, url) == expected


@pytest.mark.parametrize(
    ("provider", "url"),
    [
        ("wecom", "https://evil.example/send?key=693axxx6-7aoc"),
        ("wecom", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxx6-7aoc"),
        ("wecom", "https://qyapi.weixin.qq.com@evil.example/?key=693axxx6-7aoc"),
        ("feishu", "https://open.feishu.cn/"),
        ("other", "http://169.254.169.254/latest/"),
        ("other", "file:///etc/passwd"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=a/../b?x"),
    ],
)
def test_an_address_of_somebody_else_is_refused(provider: str, url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        robot_address(provider, url)


def test_a_robot_is_kept_sealed_and_its_address_shown_nowhere(
    signed_in: SignedIn, supervisor_bo: User, yangguang: Community
) -> None:
    browser = signed_in(supervisor_bo)
    form = {"community": yangguang.pk, "name": "维修群", "provider": "wecom", "url": WECOM, "is_active": "on"}
    assert browser.post("/manage/channels/new/", form).status_code == 302
    robot = GroupRobot.objects.get()
    assert "693axxx6" not in robot.url_sealed
    assert "693axxx6" in robot.unseal()
    page = browser.get(f"/manage/channels/{robot.pk}/").content + browser.get("/manage/channels/").content
    assert b"693axxx6" not in page
    assert (
        browser.post(f"/manage/channels/{robot.pk}/", form | {"url": "", "hears": ["overdue"]}).status_code
        == 302
    )
    robot.refresh_from_db()
    assert (robot.hears, "693axxx6" in robot.unseal()) == (["overdue"], True)


def test_a_robot_without_an_address_or_with_a_taken_name_is_refused_at_the_field(
    signed_in: SignedIn, supervisor_bo: User, yangguang: Community
) -> None:
    browser = signed_in(supervisor_bo)
    form = {"community": yangguang.pk, "name": "维修群", "provider": "wecom", "url": ""}
    assert browser.post("/manage/channels/new/", form).status_code == 422
    browser.post("/manage/channels/new/", form | {"url": WECOM})
    assert browser.post("/manage/channels/new/", form | {"url": WECOM}).status_code == 422
    assert GroupRobot.objects.count() == 1


def test_the_test_button_really_sends(
    robot: tuple[GroupRobot, Gateway], signed_in: SignedIn, supervisor_bo: User, settings: Any
) -> None:
    settings.DEMO = True
    signed_in(supervisor_bo).post(f"/manage/channels/{robot[0].pk}/test/")
    assert len(robot[1].received) == 1


def test_a_test_that_fails_says_why(
    robot: tuple[GroupRobot, Gateway], signed_in: SignedIn, supervisor_bo: User
) -> None:
    robot[1].status = 404
    answer = signed_in(supervisor_bo).post(f"/manage/channels/{robot[0].pk}/test/", follow=True)
    assert "http_404" in answer.content.decode()


def test_robots_of_another_community_do_not_exist(
    robot: tuple[GroupRobot, Gateway], binjiang: Community, signed_in: SignedIn, admin_gu: User
) -> None:
    admin_gu.memberships.filter(community=robot[0].community).delete()
    browser = signed_in(admin_gu)
    assert browser.get(f"/manage/channels/{robot[0].pk}/").status_code == 404
    assert browser.post(f"/manage/channels/{robot[0].pk}/test/").status_code == 404
    with pytest.raises(NotFound):
        save_robot(
            None,
            by=User.objects.get(pk=admin_gu.pk),
            community=robot[0].community,
            name="x",
            provider="wecom",
        )


def test_a_manager_reads_but_changes_no_robot(
    robot: tuple[GroupRobot, Gateway], signed_in: SignedIn, manager_mei: User
) -> None:
    browser = signed_in(manager_mei)
    assert browser.get("/manage/channels/").status_code == 200
    assert browser.post(f"/manage/channels/{robot[0].pk}/remove/").status_code == 403
    assert GroupRobot.objects.exists()


# Outbox


@pytest.fixture
def failed(write: Write, agent_li: User, yangguang: Community, settings: Any) -> Delivery:
    """A delivery about R1 that failed for good."""
    settings.EMAIL_URL = True
    write(agent_li, community_id=yangguang.pk, params={"number": "R1"})
    Delivery.objects.update(state="failed", reason="http_404", attempts=1)
    return Delivery.objects.get()


def test_failures_stand_on_top_with_the_reason(
    failed: Delivery, signed_in: SignedIn, supervisor_bo: User
) -> None:
    page = signed_in(supervisor_bo).get("/manage/outbox/").content.decode()
    assert "data-failed" in page
    assert "http_404" in page
    assert "R1" in page


@pytest.mark.parametrize("query", ["state=sent", "channel=sms", "state=<x>&channel=1&community=NO&cursor=oo"])
def test_filters_narrow_the_list(
    query: str, failed: Delivery, signed_in: SignedIn, supervisor_bo: User
) -> None:
    page = signed_in(supervisor_bo).get(f"/manage/outbox/?{query}")
    assert page.status_code == 200
    assert ("data-delivery" in page.content.decode()) == ("<x>" in query)


def test_resending_is_logged_with_who_asked(
    failed: Delivery, signed_in: SignedIn, supervisor_bo: User
) -> None:
    browser = signed_in(supervisor_bo)
    assert browser.post(f"/manage/outbox/{failed.pk}/resend/").status_code == 302
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.reason) == ("waiting", 0, "")
    assert Attempt.objects.get().by == supervisor_bo
    assert str(supervisor_bo) in browser.get(f"/manage/outbox/{failed.pk}/").content.decode()


def test_what_is_on_its_way_is_not_sent_again(failed: Delivery, supervisor_bo: User) -> None:
    resend(failed.pk, by=supervisor_bo)
    with pytest.raises(Refusal, match="on_its_way"):
        resend(failed.pk, by=supervisor_bo)


def test_a_manager_reads_the_outbox_but_resends_nothing(
    failed: Delivery, manager_mei: User, signed_in: SignedIn
) -> None:
    assert signed_in(manager_mei).get(f"/manage/outbox/{failed.pk}/").status_code == 200
    with pytest.raises(NotPermitted):
        resend(failed.pk, by=manager_mei)


def test_deliveries_of_another_community_do_not_exist(
    failed: Delivery, binjiang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    Delivery.objects.update(community=binjiang)
    browser = signed_in(supervisor_bo)
    assert browser.get(f"/manage/outbox/{failed.pk}/").status_code == 404
    assert browser.post(f"/manage/outbox/{failed.pk}/resend/").status_code == 404
    assert "data-delivery" not in browser.get("/manage/outbox/").content.decode()


# Wishes


def wishes(**more: Any) -> dict[str, Any]:
    return {"quiet_from": "22:00", "quiet_until": "07:00", "email": "", "phone": ""} | more


def test_a_colleague_chooses_channels_and_hours(signed_in: SignedIn, agent_li: User) -> None:
    form = wishes(phone="139 1111 0000", email="li@example.com", quiet="on", kind_warning=["sms"])
    assert signed_in(agent_li).post("/messages/wishes/", form).status_code == 302
    reach = Reach.objects.get(user=agent_li)
    assert (reach.phone, reach.quiet) == ("13911110000", True)
    assert wanted_channels(agent_li)["warning"] == ["sms"]
    assert wanted_channels(agent_li)["overdue"] == []


def test_what_equals_the_default_is_not_kept(signed_in: SignedIn, agent_li: User) -> None:
    signed_in(agent_li).post("/messages/wishes/", wishes(kind_overdue=["email"]))
    assert not Choice.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"phone": "12"}, {"email": "x"}, {"quiet_from": "25:00"}, {"kind_overdue": ["pigeon"]}]
)
def test_a_slip_is_said_and_changes_nothing(
    wrong: dict[str, Any], signed_in: SignedIn, agent_li: User
) -> None:
    assert signed_in(agent_li).post("/messages/wishes/", wishes(**wrong)).status_code == 422
    assert not Reach.objects.exists()


def test_a_resident_gets_no_number_but_their_own(signed_in: SignedIn, resident_wang: User) -> None:
    browser = signed_in(resident_wang)
    assert "13811112222" not in browser.get("/messages/wishes/").content.decode()
    browser.post("/messages/wishes/", wishes(phone="13900000000", kind_visit=["sms"]))
    assert Reach.objects.get(user=resident_wang).phone == ""


@pytest.mark.parametrize(
    "who", ["agent_li", "technician_chen", "guard_hu", "manager_mei", "admin_gu", "resident_wang"]
)
def test_the_page_opens_in_every_face(who: str, signed_in: SignedIn, request: pytest.FixtureRequest) -> None:
    assert signed_in(request.getfixturevalue(who)).get("/messages/wishes/").status_code == 200


# Inbox


def test_runs_of_one_event_are_folded(
    write: Write, agent_li: User, signed_in: SignedIn, yangguang: Community
) -> None:
    for number in range(5):
        write(agent_li, key=str(number), community_id=yangguang.pk, params={"number": f"R{number}"})
    write(
        agent_li, event="repair.note", community_id=yangguang.pk, at=timezone.now(), params={"number": "R9"}
    )
    runs = inbox(agent_li).runs
    assert [(run.head.number, len(run.more), run.unread) for run in runs] == [("R9", 0, 0), ("R4", 4, 4)]
    assert "data-run" in signed_in(agent_li).get("/messages/").content.decode()


def test_a_group_is_one_line_of_the_outbox(
    failed: Delivery,
    write: Write,
    agent_li: User,
    yangguang: Community,
    signed_in: SignedIn,
    supervisor_bo: User,
) -> None:
    write(agent_li, key="2", community_id=yangguang.pk, params={"number": "R2"})
    Delivery.objects.update(state="sent", sent_at=timezone.now(), reason="")
    Delivery.objects.exclude(pk=failed.pk).update(sent_with=failed)
    page = signed_in(supervisor_bo).get("/manage/outbox/").content.decode()
    assert page.count("data-delivery") == 1
    assert "R1" in page
