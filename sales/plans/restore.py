"""An archived version, made new for the document that lives: content in, unsaved rows out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from sales.arithmetic.values import ZERO
from sales.masters import LineMasters
from sales.models import ChargeAssignment, SalesComment, SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.archive import CHARGE_LINKS, HEAD_LINKS, LINE_LINKS, decoded

# What the living document keeps of its own: who it is, and how far it has come.
OWN = frozenset({"uuid", "type", "number", "occurrence", "status", "created_at", "created_by", "modified_at",
                 "last_shipping_no", "last_posting_no", *HEAD_LINKS})  # fmt: skip


@dataclass
class Restored:
    """The rows of a version, unsaved and without their masters.

    parents  by line number of a text that hangs on a line: the number of that line
    charges  each with the number of the charge's line, and of the line it goes to (None: another paper)
    """

    lines: list[SalesLine] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)
    comments: list[SalesComment] = field(default_factory=list)
    charges: list[tuple[ChargeAssignment, int, int | None]] = field(default_factory=list)


def plan_restore(document: SalesDocument, content: Mapping) -> Restored:
    """The rows of a version for a document of which nothing is posted."""
    plan = Restored()
    for facts in content["lines"]:
        line = SalesLine(document=document, **decoded(SalesLine, facts, LINE_LINKS))
        line.quantity_shipped = line.quantity_invoiced = ZERO
        line.inv_discount_invoiced = ZERO
        plan.lines.append(line)
        if facts.get("attached_to_line"):
            plan.parents[line.line_no] = facts["attached_to_line"]
    plan.comments = [
        SalesComment(kind=document.type, number=document.number, **decoded(SalesComment, facts))
        for facts in content["comments"]
    ]
    plan.charges = [
        (
            ChargeAssignment(**decoded(ChargeAssignment, facts, CHARGE_LINKS)),
            facts["line"],
            facts["target_line"],
        )
        for facts in content["charges"]
    ]
    return plan


def take_masters(plan: Restored, masters: LineMasters) -> list[Problem]:
    """Give every line what its number names; E-ARCH-MASTER for what is gone."""
    by_type = {
        LineType.ITEM: ("item", masters.items),
        LineType.GL_ACCOUNT: ("gl_account", masters.accounts),
        LineType.RESOURCE: ("resource", masters.resources),
        LineType.CHARGE: ("item_charge", masters.charges),
    }
    problems = []
    for line in plan.lines:
        if line.type not in by_type:
            continue
        name, known = by_type[line.type]
        master = known.get(line.number)
        setattr(line, name, master)
        if master is None:
            message = _("{type} {number} no longer exists; the version cannot be put back.")
            message = message.format(type=line.get_type_display(), number=line.number)
            problems.append(Problem("E-ARCH-MASTER", message, line_no=line.line_no, field="number"))
    return problems


def restore_head(document: SalesDocument, content: Mapping) -> None:
    """Put the fields of a version on the head; what the living document keeps of its own stays."""
    for name, value in decoded(SalesDocument, content["head"], OWN).items():
        setattr(document, name, value)
