"""The body of a request to the API: how large it may be, and of which kind.

    take_body(request)      # 415, 413
    request.body            # may now be read by anybody, as often as they like

25 MB for what is JSON, 100 MB for files and pictures (API_BODY, API_STREAM); Django's own limit, which is that of
pages, does not count here. A body of unknown length (`Transfer-Encoding: chunked`, which some clients send by default)
is taken too, where the web server tells its end; Django alone would take it for an empty one.
"""

from io import BytesIO
from typing import IO

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from erp.kernel.odata.errors import ApiError, bad_request

CHUNK = 64 * 1024
DROPPED = 100 * 1024 * 1024  # bytes
JSON_TYPES = frozenset({"application/json"})


def take_body(request: HttpRequest, *, stream: bool = False, types: frozenset[str] = JSON_TYPES) -> None:
    """Read the whole body into memory, for whoever asks for `request.body`; no more than the limit is ever kept.

    stream  the body is a file or a picture: it may be larger, and of any type
    types   the media types that are understood
    raises  ApiError 413 too large; 415 another type; 400 a length that is no number
    """
    request = getattr(request, "_request", request)  # REST framework's request wraps Django's
    if hasattr(request, "_body"):
        return
    length, source = _told_length(request), request
    if _is_chunked(request):
        length, source = None, request.META["wsgi.input"]
    if length != 0 and not stream and request.content_type not in types:
        message = _('The body must be {expected}, not "{type}".').format(
            expected=" / ".join(sorted(types)), type=request.content_type
        )
        raise ApiError(415, "BadRequest_UnsupportedMediaType", message, target="Content-Type")
    request._body = _read(source, length, settings.API_STREAM if stream else settings.API_BODY)
    request._stream = BytesIO(request._body)


def _read(source: IO[bytes], length: int | None, limit: int) -> bytes:
    """The bytes to the end. Of what is too large, a hundred megabytes more are read and dropped at most.

    Dropping lets a client that has not finished sending read our refusal, instead of a broken connection.
    """
    pieces, size = [], 0
    while piece := source.read(CHUNK):
        size += len(piece)
        if max(size, length or 0) <= limit:
            pieces.append(piece)
        elif size > limit + DROPPED:
            break
    if max(size, length or 0) > limit:
        message = _("The body is larger than {limit} MB.").format(limit=limit // 1024**2)
        raise ApiError(413, "BadRequest_BodyTooLarge", message)
    return b"".join(pieces)


def _told_length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not (told.isascii() and told.isdigit()):
        raise bad_request(_("Content-Length must be a number."), "Content-Length")
    return int(told)


def _is_chunked(request: HttpRequest) -> bool:
    """Whether the length is not told, and yet the server says where the body ends."""
    return not request.META.get("CONTENT_LENGTH") and bool(
        request.META.get("HTTP_TRANSFER_ENCODING") and request.META.get("wsgi.input_terminated")
    )
