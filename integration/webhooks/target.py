"""Speaking to a receiver: only to public addresses, the one that was checked, without following it anywhere else.

A name is resolved once, every address behind it is checked, and the connection goes to an address that passed: a name
that answers differently the second time (DNS rebinding) gains nothing. The setting WEBHOOK_ALLOW_PRIVATE lets notices
go to this machine and its network, and over plain http; it is meant for a demonstration and for tests.
"""

import ipaddress
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

SECONDS = 10
MOST_BYTES = 4096
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class BadTarget(Exception):
    """An address that no notice goes to; the sentence says why."""


@dataclass(frozen=True)
class Answer:
    """What a receiver said.

    status  the status code; None: there was no answer, and `text` says why
    """

    status: int | None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def check_target(url: str) -> tuple[SplitResult, str]:
    """The parts of a receiver's address, and the network address to connect to.

    raises  BadTarget for what is no address of the web, is not encrypted, cannot be resolved, or is not public
    """
    if any(character.isspace() or not character.isprintable() for character in url):
        raise BadTarget(_("This is no web address."))
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise BadTarget(_("This is no web address."))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadTarget(_("This is no web address."))
    if parts.username or parts.password or parts.fragment:
        raise BadTarget(_("The address must not contain a user name, a password or a fragment."))
    if parts.scheme != "https" and not settings.WEBHOOK_ALLOW_PRIVATE:
        raise BadTarget(_("Notices go to addresses that begin with https:// only."))
    addresses = _resolve(parts.hostname, port)
    if not settings.WEBHOOK_ALLOW_PRIVATE and not all(_is_public(each) for each in addresses):
        raise BadTarget(_("{host} is not an address of the public network.").format(host=parts.hostname))
    return parts, addresses[0]


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a body to a receiver and hear what it says: at most its first 4 kB, within 10 seconds. Never raises."""
    try:
        parts, address = check_target(url)
        return _post(parts, address, body, headers)
    except BadTarget as error:
        return Answer(None, str(error))
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        return Answer(None, f"{type(error).__name__}: {error}"[:500])


def _post(parts: SplitResult, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    target = parts._replace(scheme="", netloc="").geturl()
    connection = _connection(parts, address)
    # A receiver that answers letter by letter is hung up on: no wait for a single letter is ever too long.
    watch = Timer(SECONDS, _hang_up, [connection])
    watch.start()
    try:
        connection.request(
            "POST",
            target if target.startswith("/") else f"/{target}",
            body=body,
            headers={"Host": parts.netloc, "User-Agent": "Handel", **headers},
            preload_content=False,
            decode_content=False,
        )
        answer = connection.getresponse()
        text = answer.read(MOST_BYTES)
    finally:
        watch.cancel()
        connection.close()
    return Answer(answer.status, text.decode(errors="replace").replace("\0", ""), dict(answer.headers))


def _connection(parts: SplitResult, address: str) -> HTTPConnection:
    """A connection to one network address, which must prove to be the host that was asked for."""
    if parts.scheme == "http":
        return HTTPConnection(address, parts.port or 80, timeout=SECONDS)
    return HTTPSConnection(
        address,
        parts.port or 443,
        timeout=SECONDS,
        cert_reqs="CERT_REQUIRED",
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )


def _hang_up(connection: HTTPConnection) -> None:
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadTarget(_("{host} cannot be found in the network.").format(host=host))
    return [str(each[4][0]) for each in found]


def _is_public(text: str) -> bool:
    """Whether an address belongs to somebody out there; those that carry another address inside are looked into."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(str(inner))
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
