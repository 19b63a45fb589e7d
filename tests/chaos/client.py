"""One HTTP request at a time, with what came of it. No answer at all is an outcome, not an error."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

NO_ANSWER = 0
# One red pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


@dataclass(frozen=True)
class Answer:
    """`status` 0: the connection was refused or broke before the whole answer was there."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    replayed: bool = False


def nobody(kind: str, answer: Answer) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Client:
    """Requests of one person, by token (API) or by session (pages)."""

    port: int
    token: str = ""
    session: str = ""
    told: Callable[[str, Answer], None] = nobody

    def get(self, path: str, *, kind: str = "read", timeout: float = 30) -> Answer:
        return self.send("GET", path, kind=kind, timeout=timeout)

    def post(
        self, path: str, body: dict[str, Any] | None = None, *, key: str = "", timeout: float = 30
    ) -> Answer:
        return self.send("POST", path, json.dumps(body or {}).encode(), key=key, timeout=timeout)

    def photo(self, path: str, picture: bytes) -> Answer:
        """One picture as a form."""
        border = "chaos-border"
        head = f'--{border}\r\nContent-Disposition: form-data; name="photos"; filename="p.png"\r\n\r\n'
        content = head.encode() + picture + f"\r\n--{border}--\r\n".encode()
        return self.send("POST", path, content, shape=f"multipart/form-data; boundary={border}")

    def send(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        *,
        kind: str = "write",
        key: str = "",
        timeout: float = 30,
        shape: str = "application/json",
    ) -> Answer:
        headers = {"Content-Type": shape} if content is not None else {}
        headers |= {"Authorization": f"Token {self.token}"} if self.token else {}
        headers |= {"Cookie": f"sessionid={self.session}"} if self.session else {}
        headers |= {"Idempotency-Key": key} if key else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        begun = time.monotonic()
        try:
            connection.request(method, path, content, headers)
            got = connection.getresponse()
            said = got.read()
            answer = Answer(
                got.status, _body(said), time.monotonic() - begun, bool(got.getheader("Idempotency-Replayed"))
            )
        except (OSError, http.client.HTTPException):
            answer = Answer(NO_ANSWER, seconds=time.monotonic() - begun)
        finally:
            connection.close()
        self.told(kind, answer)
        return answer


def _body(said: bytes) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
