"""Reads the environment once, and names every missing or malformed variable in a single message."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import dj_database_url
from environs import Env, EnvValidationError, ValidationError, validate

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("demo", "test", "production")


@dataclass(frozen=True)
class Environment:
    """Everything that differs from one installation to the next."""

    name: str
    secret_key: str
    vault_keys: dict[str, bytes]
    database: dict[str, Any]
    redis_url: str
    data_dir: Path
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    behind_proxy: bool
    secure_cookies: bool
    sms_url: str
    metrics_token: str
    email: dict[str, Any]
    email_from: str
    site_url: str
    robot_hosts: list[str]
    log_level: str

    @property
    def is_production(self) -> bool:
        return self.name == "production"

    @property
    def is_demo(self) -> bool:
        return self.name == "demo"


class EnvironmentInvalid(SystemExit):
    """Raised at start with one sentence per wrong variable; the process ends with that text."""


def parse_vault_keys(text: str) -> dict[str, bytes]:
    """`id:base64,id:base64` → ids and 32-byte keys, the first one seals. Refuses anything else."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key_id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValidationError(f"key {key_id!r} is not base64") from error
        if len(key) != 32:
            raise ValidationError(f"key {key_id!r} has {len(key)} bytes, 32 are needed")
        keys[key_id] = key
    if not keys:
        raise ValidationError("at least one key as id:base64 is needed")
    return keys


def parse_email_url(text: str) -> dict[str, Any]:
    """`smtp://`, `smtp+tls://` (STARTTLS) or `smtp+ssl://user:password@host:port` → its parts.

    Refuses anything else. User and password are percent-encoded as in any address.
    """
    parts = urlsplit(text)
    ports = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise ValidationError("smtp://, smtp+tls:// or smtp+ssl:// and a host are needed")
    try:
        port = parts.port or ports[parts.scheme]
    except ValueError as error:
        raise ValidationError("the port is not a number") from error
    return {
        "host": parts.hostname,
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": parts.scheme == "smtp+tls",
        "ssl": parts.scheme == "smtp+ssl",
    }


def read() -> Environment:
    """The validated environment; refuses to start with every problem named at once."""
    env = Env(eager=False)
    env.read_env(str(BASE_DIR / ".env"), recurse=False)
    name = env.str("DJANGO_ENV", "demo", validate=validate.OneOf(ENVIRONMENTS))
    production = name == "production"
    # Outside production the keys may be left out: a demo's are made by its supervisor, a test's are worthless.
    loose: dict[str, Any] = {} if production else {"default": "not-secret-outside-production-" + "x" * 40}
    secret_key = env.str("SECRET_KEY", validate=validate.Length(min=50), **loose)
    loose_vault: dict[str, Any] = (
        {} if production else {"default": "dev:" + base64.b64encode(b"0" * 32).decode()}
    )
    vault_keys = env.str("VAULT_KEYS", **loose_vault)
    database_url = env.str("DATABASE_URL", validate=validate.Length(min=1))
    redis_url = env.str("REDIS_URL", validate=validate.Length(min=1))
    data_dir = env.path("DATA_DIR", BASE_DIR / ".data")
    allowed_hosts = env.list("ALLOWED_HOSTS", *(() if production else (["*"],)))
    origins: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
    behind_proxy = env.bool("BEHIND_PROXY", False)
    secure_cookies = env.bool("SECURE_COOKIES", production)
    sms_url = env.str("SMS_URL", "")
    metrics_token = env.str("METRICS_TOKEN", "")
    email_url = env.str("EMAIL_URL", "")
    email_from = env.str("EMAIL_FROM", "service@localhost")
    site_url = env.str("SITE_URL", "")
    robot_hosts: list[str] = env.list("ROBOT_HOSTS", [])
    log_level = env.str("LOG_LEVEL", "INFO")
    problems: list[str] = []
    try:
        env.seal()
    except EnvValidationError as error:
        problems = [
            f"  {key}: {text}" for key, text in dict(cast(Mapping[str, object], error.error_messages)).items()
        ]
    keys: dict[str, bytes] = {}
    if vault_keys:
        try:
            keys = parse_vault_keys(vault_keys)
        except ValidationError as error:
            problems.append(f"  VAULT_KEYS: {error}")
    email: dict[str, Any] = {}
    if email_url:
        try:
            email = parse_email_url(email_url)
        except ValidationError as error:
            problems.append(f"  EMAIL_URL: {error}")
    if site_url and not re.fullmatch(r"https?://[^/\s]+", site_url.rstrip("/")):
        problems.append("  SITE_URL: an address like https://desk.example.com is needed")
    if problems:
        raise EnvironmentInvalid(
            "The environment is not complete (see .env.example):\n" + "\n".join(problems)
        )
    return Environment(
        name=name,
        secret_key=secret_key,
        vault_keys=keys,
        database=dict(
            dj_database_url.parse(
                database_url, conn_max_age=0 if name == "test" else 60, conn_health_checks=True
            )
        ),
        redis_url=redis_url,
        data_dir=Path(data_dir).resolve(),
        allowed_hosts=list(allowed_hosts),
        csrf_trusted_origins=list(origins),
        behind_proxy=behind_proxy,
        secure_cookies=secure_cookies,
        sms_url=sms_url,
        metrics_token=metrics_token,
        email=email,
        email_from=email_from,
        site_url=site_url.rstrip("/"),
        robot_hosts=robot_hosts,
        log_level=log_level,
    )
