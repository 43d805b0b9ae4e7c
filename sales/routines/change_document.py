from collections.abc import Mapping
from copy import copy
from datetime import date, datetime

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.periods import DateFormula
from inventory.models import Location
from sales import defaults
from sales.approval import fixed
from sales.dates import PLANNED
from sales.head import FORMULAS, check_head
from sales.models import SalesDocument, SalesLine
from sales.plans.head_change import (
    ALWAYS,
    OPEN,
    REBUILDS,
    Answers,
    check_change,
    converts,
    differing,
    label,
    questions,
    warn,
)
from sales.rights import to_change
from sales.routines.assign_charge import refit_assignments
from sales.routines.cascade import CASCADED, behind, take_over
from sales.routines.convert_prices import convert
from sales.routines.date_lines import date_lines
from sales.routines.follow import SERVICE, follow
from sales.routines.lock import lock, refuse_locked
from sales.routines.recreate_lines import MASTERS, check_rebuild, recreate, sold
from sales.routines.total import total
from sales.values import SalesValues

# What the amounts of all lines are reckoned with.
RECKONED = frozenset({"prices_including_vat", "vat_base_discount_percent"})


@needs(to_change)
@transaction.atomic
def change_document(
    document: SalesDocument,
    *,
    by,
    at: datetime,
    on: date | None = None,
    recreate_lines: bool | None = None,
    update_rate: bool | None = None,
    convert_prices: bool | None = None,
    cascade: bool | None = None,
    warnings: list[Problem] | None = None,
    **changes,
) -> SalesDocument:
    """Type new values into the head, and bring along what follows from them.

    A posting date brings the document date (where the set-up links them), VAT date and exchange rate; a document
    date or payment terms bring due date and discount; a carrier brings the shipping time. What is typed in the same
    breath goes before what follows.

    on              the work date, for what has no date of its own; None: the order date, or the day it was written
    recreate_lines  rebuild the lines for another currency or business group; there is no change without it
    update_rate     take the exchange rate of a new posting date, or keep the one that was agreed
    convert_prices  recalculate unit prices for another VAT basis, or keep their numbers
    cascade         copy new dates and shipping data to the lines that have others, or leave these as they are
    warnings        a list that receives W-HDR-NOTCASCADED and W-INVD-RESET
    raises          LinesLocked for a field that wants the document open; ProblemsFound: Q-HDR-RECREATE, Q-HDR-RATE,
                    Q-PIV-CONVERT, Q-HDR-CASCADE for what is to be answered, E-HDR-RECREATE-CANCEL; E-HDR-RENAME,
                    E-HDR-REQ for a requested date under a promised one, E-TF for lines that must stay as they are,
                    E-CUR-NORATE, and what `check_head` finds

    Source: Business Central, validation of the sales header.
    """
    unknown = changes.keys() - (ALWAYS | OPEN | {"number", "type"})
    if unknown:
        raise TypeError(f"a sales document has no {', '.join(sorted(unknown))} to change")
    document = lock(document.pk)
    changes = {name: value for name, value in changes.items() if getattr(document, name) != value}
    if not changes:
        return document
    refuse_locked(document, wants_open={label(name) for name in changes.keys() & fixed(document)})
    lines = list(document.lines.select_related(*MASTERS).order_by("line_no"))
    raise_problems(document, [*check_change(document, changes, lines), *check_head(document, changes)])

    before = copy(document)
    _type(document, changes)
    values = SalesValues.load(document.currency_code)
    on = on or document.order_date or document.created_at.date()
    follow(
        document,
        changes.keys(),
        typed=changes.keys(),
        setup=values.sales,
        ledger=values.posting.gl,
        on=on,
        keep_rate=update_rate is False,
    )
    changed = differing(before, document)
    rebuilt = sold(lines) if changed & REBUILDS else []
    takers = {} if rebuilt else behind(document, lines, _cascaded(changes, changed))
    new_basis = not rebuilt and "prices_including_vat" in changed and converts(lines)
    answers = Answers(recreate_lines, update_rate, convert_prices, cascade)
    raise_problems(
        document, check_rebuild(rebuilt, field=next(iter(changes.keys() & REBUILDS), "currency_code"))
    )
    asked = questions(
        document,
        answers,
        rebuilt=rebuilt,
        new_rate=_has_new_rate(document, before, changes),
        new_basis=new_basis,
        cascaded=takers,
    )
    raise_problems(document, asked)

    if takers and cascade:
        raise_problems(document, take_over(document, takers))
        rows = {line.pk: line for taking in takers.values() for line in taking}
        date_lines(document, list(rows.values()), ledger=values.posting.gl, changed=takers)
        SalesLine.objects.bulk_update(rows.values(), PLANNED | takers.keys())
    if new_basis and convert_prices:
        convert(document, lines, values=values)
    document.modified_at = at
    document.save()
    if rebuilt:
        recreate(document, lines, before=before, values=values, at=at, on=on, warnings=warnings)
    elif changed & RECKONED:
        refit_assignments(total(document, values=values, at=at), precision=values.precision)
    if "invoice_discount_code" in changed:
        document.lines.update(recalculate_invoice_discount=True)
    if warnings is not None:
        warnings += warn(document, changed, [] if rebuilt else sold(lines))
    return document


def _type(document: SalesDocument, changes: dict) -> None:
    """Put what was typed on the head, formulas as they are written; goods that come back go to the new location."""
    for name in FORMULAS:
        if changes.get(name):
            changes[name] = str(DateFormula.parse(changes[name]))
    for name, value in changes.items():
        setattr(document, name, value)
    if "location_code" in changes and document.traits.receives and not document.ship_to_code:
        place = Location.objects.filter(code=document.location_code).first()
        for name, value in defaults.ship_to_us_values(place).items():
            if name not in changes:
                setattr(document, name, value)


def _cascaded(changes: Mapping, changed: frozenset[str]) -> set[str]:
    """What lines are offered: what was typed, and with a carrier its service and how long that takes."""
    brought = {*SERVICE, "shipping_time"} if changes.keys() & SERVICE else set()
    return (changes.keys() | (brought & changed)) & set(CASCADED)


def _has_new_rate(document: SalesDocument, before: SalesDocument, changes: Mapping) -> bool:
    """A new posting date alone changed the exchange rate."""
    return (
        "posting_date" in changes
        and not changes.keys() & {"currency_code", "currency_factor"}
        and document.currency_factor != before.currency_factor
    )
