"""What a declaration says about itself to people: its sentence, and its captions."""

import re
from inspect import cleandoc

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext

from erp.kernel.odata.entity import Action, EntitySet
from erp.kernel.odata.properties import Property

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def summary(entities: EntitySet) -> str:
    """What a set is, in a sentence or two: what it says itself, else its docstring's first paragraph."""
    return entities.about or _paragraph(type(entities).__dict__.get("__doc__"))


def action_summary(action: Action) -> str:
    """What an action does: what it says itself, else the docstring of its routine, else its name in words."""
    return action.about or _paragraph(action.run.__doc__) or f"{words(action.name)}."


def _paragraph(text: str | None) -> str:
    paragraph = cleandoc(text or "").partition("\n\n")[0]
    return " ".join(paragraph.replace("`", "").split())


def words(name: str) -> str:
    """ "lastModifiedDateTime" as "Last modified date time"."""
    parts = [part if part.isupper() and len(part) > 1 else part.lower() for part in _HUMP.split(name)]
    return capfirst(" ".join(parts))


def caption(entities: EntitySet, each: Property) -> str:
    """What a property is called on the pages, in the language of the moment; where no column has it, its name."""
    column = _column(entities.model, each.at) if isinstance(each.at, str) else None
    if column is None or column.name in ("id", "uuid"):
        return gettext(words(each.name))
    return gettext(capfirst(str(column.verbose_name)))


def _column(model: type[Model] | None, path: str):
    """The column at the end of a path of the ORM; None where there is none, or it is another record's own."""
    steps = path.split("__")
    try:
        for step in steps[:-1]:
            model = model._meta.get_field(step).related_model if model is not None else None
        column = model._meta.get_field(steps[-1]) if model is not None else None
    except FieldDoesNotExist:
        return None
    return column if len(steps) == 1 and hasattr(column, "verbose_name") else None


__all__ = ["action_summary", "caption", "summary", "words"]
