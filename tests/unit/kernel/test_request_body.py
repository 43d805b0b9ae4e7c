"""How large the body of a request may be, and of which kind."""

import io

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from rest_framework.request import Request

from erp.kernel.api import body
from erp.kernel.api.body import take_body
from erp.kernel.odata.errors import ApiError

MB = 1024 * 1024


def post(sent: bytes, content_type: str = "application/json", **headers) -> WSGIRequest:
    return RequestFactory().post("/api/v2.0/items", sent, content_type=content_type, **headers)


class Pipe(io.RawIOBase):
    """What a web server reads from a client that does not tell a length: it just ends. Counts what was taken."""

    def __init__(self, size: int) -> None:
        self.left, self.taken = size, 0

    def read(self, size: int = -1) -> bytes:
        piece = b"x" * min(self.left, self.left if size < 0 else size)
        self.left -= len(piece)
        self.taken += len(piece)
        return piece


def chunked(pipe, **environ) -> WSGIRequest:
    """A request as gunicorn hands it over when it came in chunks."""
    sent = {
        "CONTENT_LENGTH": "",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": pipe,
        "wsgi.input_terminated": True,
    }
    return WSGIRequest(RequestFactory().post("/", content_type="application/json").environ | sent | environ)


def refusal(check, *arguments, **options) -> ApiError:
    with pytest.raises(ApiError) as caught:
        check(*arguments, **options)
    return caught.value


def test_25_mb_of_json_pass_and_not_a_byte_more():
    """Django itself would stop at 2.5 MB, which is what pages may send."""
    full = post(b" " * 25 * MB)
    take_body(full)
    assert len(full.body) == 25 * MB
    error = refusal(take_body, post(b" " * (25 * MB + 1)))
    assert (error.status, error.code) == (413, "BadRequest_BodyTooLarge")
    assert "25 MB" in error.message
    with pytest.raises(RequestDataTooBig):
        post(b" " * 25 * MB).body  # noqa: B018


def test_a_stream_may_have_100_mb(settings):
    assert settings.API_STREAM == 100 * MB
    picture = post(b"x" * 26 * MB, "image/png")
    take_body(picture, stream=True)
    assert len(picture.body) == 26 * MB
    settings.API_STREAM = 26 * MB - 1
    assert refusal(take_body, post(b"x" * 26 * MB, "image/png"), stream=True).status == 413


def test_the_request_of_rest_framework_has_the_same_body():
    wrapped = Request(post(b'{"number": "1000"}'))
    take_body(wrapped)
    take_body(wrapped)  # a second time changes nothing
    assert wrapped.body == b'{"number": "1000"}'


@pytest.mark.parametrize("told", ["-1", "ten", "²"])
def test_a_length_that_is_no_number(told):
    assert refusal(take_body, post(b"{}", CONTENT_LENGTH=told)).status == 400


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json;odata.metadata=minimal; charset=utf-8"]
)
def test_json_in_all_its_spellings(kind):
    take_body(post(b"{}", kind))


@pytest.mark.parametrize("kind", ["application/xml", "application/x-www-form-urlencoded", "text/plain"])
def test_what_is_not_json(kind):
    error = refusal(take_body, post(b"<a/>", kind))
    assert (error.status, error.target) == (415, "Content-Type")
    assert kind in error.message
    take_body(post(b"<a/>", kind), stream=True)
    take_body(post(b"<a/>", kind), types=frozenset({kind}))


def test_an_action_needs_neither_body_nor_kind():
    take_body(RequestFactory().generic("POST", "/", b"", content_type=""))


def test_a_body_in_chunks_is_read_to_its_end():
    request = chunked(io.BytesIO(b'{"displayName": "Adatum"}'))
    take_body(request)
    assert request.body == b'{"displayName": "Adatum"}'


def test_a_body_in_chunks_that_is_too_large_is_read_to_its_end_so_that_the_refusal_is_heard(settings):
    settings.API_BODY = MB
    pipe = Pipe(50 * MB)
    assert refusal(take_body, chunked(pipe)).status == 413
    assert pipe.left == 0


def test_a_body_in_chunks_that_never_ends_is_left(settings, monkeypatch):
    settings.API_BODY = MB
    monkeypatch.setattr(body, "DROPPED", 2 * MB)
    pipe = Pipe(50 * MB)
    assert refusal(take_body, chunked(pipe)).status == 413
    assert pipe.taken <= 3 * MB + body.CHUNK


def test_a_body_in_chunks_has_a_type_too():
    pipe = Pipe(9)
    assert refusal(take_body, chunked(pipe, CONTENT_TYPE="text/plain")).status == 415
    assert pipe.taken == 0


def test_where_the_server_does_not_tell_the_end_nothing_is_waited_for():
    request = chunked(Pipe(9), **{"wsgi.input_terminated": False})
    take_body(request)
    assert request.body == b""
