"""What a user keeps of a list: columns, and views of their own."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, ProblemsFound
from erp.kernel.listing import address
from erp.kernel.models import Preference, SavedView

LONGEST, MOST = 60, 30


def kept_columns(user, key: str) -> tuple[str, ...] | None:
    """The columns that a user chose for a list; None for those that it has of itself."""
    value = Preference.objects.filter(user=user, key=_columns(key)).values_list("value", flat=True).first()
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else None


def keep_columns(user, key: str, names: Sequence[str]) -> None:
    """Remember the columns of a list; none: forget them."""
    if not names:
        Preference.objects.filter(user=user, key=_columns(key)).delete()
        return
    Preference.objects.update_or_create(user=user, key=_columns(key), defaults={"value": list(names)})


def _columns(key: str) -> str:
    return f"list.{key}.columns"


def views_of(user, key: str) -> list[SavedView]:
    """The views that a user made of a list, by name."""
    return list(SavedView.objects.filter(user=user, page=key).order_by("name"))


def save_view(user, key: str, name: str, asked: address.Asked) -> SavedView:
    """Keep filters, columns and order under a name; one of that name is replaced. The search is not kept."""
    name = _name(name)
    if SavedView.objects.filter(user=user, page=key).exclude(name=name).count() >= MOST:
        message = _("A list has at most {n} views of your own: delete one first.")
        raise ProblemsFound([Problem("E-VIEW-MANY", message.format(n=MOST), field="name")])
    kept = asked.with_(text="", saved="", totals=False)
    view, _created = SavedView.objects.update_or_create(
        user=user, page=key, name=name, defaults={"query": kept.query.removeprefix("?")}
    )
    return view


def rename_view(view: SavedView, name: str) -> None:
    name = _name(name)
    if SavedView.objects.filter(user=view.user, page=view.page, name=name).exclude(pk=view.pk).exists():
        message = _("There is a view “{name}” already.")
        raise ProblemsFound([Problem("E-VIEW-NAME", message.format(name=name), field="name")])
    view.name = name
    view.save(update_fields=["name"])


def _name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())[:LONGEST]
    if not name:
        message = _("A view needs a name.")
        raise ProblemsFound([Problem("E-VIEW-NAME", message, field="name")])
    return name
