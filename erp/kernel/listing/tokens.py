"""Words in filters that stand for somebody's own: %me, %mycustomers, %myitems. Rooms register what only they know."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from erp.kernel.listing.declaration import Column, Facts
from erp.kernel.models import Preference

FAVOURITES = {"mycustomers": "favourites.customer", "myitems": "favourites.item"}
_people: dict[str, Callable] = {}


def register_person(name: str, codes_of: Callable) -> None:
    """Say what %me is in columns whose token is `name`: a function of the user that gives codes."""
    _people[name] = codes_of


def read_token(word: str, column: Column, facts: Facts) -> list[str] | str:
    """The values that a word stands for, or a sentence that says why there are none."""
    if word in ("me", "userid"):
        codes_of = _people.get(column.token)
        if codes_of is None:
            return _("%me stands for a person; this column has none.")
        codes = [code for code in codes_of(facts.user) if code]
        return codes or _("You are no salesperson yet: let the administrator set you up as one.")
    if word in FAVOURITES:
        return favourites(facts.user, FAVOURITES[word]) or _(
            "You have marked none as yours yet: choose rows on the list and mark them."
        )
    return _("There are %me, %mycustomers and %myitems.")


def favourites(user, key: str) -> list[str]:
    """The numbers that a user marked as theirs: "favourites.customer", "favourites.item"."""
    value = Preference.objects.filter(user=user, key=key).values_list("value", flat=True).first()
    return [number for number in value if isinstance(number, str)] if isinstance(value, list) else []


def mark_favourite(user, key: str, number: str, *, mine: bool) -> None:
    """Mark a customer or an item as one's own, or no longer."""
    numbers = [each for each in favourites(user, key) if each != number]
    if mine:
        numbers.append(number)
    Preference.objects.update_or_create(user=user, key=key, defaults={"value": numbers})


register_person("user", lambda user: [user.username])
