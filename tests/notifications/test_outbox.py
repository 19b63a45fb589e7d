"""Sign-in codes leave through a real gateway: a small HTTP server that takes what apprise sends."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone, translation

from servicecenter.accounts import actions
from servicecenter.accounts.models import PhoneCode, User
from servicecenter.notifications.outbox import MOST_FAILURES, send_due


class Gateway:
    """What was received, and whether the gateway works at the moment."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.works = True


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    """A text-message gateway on this machine, configured as SMS_URL."""
    state = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if state.works:
                state.received.append(f"{self.path} {body['message']}")
            self.send_response(200 if state.works else 503)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SMS_URL = f"json://127.0.0.1:{server.server_port}/{{phone}}"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def ask(user: User) -> PhoneCode:
    row = actions.request_code(phone=user.phone or "", address="10.0.0.9")
    assert row is not None
    return row


def test_the_code_that_was_sent_signs_in(gateway: Gateway, resident_wang: User) -> None:
    ask(resident_wang)
    assert send_due() == 1
    digits = re.findall(r"\d{6}\b", gateway.received[0].partition(" ")[2])
    assert actions.sign_in_by_phone(phone=resident_wang.phone or "", code=digits[0]) == resident_wang


def test_a_code_is_sent_once(gateway: Gateway, resident_wang: User) -> None:
    ask(resident_wang)
    send_due()
    assert send_due() == 0
    assert len(gateway.received) == 1


def test_a_gateway_that_fails_is_tried_again_a_little_later(gateway: Gateway, resident_wang: User) -> None:
    code = ask(resident_wang)
    gateway.works = False
    send_due()
    assert send_due() == 0
    gateway.works = True
    assert send_due(at=timezone.now() + timedelta(seconds=30)) == 1
    assert len(gateway.received) == 1
    code.refresh_from_db()
    assert (code.failures, code.send_at) == (1, None)


def test_a_gateway_that_stays_down_is_given_up(gateway: Gateway, resident_wang: User) -> None:
    code = ask(resident_wang)
    gateway.works = False
    for number in range(MOST_FAILURES):
        send_due(at=timezone.now() + timedelta(seconds=50 * (number + 1)))
    code.refresh_from_db()
    assert (code.failures, code.send_at) == (MOST_FAILURES, None)


def test_an_expired_code_is_not_sent_any_more(gateway: Gateway, resident_wang: User) -> None:
    ask(resident_wang)
    send_due(at=timezone.now() + timedelta(minutes=6))
    assert gateway.received == []


def test_without_a_gateway_nothing_is_tried_for_ever(settings: Any, resident_wang: User) -> None:
    settings.SMS_URL = ""
    ask(resident_wang)
    assert (send_due(), send_due()) == (1, 0)


def test_the_code_is_written_in_the_language_of_the_page(gateway: Gateway, resident_wang: User) -> None:
    with translation.override("en"):
        ask(resident_wang)
    with translation.override("zh-hans"):
        send_due()
    assert "sign-in code" in gateway.received[0]
