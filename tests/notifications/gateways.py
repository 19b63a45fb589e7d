"""Gateways of the outside world, small and real: HTTP servers on this machine that take, fail, drop or hang."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gateway:
    """What was received, and how the gateway behaves at the moment.

    `status` is what it answers; `answer` the body; `drops` takes the message and closes without a word; a
    message with `hangs_on` in its address or text is taken and never answered.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.received: list[str] = []
        self.status = 200
        self.answer: dict[str, Any] = {}
        self.drops = False
        self.hangs_on: str | None = None
        self.released = threading.Event()

    @property
    def url(self) -> str:
        """As SMS_URL takes it."""
        return f"json://127.0.0.1:{self.port}/{{phone}}"


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway on a port of its own, gone when the block is left."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            text = f"{self.path} {body['title']} {body['message']}"
            if state.status < 300:
                state.received.append(text)
            if state.drops:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if state.hangs_on is not None and state.hangs_on in text:
                state.released.wait(30)
                return
            self.send_response(state.status)
            self.end_headers()
            self.wfile.write(json.dumps(state.answer).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Gateway(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
