"""Which encoding a file is in, and its text."""

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from integration.imports.errors import BadValue

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 256 * 1024  # bytes that are looked at to guess
SURE = 0.2  # as much mess as a guess may have and still go before the usual Western one
WESTERN = "cp1252"
ACCENTED = re.compile(r"(?=[^\x00-\x7f])[^\W\d_]")
STRANGE = re.compile(
    r"(?<=[A-Za-z])[^\w\s\x00-\x7f\u2018-\u201d\u2013\u2014\u2026´]|(?<=[A-Za-z])[¹³]"
)  # "Pawe³"


class Decoded(NamedTuple):
    text: str
    encoding: str


def decode(data: bytes, encoding: str = "") -> Decoded:
    """The text of a file and the encoding it turned out to be in.

    encoding  what the profile says; blank lets the file decide: by its byte order mark, as UTF-16 by its zeros, as
              UTF-8 when it is valid UTF-8, else as what it looks like most
    raises    BadValue when the bytes are not of the encoding
    """
    encoding = encoding or detect(data)
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = _("the file is not in {encoding}: line {line} holds bytes that mean nothing in it")
        raise BadValue(reason.format(encoding=encoding, line=line)) from None


def detect(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    if zeros := _zeros(data[:SAMPLE]):
        return zeros
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return _guess(data)


def _zeros(sample: bytes) -> str:
    """Text in UTF-16 without a mark has a zero in nearly every second byte."""
    pairs = len(sample) // 2
    if pairs and sample[1::2].count(0) > pairs * 0.6:
        return "utf-16-le"
    if pairs and sample[0::2].count(0) > pairs * 0.6:
        return "utf-16-be"
    return ""


def _guess(data: bytes) -> str:
    """Windows Western where it reads cleanly as such, as nearly all old files do; else the best guess there is."""
    try:
        text = data.decode(WESTERN)
    except UnicodeDecodeError:
        text = ""
    if text and _is_western(text):
        return WESTERN
    best = from_bytes(data[:SAMPLE]).best()
    if best is not None and best.chaos <= SURE:
        return best.encoding
    return WESTERN if text else "latin-1"


def _is_western(text: str) -> bool:
    """Letters with accents are the exception among letters, and no words are sprinkled with odd signs."""
    accented, strange = len(ACCENTED.findall(text)), len(STRANGE.findall(text))
    return accented <= 0.3 * sum(map(str.isalpha, text)) and 5 * strange <= accented
