"""Refusals are told by their codes."""

from collections.abc import Iterator
from contextlib import contextmanager

from erp.kernel.errors import ErpError


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect a refusal with a code, alone or among others."""
    try:
        yield
    except ErpError as error:
        found = {problem.code for problem in error.problems}
        assert code in found, f"{code} expected, found {found}: {error}"
    else:
        raise AssertionError(f"{code} expected, nothing was refused")
