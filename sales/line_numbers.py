"""From what people type in the field No. of many new lines to what they mean: a constant number of queries."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.search import with_words
from inventory.models import Item, ItemCharge, ItemReference, Resource
from inventory.selectors import items_meant
from posting.models import GLAccount
from sales.models import StandardText
from sales.models.base import LineType

SEARCHED = (
    10  # texts that are no number and are looked for by their words; of a pasted sheet the rest is refused
)
NAMED = 3

_OTHERS: Mapping[str, tuple[type[Model], str, str]] = {
    LineType.GL_ACCOUNT: (GLAccount, "number", "name"),
    LineType.RESOURCE: (Resource, "number", "name"),
    LineType.CHARGE: (ItemCharge, "number", "description"),
    LineType.COMMENT: (StandardText, "code", "description"),
}


@dataclass
class Numbers:
    """What texts stand for, by type and text.

    numbers     of masters
    references  names that customers and bar codes give to items
    problems    of those that stand for nothing, or for several
    """

    numbers: dict[tuple[str, str], str] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)
    problems: dict[tuple[str, str], Problem] = field(default_factory=dict)

    def of(self, type: str, text: str) -> dict[str, str] | Problem:
        """What a new line is given: number, or item_reference_no; or why it has neither."""
        if (type, text) in self.problems:
            return self.problems[type, text]
        if type == LineType.ITEM and text in self.references:
            return {"item_reference_no": text}
        return {"number": self.numbers.get((type, text), text)}


def read_numbers(typed: Iterable[tuple[str, str]], *, customer_no: str) -> Numbers:
    """Resolve pairs of type and text. Items: number, reference, bar code, GTIN, then words that only one has."""
    found = Numbers()
    by_type: dict[str, set[str]] = {}
    for type, text in typed:
        if text:
            by_type.setdefault(type, set()).add(text)
    _items(by_type.pop(LineType.ITEM, set()), found, customer_no)
    for type, texts in by_type.items():
        if type in _OTHERS:
            _masters(type, texts, found)
    return found


def _items(texts: Collection[str], found: Numbers, customer_no: str) -> None:
    if not texts:
        return
    either = {*texts, *(text.upper() for text in texts)}
    known = set(Item.objects.filter(number__in=either).values_list("number", flat=True))
    left = []
    for text in sorted(texts):
        number = next((each for each in (text, text.upper()) if each in known), None)
        if number is None:
            left.append(text)
        else:
            found.numbers[LineType.ITEM, text] = number
    if not left:
        return
    mine = Q(type=ItemReference.Type.CUSTOMER, type_no=customer_no)
    anyones = Q(type__in=[ItemReference.Type.BAR_CODE, ItemReference.Type.NONE])
    referred = ItemReference.objects.filter(mine | anyones, reference_no__in=left)
    found.references = set(referred.values_list("reference_no", flat=True))
    gtins = dict(
        Item.objects.filter(gtin__in=[text for text in left if text.isdecimal()]).values_list(
            "gtin", "number"
        )
    )
    searched = 0
    for text in left:
        if text in found.references:
            continue
        if text in gtins:
            found.numbers[LineType.ITEM, text] = gtins[text]
            continue
        searched += 1
        _search(text, found, searched <= SEARCHED)


def _search(text: str, found: Numbers, may_search: bool) -> None:
    """By words; then by any part, as the field of a form does."""
    items: list[Item] = []
    if may_search:
        items = list(with_words(Item.objects.sellable(), text, "number", "description")[: NAMED + 1])
        items = items or items_meant(text)[: NAMED + 1]
    if len(items) == 1:
        found.numbers[LineType.ITEM, text] = items[0].number
        return
    code = "E-ITEM-SEVERAL" if items else "E-ITEM-NONE"
    message = _("“{text}” fits several items: {items}. Type its number, or choose one.")
    if not items:
        message = _("No item is called “{text}”. Type its number, a reference, or words of its name.")
    names = ", ".join(f"{item.number} {item.description}" for item in items[:NAMED])
    problem = Problem(
        code, message.format(text=text, items=f"{names}{' …' if len(items) > NAMED else ''}"), field="number"
    )
    found.problems[LineType.ITEM, text] = problem


def _masters(type: str, texts: Collection[str], found: Numbers) -> None:
    """By number or code in any case; else the one whose name has the text. What nothing fits is refused by the line."""
    model, code, name = _OTHERS[type]
    either = {*texts, *(text.upper() for text in texts)}
    known = set(model._default_manager.filter(**{f"{code}__in": either}).values_list(code, flat=True))
    searched = 0
    for text in sorted(texts):
        number = next((each for each in (text, text.upper()) if each in known), None)
        if number is None and searched < SEARCHED:
            searched += 1
            named = model._default_manager.filter(**{f"{name}__icontains": text})
            numbers = list(named.order_by(code).values_list(code, flat=True)[:2])
            number = numbers[0] if len(numbers) == 1 else None
        if number is not None:
            found.numbers[type, text] = number
