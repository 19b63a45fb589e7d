"""What differs between installations: read once, refused in words; and what a start finds of an earlier one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from servicecenter import env

ROOT = Path(__file__).parent.parent.parent
Read = Callable[..., env.Environment]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """`read(NAME=value, …)`: the environment with these variables."""

    def make(**variables: str) -> env.Environment:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return env.read()

    return make


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 25, "", "", False, False)),
        ("smtp+tls://mail.example.com", ("mail.example.com", 587, "", "", True, False)),
        ("smtp+ssl://mail.example.com", ("mail.example.com", 465, "", "", False, True)),
        (
            "smtp+tls://me:p%40ss%3A%2F@mail.example.com:2525",
            ("mail.example.com", 2525, "me", "p@ss:/", True, False),
        ),
        ("smtp://a%40b.com:x@[::1]:25", ("::1", 25, "a@b.com", "x", False, False)),
    ],
)
def test_an_address_of_a_mail_server_says_everything(read: Read, url: str, parts: tuple[Any, ...]) -> None:
    email = read(EMAIL_URL=url).email
    assert tuple(email[name] for name in ("host", "port", "user", "password", "tls", "ssl")) == parts


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://host:port",
        "smtps://mail.example.com",
    ],
)
def test_what_is_no_mail_server_is_refused_by_name(read: Read, url: str) -> None:
    with pytest.raises(env.EnvironmentInvalid, match="EMAIL_URL"):
        read(EMAIL_URL=url)


def test_without_a_mail_server_there_is_none(read: Read) -> None:
    assert read(EMAIL_URL="").email == {}


def test_every_wrong_variable_is_named_at_once(read: Read) -> None:
    with pytest.raises(env.EnvironmentInvalid) as refusal:
        read(EMAIL_URL="nonsense", SITE_URL="desk", VAULT_KEYS="k1:short", DJANGO_ENV="holiday")
    said = str(refusal.value)
    assert [name for name in ("EMAIL_URL", "SITE_URL", "VAULT_KEYS", "DJANGO_ENV") if name not in said] == []


def test_production_starts_with_no_key_of_a_demo(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "VAULT_KEYS", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(env.EnvironmentInvalid) as refusal:
        read(DJANGO_ENV="production")
    assert [
        name for name in ("SECRET_KEY", "VAULT_KEYS", "ALLOWED_HOSTS") if name not in str(refusal.value)
    ] == []


def master(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that has read gunicorn.conf.py, and the directory of its figures."""
    ask = "import os, runpy, time; runpy.run_path('gunicorn.conf.py');"
    ask += "print(os.environ['PROMETHEUS_MULTIPROC_DIR'], flush=True); time.sleep(60)"
    environment = {"TMPDIR": str(temporary), "PATH": os.environ["PATH"]}
    process = subprocess.Popen(
        [sys.executable, "-c", ask], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def end(process: subprocess.Popen[str], number: int) -> None:
    process.send_signal(number)
    process.communicate()


def test_a_start_tidies_up_after_a_master_that_was_killed_and_after_no_other(tmp_path: Path) -> None:
    killed, left = master(tmp_path)
    end(killed, signal.SIGKILL)
    living, kept = master(tmp_path)
    for directory in (left, kept):
        os.utime(directory, (0, 0))
    fresh, own = master(tmp_path)
    try:
        assert sorted(tmp_path.iterdir()) == sorted([kept, own])
    finally:
        end(living, signal.SIGKILL)
        end(fresh, signal.SIGKILL)
