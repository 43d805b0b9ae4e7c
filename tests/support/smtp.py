"""A mail server of our own, small enough to read: it takes mails and keeps them, or refuses them."""

import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Server(socketserver.ThreadingTCPServer):
    """A server that counts, and that knows nothing of having seen a mail before.

    mails       what was taken: its last line arrived
    says_no     answer the last line with a refusal
    refuses     answer every recipient with "try again later"
    yes         how the last line is answered where the mail is taken
    after_data  called when a mail was taken; where it says False the connection is closed without an answer
    """

    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Talk)
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refuses = self.says_no = False
        self.yes = "250 taken"
        self.after_data: Callable[[], bool] = lambda: True

    @property
    def port(self) -> int:
        return self.server_address[1]

    def counted(self) -> Counter:
        """How often each mail was taken, by its Message-ID."""
        return Counter(mail["Message-ID"] for mail in self.mails)

    def handle_error(self, request, client_address) -> None:
        """A client that is gone is what the tests are about."""


class Talk(socketserver.StreamRequestHandler):
    """One client, as RFC 5321 wants it."""

    def handle(self) -> None:
        recipients: list[str] = []
        self.say("220 sink")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "QUIT":
                return self.say("221 bye")
            if verb == "RCPT" and self.server.refuses:
                self.say("451 try again later")
            elif verb == "DATA":
                self.say("354 go on")
                text = self.message()
                if text is None:
                    return None
                if self.server.says_no:
                    self.say("554 no thanks")
                    continue
                self.server.mails.append(message_from_bytes(text, policy=policy.default))
                self.server.recipients.append(recipients)
                if not self.server.after_data():
                    return None
                self.say(self.server.yes)
            else:
                if verb == "RCPT":
                    recipients.append(line.split("<")[1].rstrip(">"))
                self.say("250 ok")
        return None

    def message(self) -> bytes | None:
        """The text of a mail; None where the client went away before its last line."""
        rows = []
        while (row := self.rfile.readline()) != b".\r\n":
            if not row:
                return None
            rows.append(row.removeprefix(b".") if row.startswith(b"..") else row)
        return b"".join(rows)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()
