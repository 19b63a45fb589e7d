"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts
from django.test import Client
from django.utils import timezone, translation

from owners.models import Occupancy
from servicecenter.accounts import actions
from servicecenter.accounts.models import ApiToken, LoginAttempt, PhoneCode, User
from servicecenter.lib.refusals import Invalid, TooMany
from tests.conftest import PASSWORD


def staff(client: Client, username: str, password: str = PASSWORD, **more: str) -> int:
    return client.post("/login/staff/", {"username": username, "password": password} | more).status_code


@pytest.fixture
def code(settings: object, resident_wang: User) -> str:
    """The code that resident_wang was sent; drawn as the sending worker draws it."""
    row = actions.request_code(phone=resident_wang.phone or "", address="10.0.0.9")
    assert row is not None
    return actions.draw_code(row)


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("agent_li", "/desk/"),
        ("supervisor_bo", "/desk/"),
        ("technician_chen", "/field/"),
        ("guard_hu", "/field/"),
        ("manager_mei", "/board/"),
        ("admin_gu", "/admin/"),
    ],
)
def test_each_role_comes_home_after_signing_in(
    name: str, home: str, client: Client, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(name)
    answer = client.post("/login/staff/", {"username": user.username, "password": PASSWORD})
    assert answer.headers["Location"] == home
    assert client.get("/").headers["Location"] == home


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/login/"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(client: Client, agent_li: User) -> None:
    wrong = client.post("/login/staff/", {"username": "li", "password": "nope"})
    unknown = client.post("/login/staff/", {"username": "nobody", "password": "nope"})
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_what_was_typed_stays_after_a_wrong_password(client: Client, agent_li: User) -> None:
    page = client.post("/login/staff/", {"username": "li", "password": "nope"})
    assert page.context["form"]["username"].value() == "li"


def test_after_ten_wrong_passwords_even_the_right_one_waits(client: Client, agent_li: User) -> None:
    for _number in range(10):
        staff(client, "li", "wrong")
    assert staff(client, "li") == 429


def test_somebody_elses_wrong_passwords_do_not_lock_me_out(
    client: Client, agent_li: User, agent_zhou: User
) -> None:
    for _number in range(10):
        staff(client, "li", "wrong")
    assert staff(client, "zhou") == 302


def test_an_inactive_member_of_staff_stays_outside(client: Client, agent_li: User) -> None:
    User.objects.filter(pk=agent_li.pk).update(is_active=False)
    assert staff(client, "li") == 400


def test_a_resident_has_no_password_to_sign_in_with(client: Client, resident_wang: User) -> None:
    assert staff(client, resident_wang.username, "") == 200
    assert staff(client, resident_wang.username, "!") == 400


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(target: str, client: Client, agent_li: User) -> None:
    answer = client.post("/login/staff/", {"username": "li", "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/desk/"


def test_a_resident_signs_in_with_phone_and_code(client: Client, resident_wang: User, code: str) -> None:
    client.post("/login/", {"phone": "+86 138-1111-2222"})
    row = PhoneCode.objects.latest("id")
    answer = client.post("/login/code/", {"code": actions.draw_code(row)})
    assert answer.headers["Location"] == "/portal/"


def test_an_unknown_phone_is_answered_like_a_known_one(client: Client, resident_wang: User) -> None:
    known = client.post("/login/", {"phone": "13811112222"})
    unknown = Client().post("/login/", {"phone": "13999999999"})
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert PhoneCode.objects.count() == 1


@pytest.mark.parametrize("phone", ["1381111222", "138111122222", "abc", "１２３"])
def test_a_number_that_is_none_is_asked_for_again(phone: str, client: Client, db: None) -> None:
    page = client.post("/login/", {"phone": phone})
    assert page.status_code == 400
    assert page.context["form"]["phone"].value() == phone


@pytest.mark.django_db
def test_full_width_digits_are_a_number(client: Client) -> None:
    assert client.post("/login/", {"phone": "１３８１１１１２２２２"}).status_code == 302


def test_a_code_works_once(resident_wang: User, code: str) -> None:
    phone = resident_wang.phone or ""
    assert actions.sign_in_by_phone(phone=phone, code=code, address="10.0.0.9") == resident_wang
    with pytest.raises(Invalid):
        actions.sign_in_by_phone(phone=phone, code=code, address="10.0.0.9")


def test_a_code_expires_after_five_minutes(resident_wang: User, code: str) -> None:
    late = timezone.now() + timedelta(minutes=6)
    with pytest.raises(Invalid):
        actions.sign_in_by_phone(phone=resident_wang.phone or "", code=code, at=late, address="10.0.0.9")


def test_after_five_wrong_tries_the_right_code_is_refused_too(resident_wang: User, code: str) -> None:
    phone = resident_wang.phone or ""
    for _number in range(5):
        with pytest.raises(Invalid):
            actions.sign_in_by_phone(
                phone=phone, code="000000" if code != "000000" else "111111", address="10.0.0.9"
            )
    with pytest.raises(Invalid):
        actions.sign_in_by_phone(phone=phone, code=code, address="10.0.0.9")


def test_nobody_is_flooded_with_codes(resident_wang: User) -> None:
    for _number in range(5):
        actions.request_code(phone=resident_wang.phone or "", address="10.0.0.9")
    with pytest.raises(TooMany):
        actions.request_code(phone=resident_wang.phone or "", address="10.0.0.9")


def test_neither_code_nor_phone_stands_in_clear_where_limits_are_kept(resident_wang: User, code: str) -> None:
    row = PhoneCode.objects.get()
    assert code not in row.code_hash
    assert resident_wang.phone not in {attempt.key for attempt in LoginAttempt.objects.all()}


def test_a_token_is_stored_as_a_digest_and_expires(agent_li: User) -> None:
    token, expires_at = actions.issue_token(user=agent_li)
    row = ApiToken.objects.get()
    assert token not in (row.digest, "")
    assert row.is_expired(expires_at)


def test_a_session_of_somebody_who_left_the_company_ends_at_once(client: Client, agent_li: User) -> None:
    client.force_login(agent_li)
    User.objects.filter(pk=agent_li.pk).update(is_active=False)
    assert client.get("/").headers["Location"] == "/login/"


def test_a_moved_out_owner_sees_nothing_of_the_home_with_the_session_still_open(
    client: Client, resident_wang: User, ticket_in: object
) -> None:
    ticket = ticket_in()  # type: ignore[operator]
    client.force_login(resident_wang)
    assert client.get(f"/repairs/{ticket.number}/").status_code == 302
    Occupancy.objects.update(until=timezone.now())
    assert client.get(f"/repairs/{ticket.number}/").status_code == 404


def test_the_chosen_language_is_kept_with_the_account(client: Client, agent_li: User) -> None:
    client.force_login(agent_li)
    client.post("/language/", {"language": "en"})
    agent_li.refresh_from_db()
    assert agent_li.language == "en"


def test_the_language_of_the_account_comes_along_to_a_new_device(client: Client, agent_li: User) -> None:
    User.objects.filter(pk=agent_li.pk).update(language="zh-hant")
    staff(client, "li")
    assert client.get("/account/").headers["Content-Language"] == "zh-hant"


def test_chinese_is_the_language_of_a_browser_that_asks_for_another(client: Client, db: None) -> None:
    assert client.get("/login/", headers={"accept-language": "fr"}).headers["Content-Language"] == "zh-hans"


def test_staff_change_their_password_by_knowing_the_old_one(client: Client, agent_li: User) -> None:
    client.force_login(agent_li)
    new = "a-better-secret-77"
    typed = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/account/", typed).status_code == 302
    agent_li.refresh_from_db()
    assert agent_li.check_password(new)


def test_a_wrong_old_password_changes_nothing(client: Client, agent_li: User) -> None:
    client.force_login(agent_li)
    new = "a-better-secret-77"
    typed = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    assert client.post("/account/", typed).status_code == 422
    agent_li.refresh_from_db()
    assert agent_li.check_password(PASSWORD)


def test_a_resident_finds_the_account_in_the_portal(client: Client, resident_wang: User) -> None:
    client.force_login(resident_wang)
    assert client.get("/account/").headers["Location"] == "/portal/me/"


def test_a_way_back_that_is_no_address_leads_home(client: Client, agent_li: User) -> None:
    answer = client.post("/login/staff/", {"username": "li", "password": PASSWORD, "next": "x"})
    assert answer.headers["Location"] == "/desk/"


def test_what_django_says_about_passwords_is_said_politely(client: Client, agent_li: User) -> None:
    client.force_login(agent_li)
    typed = {"old_password": "wrong", "new_password1": "a", "new_password2": "b"}
    assert "您的旧密码不正确" in client.post("/account/", typed).content.decode()
    with translation.override("zh-hans"):
        assert [text for text in password_validators_help_texts() if "你" in text] == []
