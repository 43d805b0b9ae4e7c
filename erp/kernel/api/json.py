"""JSON as the API reads and writes it: decimals exactly, never with an exponent."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import simplejson
from django.utils.translation import gettext as _

from erp.kernel.odata.errors import bad_request

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def dumps(value: Any) -> str:
    """A value as JSON."""
    return simplejson.dumps(
        value, use_decimal=True, ensure_ascii=False, separators=(",", ":"), default=_other
    )


def loads(data: bytes | str) -> Any:
    """A body; raises `ApiError` 400 for what is no JSON, NaN and numbers without end included."""
    try:
        value = simplejson.loads(data, use_decimal=True, parse_constant=_no_constant)
        if _SURROGATE.search(data if isinstance(data, bytes) else data.encode()):
            dumps(value).encode()  # half a character is none: no column and no answer takes it
        return value
    except (ValueError, RecursionError) as error:
        message = _("The body is no JSON: {reason}").format(reason=str(error)[:200])
        raise bad_request(message)


def read_object(data: bytes) -> Mapping[str, Any]:
    """A body that is an object; an empty one counts as {}."""
    if not data.strip():
        return {}
    value = loads(data)
    if not isinstance(value, Mapping):
        raise bad_request(_("The body must be a JSON object."))
    return value


def _no_constant(name: str) -> Decimal:
    raise ValueError(f"{name} is no number")


def _other(value: Any) -> str:
    return str(value)
