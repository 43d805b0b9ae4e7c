"""From typed text to a customer: what a customer field of a document does with what somebody types."""

from dataclasses import dataclass

from django.db.models import Q

from customers.models import Customer

NEWEST = 1000
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the text can mean.

    customer    the one it stands for; None when several do, or none
    candidates  to choose from when several do
    may_create  nobody fits: offer to make a new customer of that name
    """

    customer: Customer | None = None
    candidates: tuple[Customer, ...] = ()

    @property
    def may_create(self) -> bool:
        return self.customer is None and not self.candidates


def resolve(text: str) -> Resolution:
    """Find the customer whom a text means; the first step that finds somebody decides.

    Number; name; name in any case; the beginning of one name; any part of number, name, city, contact, phone or post
    code; a name that is misspelled in at most every fifth letter (among the newest 1,000). Customers that opted out
    of the search by name are found by number only. Blocked ones are found: what they may do is asked later.
    """
    text = text.strip()
    if not text:
        return Resolution()
    exact = (
        Customer.objects.filter(number=text).first() or Customer.objects.filter(number=text.upper()).first()
    )
    if exact is not None:
        return Resolution(exact)
    named = Customer.objects.filter(disable_search_by_name=False).order_by("number")
    for condition in (Q(name=text), Q(name__iexact=text)):
        found = _found(named.filter(condition))
        if found is not None:
            return found
    beginning = list(named.filter(name__istartswith=text)[:2])
    if len(beginning) == 1:
        return Resolution(beginning[0])
    parts = Q()
    for field in ("number", "name", "city", "contact", "phone_no", "post_code"):
        parts |= Q(**{f"{field}__icontains": text})
    return _found(named.filter(parts)) or _misspelled(text, named) or Resolution()


def _found(customers) -> Resolution | None:
    rows = tuple(customers[:SHOWN])
    if not rows:
        return None
    return Resolution(rows[0]) if len(rows) == 1 else Resolution(candidates=rows)


def _misspelled(text: str, named) -> Resolution | None:
    allowed = len(text) // 5
    if not allowed:
        return None
    wanted = text.lower()
    newest = named.order_by("-pk").values_list("pk", "name")[:NEWEST]
    close = [pk for pk, name in newest if within_distance(wanted, name.lower(), allowed)]
    return _found(named.filter(pk__in=close)) if close else None


def within_distance(one: str, other: str, allowed: int) -> bool:
    """Whether one text becomes the other by at most so many insertions, deletions and replacements of a letter."""
    if abs(len(one) - len(other)) > allowed:
        return False
    previous = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, counterpart in enumerate(other, 1):
            current.append(
                min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (letter != counterpart))
            )
        if min(current) > allowed:
            return False
        previous = current
    return previous[-1] <= allowed
