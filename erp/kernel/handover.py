"""Handing a mail over in two steps: everything but the end, then the line that makes the server answer for it.

    with Handover(timeout=5) as way:
        way.send(message, before_end=write_down)

A mail server takes a mail at the moment when it has read the last line, a dot by itself. Until then nothing was sent,
whatever breaks; from then on only its answer tells. `before_end` runs between the two; where it fails, nothing was
sent.
"""

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

END = b".\r\n"


class NoAnswer(Exception):
    """The last line left, and no answer came: the server took the mail, or it did not."""


class Handover:
    """A connection to whatever the settings send mails through; backends that are not SMTP send in one step."""

    def __init__(self, *, timeout: float | None = None):
        self.backend = get_connection(**({"timeout": timeout} if timeout else {}))

    def __enter__(self) -> "Handover":
        self.backend.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error) -> None:
        with suppress(OSError, smtplib.SMTPException):
            if kind is not None and isinstance(self.backend, EmailBackend) and self.backend.connection:
                self.backend.connection.close()  # no farewell: it would be read as a line of the mail
                self.backend.connection = None
            self.backend.close()

    def send(self, message: EmailMessage, *, before_end: Callable[[], None]) -> None:
        """Transmit a mail.

        before_end  called once, when nothing is missing any more but the last line
        raises      NoAnswer; else what the server or the backend says, and then the mail was not taken
        """
        if isinstance(self.backend, EmailBackend):
            server = self.backend.connection
            server.data = partial(_data_in_two, server, before_end)
        else:
            before_end()
        self.backend.send_messages([message])


def _data_in_two(server: smtplib.SMTP, before_end: Callable[[], None], text: bytes) -> tuple[int, bytes]:
    """The command DATA as `smtplib` has it, with a pause before the last line; returns the server's answer."""
    code, answer = server.docmd("data")
    if code != 354:
        raise smtplib.SMTPDataError(code, answer)
    text = re.sub(rb"(?m)^\.", b"..", text)
    server.send(text if text.endswith(b"\r\n") else text + b"\r\n")
    before_end()
    return _end(server)


def _end(server: smtplib.SMTP) -> tuple[int, bytes]:
    """The last line, and what the server says to it."""
    try:
        server.send(END)
        code, answer = _answer(server)
    except (OSError, smtplib.SMTPException) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error
    if 200 <= code < 300:
        return 250, answer  # taken, whatever it is called: `smtplib` knows no other yes
    if not 400 <= code < 600:
        raise NoAnswer(f"{code} {answer!r}")
    return code, answer


def _answer(server: smtplib.SMTP) -> tuple[int, bytes]:
    return server.getreply()
