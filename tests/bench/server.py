"""A web server as in production, and a client that stays logged in."""

import contextlib
import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode

HOST = "127.0.0.1"


@contextlib.contextmanager
def serving(*, workers: int = 2) -> Iterator[int]:
    """Gunicorn on a free port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "erp.wsgi", "--bind", f"{HOST}:{port}"]
    size = ["--workers", str(workers), "--threads", "4", "--keep-alive", "30"]
    server = subprocess.Popen([*command, *size, "--log-level", "error", "--no-control-socket"])
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=60)  # requests that still run come to their end
        except subprocess.TimeoutExpired:
            server.kill()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, port), timeout=1).close()
            return
        time.sleep(0.2)
    raise TimeoutError("the server does not answer")


class Client:
    """One user's connection, kept open as a browser keeps it."""

    def __init__(self, port: int, username: str, password: str):
        self._connection = http.client.HTTPConnection(HOST, port, timeout=300)
        self._cookies: dict[str, str] = {}
        page = self.get("/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        field = re.search(r'<input[^>]*name="(login|username)"', page)[1]
        form = urlencode({"csrfmiddlewaretoken": token, field: username, "password": password})
        self._ask("POST", "/login/", form, {"Content-Type": "application/x-www-form-urlencoded"})
        if "sessionid" not in self._cookies:
            raise PermissionError(f"{username} was not let in")

    def get(self, path: str) -> str:
        """A page; anything but an answer of 200 is an error."""
        return self._ask("GET", path, None, {}).decode()

    def get_json(self, path: str) -> dict:
        return json.loads(
            self._ask("GET", path, None, {"Accept": "application/json", "X-Requested-With": "handel"})
        )

    def send(self, path: str, body: dict) -> dict:
        """What a module sends, and its answer."""
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-Requested-With": "handel",
            "X-CSRFToken": self._cookies["csrftoken"],
        }
        return json.loads(self._ask("POST", path, json.dumps(body), headers))

    def post(self, path: str, form: dict) -> str:
        """A form; the page that it leads to is not asked for."""
        form = form | {"csrfmiddlewaretoken": self._cookies["csrftoken"]}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(form), headers).decode()

    def _ask(self, method: str, path: str, body, headers: dict) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(
            method,
            path,
            body,
            headers | {"Cookie": cookies, "Referer": f"http://{HOST}/", "Host": "localhost"},
        )
        answer = self._connection.getresponse()
        content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        if answer.status >= 400:
            said = re.sub(r"<[^>]+>|\s+", " ", content.decode().partition('class="refusal"')[2])[:600]
            raise RuntimeError(f"{method} {path}: {answer.status} {said or content[:300]}")
        return content
