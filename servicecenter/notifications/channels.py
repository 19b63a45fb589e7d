"""Sending to the outside: apprise and Django's e-mail behind one small contract, permanent or temporary failure.

Nothing here knows the database, so that a gateway that hangs can hold neither a lock nor a transaction.
"""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import apprise
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_lazy as _

from servicecenter.notifications.answers import Answer, observed
from servicecenter.notifications.models import Channel, Provider

# Seconds to connect, and between two bytes of an answer.
CONNECT, READ = 3, 5
TIMEOUTS = f"cto={CONNECT}&rto={READ}"
# Answers after which another try makes sense.
PASSING = frozenset({408, 409, 423, 425, 429})
# Codes in a robot's answer that mean "too often" or "busy": WeCom, DingTalk, Feishu.
ROBOT_PASSING = frozenset({-1, 45009, 45033, 130101, 660026, 9499, 11232, 11233})
HOSTS = {
    Provider.WECOM: ("qyapi.weixin.qq.com",),
    Provider.DINGTALK: ("oapi.dingtalk.com",),
    Provider.FEISHU: ("open.feishu.cn", "open.larksuite.com"),
}


class TemporaryFailure(Exception):
    """It may work later; the message is tried again. Its text is a code without personal data."""


class PermanentFailure(Exception):
    """It will never work (no gateway configured, address refused)."""


@dataclass(frozen=True)
class Outgoing:
    """One message, ready to leave: `address` is a phone number, an e-mail address or a robot's URL."""

    channel: str
    address: str
    title: str
    body: str
    line: str = ""


def send(outgoing: Outgoing) -> None:
    """Hands a message to its gateway. Refuses with PermanentFailure or TemporaryFailure; anything else is a bug."""
    if outgoing.channel == Channel.EMAIL:
        _send_email(outgoing)
    elif outgoing.channel == Channel.SMS:
        send_sms(outgoing.address, outgoing.line or outgoing.title)
    else:
        _notify(outgoing.address, outgoing.title, outgoing.body, robot=True)


def send_sms(phone: str, text: str) -> None:
    """Sends one text message through the gateway of SMS_URL, in which `{phone}` stands for the receiver."""
    if not settings.SMS_URL:
        raise PermanentFailure("no_gateway")
    _notify(settings.SMS_URL.replace("{phone}", phone), "", text)


def _send_email(outgoing: Outgoing) -> None:
    if not settings.EMAIL_URL:
        raise PermanentFailure("no_gateway")
    mail = EmailMessage(
        subject=" ".join(outgoing.title.split()),
        body=outgoing.body or outgoing.title,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[outgoing.address],
        connection=get_connection(timeout=READ),
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as failure:
        _by_smtp_code(max((code for code, _text in failure.recipients.values()), default=550))
    except smtplib.SMTPResponseException as failure:
        _by_smtp_code(failure.smtp_code)
    except (smtplib.SMTPException, OSError) as failure:
        raise TemporaryFailure(type(failure).__name__) from None
    except ValueError as failure:
        # Django refuses a header that would break its line; no later try would change that.
        raise PermanentFailure(type(failure).__name__) from None


def _by_smtp_code(code: int) -> None:
    """4yz may pass, 5yz will not (RFC 5321); a login that is refused is the operator's to mend, soon."""
    raise (PermanentFailure if code >= 500 and code != 535 else TemporaryFailure)(f"smtp_{code}") from None


def _notify(url: str, title: str, text: str, *, robot: bool = False) -> None:
    try:
        gateway = apprise.Apprise.instantiate(f"{url}{'&' if '?' in url else '?'}{TIMEOUTS}")
    except Exception as failure:
        raise PermanentFailure(type(failure).__name__) from None
    if gateway is None:
        raise PermanentFailure("address_not_understood")
    with observed() as answer:
        taken = gateway.notify(body=text or title, title=title if text else "")
    _judge(bool(taken), answer, robot=robot)


def _judge(taken: bool, answer: Answer, *, robot: bool) -> None:
    """What an answer means. A robot says in the body what went wrong and answers 200 all the same."""
    if robot and taken and answer.code:
        failure = TemporaryFailure if answer.code in ROBOT_PASSING else PermanentFailure
        raise failure(f"robot_{answer.code}")
    if taken:
        return
    if answer.status is None:
        raise TemporaryFailure(answer.error or "no_answer")
    passing = answer.status >= 500 or answer.status < 400 or answer.status in PASSING
    raise (TemporaryFailure if passing else PermanentFailure)(f"http_{answer.status}")


def robot_address(provider: str, url: str, secret: str = "") -> str:
    """The Apprise address of a robot, from the webhook address that its group shows.

    Refuses an address of another host with ValueError (a sentence): we call nobody that we were not told to.
    """
    parts = urlsplit(url.strip())
    if provider == Provider.OTHER:
        if parts.scheme not in ("http", "https") or parts.hostname not in settings.ROBOT_HOSTS:
            raise ValueError(_("This host is not among those that the installation allows (ROBOT_HOSTS)."))
        return f"json{'s' if parts.scheme == 'https' else ''}://{parts.netloc}{parts.path}"
    if parts.scheme != "https" or parts.hostname not in HOSTS[Provider(provider)]:
        raise ValueError(_("This is not the address of such a robot. Please copy it again from the group."))
    given = parse_qs(parts.query)
    token = {
        Provider.WECOM: (given.get("key") or [""])[0],
        Provider.DINGTALK: (given.get("access_token") or [""])[0],
        Provider.FEISHU: parts.path.rstrip("/").rpartition("/")[2],
    }[Provider(provider)]
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,100}", token) or not re.fullmatch(r"[A-Za-z0-9]{0,100}", secret):
        raise ValueError(_("This is not the address of such a robot. Please copy it again from the group."))
    schema = {Provider.WECOM: "wecombot", Provider.DINGTALK: "dingtalk", Provider.FEISHU: "feishu"}
    return f"{schema[Provider(provider)]}://{secret + '@' if secret else ''}{token}/"
