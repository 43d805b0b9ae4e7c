"""How names of enum values travel: each character that is not a letter, a digit or an underscore as _xHHHH_."""

import re

_ODD = re.compile(r"[^0-9A-Za-z_]|^[0-9]")  # no name begins with a digit
_WRITTEN = re.compile(r"_x([0-9A-Fa-f]{4})_")


def encode(name: str) -> str:
    """ "In Review" as "In_x0020_Review"; blank as "_x0020_"."""
    return _ODD.sub(lambda found: f"_x{ord(found.group()):04X}_", name or " ")


def decode(text: str) -> str:
    """The name behind an encoded one; what is not encoded stays as it is."""
    return _WRITTEN.sub(lambda found: chr(int(found.group(1), 16)), text)
