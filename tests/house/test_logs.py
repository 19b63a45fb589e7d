"""Logs say what happened, not to whom: no phone number that somebody searched, typed or was called at."""

from __future__ import annotations

import logging
import runpy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from gunicorn.config import Config
from gunicorn.glogging import Logger

from owners.models import Person
from servicecenter.accounts.models import User
from servicecenter.lib.keyed_paths import Line, without_keys
from tests.conftest import Walk
from tools.postgres import SETTINGS
from tools.services import ROOT

PHONE = "13811112222"
SEARCHES = (
    "/api/v1/repairs/?search={}", "/api/v1/people/?search={}", "/api/v1/units/?search={}", "/desk/search/?q={}",
    "/desk/people/?q={}", "/desk/nowhere/?q={}", "/board/tickets/?q={}", "/login/?next=/{}",
)  # fmt: skip


def test_a_line_of_the_access_log_has_the_path_without_what_was_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    config = Config()
    config.set("access_log_format", runpy.run_path(str(ROOT / "gunicorn.conf.py"))["access_log_format"])
    config.set("accesslog", "-")
    asked = f"/api/v1/people/?search={PHONE}"
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": asked, "PATH_INFO": "/api/v1/people/", "QUERY_STRING": f"search={PHONE}",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_REFERER": asked,
    }  # fmt: skip
    log = Logger(config)
    log.access_log.propagate = True
    request, answer = (
        SimpleNamespace(headers=[("REFERER", asked)]),
        SimpleNamespace(status="200 OK", sent=5, headers=[], response_length=5),
    )
    with caplog.at_level(logging.INFO, logger="gunicorn.access"):
        log.access(answer, request, environ, timedelta(milliseconds=3))
    assert "GET /api/v1/people/" in caplog.text
    assert PHONE not in caplog.text


def test_no_log_has_the_key_of_a_questionnaire() -> None:
    config = Config()
    known = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    config.set("logger_class", known["logger_class"])
    answer = SimpleNamespace(status="200 OK", sent=5, headers=[], response_length=5)
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": "/s/Geheim-1_2/", "PATH_INFO": "/s/Geheim-1_2/"}
    environ["SERVER_PROTOCOL"] = "HTTP/1.1"
    line = config.logger_class(config).atoms(answer, SimpleNamespace(headers=[]), environ, timedelta())
    assert line["U"] == "/s/.../"
    assert without_keys("Not Found: /s/after/Geheim/") == "Not Found: /s/after/.../"
    assert (
        without_keys("/s/own/12/ /s/poster/M1/ /static/s/a.js") == "/s/own/12/ /s/poster/M1/ /static/s/a.js"
    )
    record = logging.makeLogRecord({"msg": "Unprocessable: %s", "args": ("/s/Geheim/",)})
    assert Line("{message}", style="{").format(record) == "Unprocessable: /s/.../"


def test_requests_about_a_phone_number_leave_it_in_no_log(
    ticket_in: Walk, agent_li: User, signed_in: Callable[[User], Client], caplog: pytest.LogCaptureFixture
) -> None:
    ticket = ticket_in("completed")
    with caplog.at_level(logging.DEBUG):
        for path in SEARCHES:
            signed_in(agent_li).get(path.format(PHONE))
        for path, typed in (
            ("/login/", {"phone": PHONE}),
            ("/login/code/", {"code": PHONE}),
            ("/login/staff/", {"username": PHONE, "password": "x"}),
            ("/api/v1/auth/phone/code/", {"phone": PHONE}),
        ):
            Client().post(path, typed)
        signed_in(agent_li).post("/desk/search/", {"q": PHONE})
        signed_in(agent_li).post("/desk/register/", {"contact_phone": PHONE, "text": "漏水"})
        signed_in(agent_li).post("/desk/calls/claim/")
    assert ticket.contact_phone == PHONE
    # Statements reach a log only where somebody asks Django for them.
    assert [line.getMessage() for line in caplog.records if PHONE in line.getMessage()] == []


@pytest.mark.django_db(transaction=True)
def test_a_failing_statement_leaves_its_values_in_no_log_of_postgresql(person_wang: Person) -> None:
    """On the server that the tests bring along; another one has its own settings (docs/operate/install.md)."""
    log = Path(connection.settings_dict["HOST"])
    if not log.name.startswith("sc-"):
        pytest.skip("this PostgreSQL is not ours")
    with connection.cursor() as cursor:
        for name, value in SETTINGS.items():
            if name.startswith("log_") and name not in ("log_line_prefix", "log_timezone"):
                cursor.execute("SELECT setting FROM pg_settings WHERE name = %s", [name])
                assert cursor.fetchone() == (value,), name
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE owners_person SET phone = %s, id = NULL", [PHONE])
