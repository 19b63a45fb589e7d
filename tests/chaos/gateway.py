"""An SMS gateway on this machine: answers, refuses, hangs, or takes the message and lets the sender die."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A sender gives up before this; a gateway that is told to end does not wait for it.
HANG_SECONDS = 20.0


class Gateway(ThreadingHTTPServer):
    """Counts what it accepted, by receiver."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.accepted: Counter[str] = Counter()
        self.mode = "ok"
        self.on_accept: Callable[[], object] = lambda: None
        self.ending = threading.Event()
        threading.Thread(target=self.serve_forever, name="gateway", daemon=True).start()

    @property
    def url(self) -> str:
        """As SMS_URL takes it."""
        return f"json://127.0.0.1:{self.server_address[1]}/{{phone}}"

    @contextmanager
    def behaving(self, mode: str, on_accept: Callable[[], object] = lambda: None) -> Iterator[None]:
        """`failing`, `hanging`, or `ok` with something that happens after accepting and before answering."""
        self.mode, self.on_accept = mode, on_accept
        try:
            yield
        finally:
            self.mode, self.on_accept = "ok", lambda: None

    def stop(self) -> None:
        self.ending.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One message to one phone: `POST /{phone}`."""

    server: Gateway

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        mode = self.server.mode
        if mode == "hanging":
            self.server.ending.wait(HANG_SECONDS)
            return
        if mode == "ok":
            self.server.accepted[self.path.strip("/").split("?")[0]] += 1
            self.server.on_accept()
        self.answer(200 if mode == "ok" else 500)

    def answer(self, status: int) -> None:
        said = json.dumps({"ok": status == 200}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Its counts are its log."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the sender was killed: what this gateway is for
            self.close_connection = True
