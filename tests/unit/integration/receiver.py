"""Somebody who is told by webhook: a real server on this machine, in a thread."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from customers.models import PaymentMethod
from erp.kernel.errors import ProblemsFound
from erp.kernel.models import OutgoingMail


class Receiver:
    """Repeats validation tokens, takes notices, and answers them as it is told.

    heard    (headers, body) of every notice
    answers  (status, headers) in turn; the last one stays
    echo     what it answers a handshake: a function of the token
    """

    def __init__(self):
        self.heard: list[tuple[dict, bytes]] = []
        self.handshakes: list[str] = []
        self.answers: list[tuple[int, dict]] = [(200, {})]
        self.echo = lambda token: (200, token)
        self.url = ""

    @property
    def told(self) -> list[list[tuple[str, str]]]:
        """Per notice: what kind of change, and of what."""
        return [
            [(row["changeType"], row["resource"].rpartition("/")[2]) for row in json.loads(body)["value"]]
            for _headers, body in self.heard
        ]

    def answer(self, *answers: int | tuple[int, dict]) -> None:
        self.answers = [each if isinstance(each, tuple) else (each, {}) for each in answers]

    def hear(self, path: str, headers: dict, body: bytes) -> tuple[int, dict, bytes]:
        token = parse_qs(urlsplit(path).query).get("validationToken")
        if token:
            self.handshakes.append(token[0])
            status, text = self.echo(token[0])
            return status, {}, text.encode()
        self.heard.append((headers, body))
        status, more = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return status, more, b"as told"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens on a port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, text = receiver.hear(self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook?who=me"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def problem_of(call) -> tuple[str, str | None]:
    with pytest.raises(ProblemsFound) as caught:
        call()
    (problem,) = caught.value.problems
    return problem.code, problem.field


def mailed() -> list[str]:
    """The subjects of mails to owners, the latest first."""
    return list(OutgoingMail.objects.values_list("title", flat=True))


def method(code="WIRE") -> PaymentMethod:
    return PaymentMethod.objects.create(code=code)
