"""Document numbers as text: how they grow, and which ones belong together. Pure; the series are in `numbering`."""

import re

MAX_LENGTH = 20

_LAST_DIGITS = re.compile(r"(\d+)(?=\D*$)", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)


def has_digits(number: str) -> bool:
    """Whether the number can be increased at all."""
    return _LAST_DIGITS.search(number) is not None


def increase(number: str, by: int = 1) -> str:
    """The number so many steps on: its last group of digits grows, keeping its width while it can.

    number   text with at least one digit: "A099B"
    by       what to add, not negative
    returns  "A100B"; wider than before where the digits do not suffice: "X9" gives "X10"
    raises   ValueError when there is no digit to increase
    """
    match = _LAST_DIGITS.search(number)
    if match is None:
        raise ValueError(f"{number!r} has no digits to increase")
    digits = match.group()
    return f"{number[: match.start()]}{int(digits) + by:0{len(digits)}d}{number[match.end() :]}"


def value_of(number: str) -> int:
    """The last group of digits as an integer."""
    return int(_LAST_DIGITS.search(number).group())


def pattern(number: str) -> str:
    """What stays the same in every number of a line: everything but the digits."""
    return _DIGITS.sub("", number)


def order(number: str) -> tuple[int, str]:
    """Sorts numbers of one pattern: the shorter first, equal lengths by their text."""
    return len(number), number


def is_between(number: str, first: str, last: str) -> bool:
    """Whether a number of the pattern of `first` lies from `first` to `last`; an empty `last` is no limit."""
    if pattern(number) != pattern(first) or order(number) < order(first):
        return False
    return not last or order(number) <= order(last)
