"""$batch as multipart/mixed: requests as HTTP writes them, some of them together in a change set."""

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING
from uuid import uuid4

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from erp.kernel.odata.errors import bad_request

if TYPE_CHECKING:
    from erp.kernel.api.batch import Part


def read(request: Request) -> list["Part"]:
    """The requests of a batch; those of a change set carry its number as their group."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    try:
        message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    except RecursionError:
        raise bad_request(_("The parts of the batch are nested too deeply."))
    if not message.is_multipart():
        raise bad_request(_("The batch is no multipart message, or its boundary is missing."))
    parts: list[Part] = []
    for place, piece in enumerate(message.iter_parts()):
        if piece.get_content_type() == "multipart/mixed":
            parts += [
                _part(inner, f"changeset {place}", len(parts) + count)
                for count, inner in enumerate(piece.iter_parts())
            ]
        else:
            parts.append(_part(piece, "", len(parts)))
    return parts


def _part(piece, group: str, place: int) -> "Part":
    from erp.kernel.api.batch import Part

    raw = piece.get_payload(decode=True) or b""
    if not raw and isinstance(piece.get_payload(), str):
        raw = piece.get_payload().encode()
    line, _end, rest = raw.lstrip().partition(b"\n")
    words = line.decode("utf-8", "replace").split()
    if len(words) < 2:
        raise bad_request(_("Part {place} of the batch holds no request.").format(place=place + 1))
    inner = BytesParser(policy=HTTP).parsebytes(rest)
    body = inner.get_payload(decode=True) or b""
    length = str(inner.get("Content-Length", ""))
    if inner.get_content_type() == "application/json" or not (length.isascii() and length.isdecimal()):
        body = body.strip()
    else:  # a file, of which no byte may be lost
        body = body[: int(length[:12])]
    id = str(piece.get("Content-ID", "") or place + 1).strip("<>")
    headers = {name.lower(): str(value) for name, value in inner.items()}
    return Part(id=id, method=words[0].upper(), url=words[1], headers=headers, body=body, group=group)


def written(parts: list["Part"], answers: Mapping[str, HttpResponse]) -> HttpResponse:
    """The answers in the order of their requests; those of a change set together."""
    boundary = f"batchresponse_{uuid4()}"
    pieces: list[bytes] = []
    place = 0
    told = [part for part in parts if part.id in answers]
    while place < len(told):
        group = told[place].group
        if not group:
            pieces.append(_http(told[place].id, answers[told[place].id]))
            place += 1
            continue
        together = []
        while place < len(told) and told[place].group == group:
            together.append(_http(told[place].id, answers[told[place].id]))
            place += 1
        inner = f"changesetresponse_{uuid4()}"
        pieces.append(
            f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode() + _joined(inner, together)
        )
    return HttpResponse(_joined(boundary, pieces), content_type=f"multipart/mixed; boundary={boundary}")


def _http(id: str, answer: HttpResponse) -> bytes:
    """One answer as HTTP writes it."""
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary", f"Content-ID: {id}", ""]
    lines.append(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}")
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    lines.append(f"Content-Length: {len(answer.content)}")
    return "\r\n".join([*lines, "", ""]).encode() + answer.content


def _joined(boundary: str, pieces: list[bytes]) -> bytes:
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\r\n" + piece + b"\r\n" for piece in pieces) + mark + b"--\r\n"
