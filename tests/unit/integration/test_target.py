"""Speaking to a receiver: encrypted, with the host that was asked for, not for ever, and only so much of it."""

import ipaddress
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from http.client import parse_headers
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integration.webhooks import target
from integration.webhooks.target import MOST_BYTES, post


def certificate(folder, *names: str) -> str:
    """A file with a key and a certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_name(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "receiver.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return str(path)


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _after_first_line(request):
    request.readline()
    return request


@pytest.fixture
def serve():
    """A server that answers one connection with what it is given, as it is given."""
    servers = []

    def serve(say, context: ssl.SSLContext | None = None) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def answer():
            try:
                connection, _address = server.accept()
                connection = context.wrap_socket(connection, server_side=True) if context else connection
                with connection, connection.makefile("rb") as request:
                    # To close before all has been read resets the connection, and the answer is lost with it.
                    length = int(parse_headers(_after_first_line(request)).get("Content-Length", 0))
                    request.read(length)
                    say(connection)
            except OSError:
                pass

        Thread(target=answer, daemon=True).start()
        return server.getsockname()[1]

    yield serve
    for server in servers:
        server.close()


def fine(connection) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@pytest.mark.parametrize(
    ("names", "is_trusted", "is_good"),
    [
        (["localhost"], True, True),
        (["localhost"], False, False),
        (["other.example"], True, False),
        (["127.0.0.1"], True, False),  # the network address is not the name that was asked for
    ],
    ids=["as-it-should-be", "unknown", "of-somebody-else", "of-the-network-address"],
)
def test_a_receiver_proves_its_name(serve, tmp_path, monkeypatch, names, is_trusted, is_good):
    path = certificate(tmp_path, *names)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    monkeypatch.setattr(target, "_resolve", lambda host, port: ["127.0.0.1"])
    answer = post(f"https://localhost:{serve(fine, context)}/", b"{}", {})
    assert answer.is_good == is_good, answer


def test_who_answers_letter_by_letter_is_hung_up_on(serve, monkeypatch):
    """Each letter comes in time; the answer never does."""
    monkeypatch.setattr(target, "SECONDS", 0.5)

    def drip(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.1)

    began = time.monotonic()
    assert post(f"http://127.0.0.1:{serve(drip)}/", b"", {}).text == ""
    assert time.monotonic() - began < 5


def test_who_says_too_much_is_not_listened_to(serve):
    def flood(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000)

    assert len(post(f"http://127.0.0.1:{serve(flood)}/", b"", {}).text) == MOST_BYTES


@pytest.mark.parametrize("said", [b"", b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_nonsense_is_no_answer(serve, said):
    answer = post(f"http://127.0.0.1:{serve(lambda connection: connection.sendall(said))}/", b"", {})
    assert answer.status is None and answer.text
