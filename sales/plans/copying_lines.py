"""Which lines of a paper are copied to a document, and how each looks there. Pure: masters in, unsaved lines out."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, round_to
from sales.arithmetic.values import UNIT, ZERO
from sales.masters import LineMasters, NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType, PaperLine
from sales.plans import line as edit
from sales.plans.copied_line import copied_line
from sales.plans.copying import CopyRules, CopySource, LinesPlan
from sales.plans.copying_links import Lefts, pieces_of, returns_goods, split
from sales.plans.free_text import check_new_line
from sales.plans.new_line import plan_line
from sales.plans.still_sold import check_still_sold
from sales.values import SalesValues

STEP = 10000
MASTERS = {
    LineType.ITEM: "item",
    LineType.GL_ACCOUNT: "gl_account",
    LineType.RESOURCE: "resource",
    LineType.CHARGE: "item_charge",
}


class LineCopier:
    """Copies the lines of papers, one after the other, to the end of a document.

    after  the last line number there is
    left   by item entry, what the lines that the document has already leave of it
    """

    def __init__(
        self,
        document: SalesDocument,
        rules: CopyRules,
        *,
        masters: LineMasters,
        values: SalesValues,
        after: int,
        left: Mapping[int, Decimal],
    ):
        self.document = document
        self.rules = rules
        self.masters = masters
        self.values = values
        self.line_rules = values.line_rules(document)
        self.last = after
        self.left: Lefts = dict(left)
        self.plan = LinesPlan()

    def copy(self, source: CopySource) -> None:
        """All lines of a paper that can be copied, under a text that names the paper where it is posted."""
        places: dict[int, int] = {}
        caption = None
        if source.caption:
            caption = SalesLine(
                document=self.document,
                line_no=self._next(),
                type=LineType.COMMENT,
                description=source.caption[:100],
            )
        before = len(self.plan.lines)
        rounding = self._rounding_account(source)
        undone = {getattr(line, "undoes_line_no", 0) for line in source.lines} - {0}
        for line in source.lines:
            parent = source.parents.get(line.line_no)
            if parent is not None and parent not in places:
                continue  # a text goes with the line that it hangs on
            if _says_nothing(line, source, undone) or (rounding and line.gl_account_id == rounding):
                continue
            copies = self._copies(line, source)
            if not copies:
                continue
            places[line.line_no] = copies[0].line_no
            for copy in copies:
                self.plan.origins[copy.line_no] = (source.kind, source.head.number, line.line_no)
            if parent is not None:
                self.plan.parents[copies[0].line_no] = places[parent]
            self.plan.lines += copies
        if caption is not None and len(self.plan.lines) > before:
            self.plan.lines.insert(before, caption)

    def _next(self) -> int:
        self.last += STEP
        return self.last

    def _rounding_account(self, source: CopySource) -> int | None:
        """The account of invoice rounding: the system rounds anew."""
        group = self.values.customer_groups.get(source.head.customer_posting_group)
        return group.invoice_rounding_account_id if group and source.is_posted else None

    def _copies(self, line: PaperLine, source: CopySource) -> list[SalesLine]:
        """The new lines of one line: none where it is left out, several where its goods left in parts."""
        problems = self._check(line)
        if problems:
            self.plan.skipped += problems
            return []
        whole = self._whole(line, source)
        if whole is None:
            return []
        pieces = None
        if line.type == LineType.ITEM:
            pieces = pieces_of(
                line, source, receives=self.document.traits.receives, rules=self.rules, left=self.left
            )
        if pieces is not None and not pieces:
            message = _("Line {line_no} ({number}) of {paper}: everything has come back already.")
            self._skip("W-COPY-RETURNED", message, line, paper=source.name)
            return []
        if pieces is None:
            copies = [whole]
            if not self._keeps_link(whole, line, source):
                whole.applies_from_item_entry = None
        else:
            precision = self.masters.precision(whole.item_id, whole.unit_code)
            copies = split(whole, pieces, self.line_rules, precision=precision)
        if self._lacks_exact_cost(copies[0]):
            message = _(
                "Line {line_no} ({number}) of {paper} names no sale whose cost it takes back, and the sales set-up "
                "asks for one; get the lines of the posted paper instead."
            )
            self._skip("W-COPY-EXACT", message, line, paper=source.name)
            return []
        for copy in copies:
            copy.line_no = self._next()
            if self.rules.recalculates or (self.rules.reprices_goods and source.says_what_moved):
                self.plan.to_price.append(copy)
        return copies

    def _check(self, line: PaperLine) -> list[Problem]:
        """What keeps a line from standing on this document: its master is gone, blocked, or not for people to type."""
        if line.type == LineType.COMMENT:
            return []
        master = self._master(line)
        if master is None:
            message = _("{type} {number} no longer exists.")
            return [self._problem("E-ARCH-MASTER", message, line, type=line.get_type_display())]
        new = NewLine(
            type=line.type,
            number=line.number,
            description=line.description,
            vat_prod_posting_group=line.vat_prod_posting_group,
        )
        account = master if line.type == LineType.GL_ACCOUNT else None
        problems = check_new_line(self.document, new, account, line.line_no)
        problems += check_still_sold(self.document, [line], self.masters)
        is_system = getattr(line, "system_created", False)
        if line.type == LineType.GL_ACCOUNT and not (master.direct_posting or is_system or problems):
            message = _("Account {number} does not allow direct posting.")
            problems.append(self._problem("E-GL-DIRECT", message, line))
        return problems

    def _master(self, line: PaperLine):
        """What a line names, as it is today; None where it is gone."""
        known = {
            LineType.ITEM: self.masters.items,
            LineType.GL_ACCOUNT: self.masters.accounts,
            LineType.RESOURCE: self.masters.resources,
            LineType.CHARGE: self.masters.charges,
        }
        return known[line.type].get(line.number)

    def _whole(self, line: PaperLine, source: CopySource) -> SalesLine | None:
        """The line as it would stand here if nothing of it had come back yet; without a number."""
        if self.rules.recalculates and line.type != LineType.COMMENT:
            copy = self._rebuilt(line, source)
        else:
            copy = copied_line(line, self.document, 0, self.line_rules, applies_to_item_entry=None)
            if line.type in MASTERS:
                setattr(copy, MASTERS[line.type], self._master(line))
            if line.type == LineType.ITEM:
                self._take_item(copy, source)
        if copy is not None and not self.rules.keeps_dates:
            self._take_dates(copy, source)
        return copy

    def _take_item(self, copy: SalesLine, source: CopySource) -> None:
        item = copy.item
        copy.unit_cost_lcy = round_to(WIDE.multiply(item.unit_cost, copy.per_unit), UNIT)
        if source.says_what_moved:  # such papers have prices and no amounts
            edit.set_unit_price(copy, copy.unit_price, self.line_rules)
        if not self.document.traits.receives:
            copy.return_reason_code = ""

    def _take_dates(self, copy: SalesLine, source: CopySource) -> None:
        """The days are those of the document; how long goods are under way only working lines say."""
        dates = ("shipment_date", "requested_delivery_date", "promised_delivery_date")
        times = ("shipping_time", "outbound_handling_time") if source.is_posted else ()
        for name in (*dates, *times):
            setattr(copy, name, getattr(self.document, name))
        copy.planned_shipment_date = copy.planned_delivery_date = None

    def _rebuilt(self, line: PaperLine, source: CopySource) -> SalesLine | None:
        """The line as if somebody typed it here: what has no price in any list keeps the one it had."""
        if getattr(line, "system_created", False):
            return None
        same_money = (source.head.currency_code, source.head.prices_including_vat) == (
            self.document.currency_code,
            self.document.prices_including_vat,
        )
        new = NewLine(
            type=line.type,
            number=line.number,
            variant_code=line.variant_code,
            unit_code=line.unit_code,
            return_reason_code=line.return_reason_code if self.document.traits.receives else "",
        )
        copy, problems = plan_line(self.document, new, line.line_no, masters=self.masters, values=self.values)
        if copy is None:
            self.plan.skipped += problems
            return None
        precision = self.masters.precision(copy.item_id, copy.unit_code)
        problems = edit.set_quantity(copy, line.quantity, self.line_rules, precision=precision)
        if not problems and line.type not in (LineType.ITEM, LineType.RESOURCE) and same_money:
            edit.set_unit_price(copy, line.unit_price, self.line_rules)
            edit.set_line_discount_percent(copy, line.line_discount_percent, self.line_rules)
        self.plan.skipped += problems
        return None if problems else copy

    def _keeps_link(self, copy: SalesLine, line: PaperLine, source: CopySource) -> bool:
        """Whether a line that took goods back still may: from a credit document, as long as so much can come back."""
        entry = copy.applies_from_item_entry
        comes = returns_goods(line, receives=self.document.traits.receives)
        if entry is None or not comes or not returns_goods(line, receives=source.receives):
            return False
        if self.left.get(entry, ZERO) < abs(copy.quantity_base):
            return False
        self.left[entry] -= abs(copy.quantity_base)
        return True

    def _lacks_exact_cost(self, copy: SalesLine) -> bool:
        return (
            self.rules.wants_exact_cost
            and copy.type == LineType.ITEM
            and copy.item.keeps_stock
            and returns_goods(copy, receives=self.document.traits.receives)
            and copy.applies_from_item_entry is None
        )

    def _skip(self, code: str, message: str, line: PaperLine, **data) -> None:
        self.plan.skipped.append(self._problem(code, message, line, **data))

    @staticmethod
    def _problem(code: str, message: str, line: PaperLine, **data) -> Problem:
        message = message.format(line_no=line.line_no, number=line.number, **data)
        return Problem(code, message, line_no=line.line_no, field="number")


def _says_nothing(line: PaperLine, source: CopySource, undone: set[int]) -> bool:
    """Lines of posted papers that were not part of the posting, or were undone."""
    if not source.is_posted or line.type == LineType.COMMENT:
        return False
    return not line.quantity or bool(getattr(line, "undoes_line_no", 0)) or line.line_no in undone
