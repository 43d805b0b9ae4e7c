"""What a page remembers for a user: folded sections, the way somebody posts.

preference(user, "sales.document.folds", {})
remember_preference(user, "sales.document.folds", {"general": True})
"""

from django.db import transaction

from erp.kernel.models.user import User
from erp.kernel.models.workplace import Preference


def preference(user: User, key: str, default: object = None) -> object:
    """What was remembered; the default where nothing was, or something of another shape."""
    value = Preference.objects.filter(user=user, key=key).values_list("value", flat=True).first()
    return value if value is not None and (default is None or isinstance(value, type(default))) else default


def remember_preference(user: User, key: str, value: object) -> None:
    """Remember, over what was remembered before."""
    Preference.objects.update_or_create(user=user, key=key, defaults={"value": value})


@transaction.atomic
def merge_preference(user: User, key: str, values: dict) -> dict:
    """Put some values into an object that is remembered; two pages at once lose nothing of each other."""
    Preference.objects.get_or_create(user=user, key=key, defaults={"value": {}})
    row = Preference.objects.select_for_update().get(user=user, key=key)
    row.value = {**(row.value if isinstance(row.value, dict) else {}), **values}
    row.save(update_fields=["value"])
    return row.value


def preferences(user: User, *keys: str) -> dict[str, object]:
    """Several at once, in one query; keys that nothing is remembered for are left out."""
    return dict(Preference.objects.filter(user=user, key__in=keys).values_list("key", "value"))
