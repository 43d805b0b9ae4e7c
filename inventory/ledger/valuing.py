"""Step four of a plan: value entries for what was moved, adjusted, invoiced and rounded."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from erp.kernel.money import WIDE, ZERO, round_to
from inventory import errors
from inventory.costing import Entry, forwarded, rounding_needed
from inventory.costing.settling import fallback_cost
from inventory.ledger.cards import DirectCost
from inventory.ledger.checks import check_item
from inventory.ledger.facts import FirstValue
from inventory.ledger.moving import Moved, indirect_cost
from inventory.ledger.rows import Value
from inventory.ledger.values import Cost, Invoicing, Movement, Paper
from inventory.ledger.working import Working
from inventory.models import CostingMethod, EntryType, ValueEntry

Type = ValueEntry.Type
NOTHING_EXPECTED = FirstValue(ZERO, ZERO, "", "")


class Valuer:
    """Collects value entries; every one of them also moves the amounts of its entry."""

    def __init__(self, working: Working, papers: Mapping[str, Paper], *, everything: bool = False):
        self.working = working
        self.everything = everything
        self.state = working.state
        self.papers = papers
        self.values: list[Value] = []
        self.received: list[DirectCost] = []
        self.movement_costs: list[Cost] = []
        self.invoicing_costs: dict[int, Cost] = {}
        self.last_paper: dict[int, str] = {}

    # --- movements -------------------------------------------------------------------------------------------------
    def value_movements(self, moved: Sequence[Moved | None]) -> None:
        """The first value of every new entry: actual where it is invoiced at once, expected otherwise."""
        for each in moved:
            self.movement_costs.append(Cost() if each is None else self._value_movement(each))

    def _value_movement(self, moved: Moved) -> Cost:
        movement, entry, card, breakdown = moved
        paper = movement.value_paper or movement.paper if movement.invoiced else movement.paper
        self.last_paper[id(entry)] = paper
        common = self._common(entry, paper, movement.line_no, movement.gen_bus, movement.gen_prod)
        common |= {
            "item_entry_quantity": entry.quantity,
            "valued_quantity": entry.quantity,
            "invoiced_quantity": entry.quantity if movement.invoiced else ZERO,
            "discount": movement.discount_amount,
            "expected_cost": not movement.invoiced,
        }
        which = "actual" if movement.invoiced else "expected"
        common |= {f"sales_{which}": movement.sales_amount, f"purchase_{which}": movement.purchase_amount}
        if not card.keeps_stock:
            cost = fallback_cost(entry.quantity, entry.unit_cost) if movement.invoiced else ZERO
            if movement.cost_amount is not None and movement.invoiced:
                cost = movement.cost_amount
            self.values.append(
                Value(type=Type.DIRECT_COST, non_inventoriable=cost, inventoriable=False, **common)
            )
            self._receive(movement, cost)
            return Cost(non_inventoriable=cost)
        if not movement.invoiced:
            entry.expected = entry.expected_total = entry.cost
            self.values.append(Value(type=Type.DIRECT_COST, expected=entry.cost, **common))
            return Cost(expected=entry.cost)
        entry.actual = entry.cost
        direct = entry.cost if breakdown is None else breakdown.direct
        self.values.append(Value(type=Type.DIRECT_COST, actual=direct, **common))
        if breakdown is not None:
            self._add_parts(entry, paper, movement, breakdown.indirect, breakdown.variance)
        self._receive(movement, direct)
        return Cost(actual=entry.cost)

    def _add_parts(
        self, entry: Entry, paper: str, line: Movement | Invoicing, indirect: Decimal, variance: Decimal
    ) -> None:
        common = self._common(entry, paper, line.line_no, line.gen_bus, line.gen_prod)
        common["valued_quantity"] = line.quantity
        if indirect:
            self.values.append(Value(type=Type.INDIRECT_COST, actual=indirect, **common))
        if variance:
            self.values.append(Value(type=Type.VARIANCE, actual=variance, **common))

    def _receive(self, movement: Movement, cost: Decimal) -> None:
        """Goods bought, found or made set the last direct cost; goods that come back do not."""
        if not movement.invoiced or movement.quantity < 0 or movement.correction:
            return
        if movement.entry_type == EntryType.PURCHASE:
            amount = (movement.purchase_amount or cost) + movement.discount_amount
        elif movement.entry_type in (EntryType.POSITIVE_ADJUSTMENT, EntryType.ASSEMBLY_OUTPUT):
            amount = cost + movement.discount_amount
        else:
            return
        self.received.append(DirectCost(movement.item_id, movement.quantity, amount, movement.drop_shipment))

    # --- invoicing -------------------------------------------------------------------------------------------------
    def invoice_purchase(self, index: int, invoicing: Invoicing) -> None:
        """A purchase invoice with a cost of its own: the expected share goes, the invoiced cost comes."""
        entry = self._invoiceable(index, invoicing)
        if entry is None or not self._has_own_cost(entry, invoicing):
            return
        card = self.working.card(entry)
        share = self._expected_share(entry, invoicing.quantity)
        direct = ZERO if card.value_zero else invoicing.cost_amount
        indirect = ZERO if card.value_zero else indirect_cost(direct, invoicing.quantity, card)
        variance = share - direct - indirect if card.method == CostingMethod.STANDARD else ZERO
        self._move_expected(entry, invoicing, actual=direct, share=share)
        self._add_parts(entry, invoicing.paper, invoicing, indirect, variance)
        change = direct + indirect + variance
        entry.actual += indirect + variance
        entry.cost += change - share
        entry.posted += change - share
        entry.touched = True
        amount = (invoicing.purchase_amount or direct) + invoicing.discount_amount
        self.received.append(DirectCost(entry.item_id, invoicing.quantity, amount, entry.drop))
        self.invoicing_costs[index] = Cost(actual=change)

    def invoice(self, index: int, invoicing: Invoicing) -> None:
        """Everything else: the expected share becomes actual."""
        if index in self.invoicing_costs:
            return
        entry = self._invoiceable(index, invoicing)
        if entry is None:
            self.invoicing_costs[index] = Cost()
            return
        if not self.working.card(entry).keeps_stock:
            cost = fallback_cost(invoicing.quantity, entry.unit_cost)
            if invoicing.cost_amount is not None:
                cost = invoicing.cost_amount
            self._move_expected(entry, invoicing, non_inventoriable=cost)
            if entry.entry_type == EntryType.PURCHASE and entry.inbound:
                amount = (invoicing.purchase_amount or cost) + invoicing.discount_amount
                self.received.append(DirectCost(entry.item_id, invoicing.quantity, amount, entry.drop))
            self.invoicing_costs[index] = Cost(non_inventoriable=cost)
            return
        share = self._expected_share(entry, invoicing.quantity)
        self._move_expected(entry, invoicing, actual=share, share=share)
        self.invoicing_costs[index] = Cost(actual=share)

    def close_undone(self, undone: Sequence[tuple[Entry, Movement]]) -> None:
        """What was undone counts as invoiced, for nothing: its cost is final, its revenue expected no more."""
        for entry, movement in undone:
            line = Invoicing(
                movement.paper, movement.line_no, entry.no, entry.quantity - entry.invoiced,
                gen_bus=movement.gen_bus, gen_prod=movement.gen_prod,
            )  # fmt: skip
            share = entry.expected
            self._move_expected(entry, line, actual=share, share=share)

    def _has_own_cost(self, entry: Entry, invoicing: Invoicing) -> bool:
        stocked = self.working.card(entry).keeps_stock
        bought = entry.entry_type == EntryType.PURCHASE and entry.inbound and entry.source is None
        return stocked and bought and invoicing.cost_amount is not None

    def _invoiceable(self, index: int, invoicing: Invoicing) -> Entry | None:
        entry = self.working.entries.get(invoicing.item_entry_no)
        if entry is None or entry.item_id not in self.state.cards:
            refusal = errors.CannotApply(entry=invoicing.item_entry_no, reason="it is not loaded")
            return self._refuse(index, refusal.as_problem(line_no=invoicing.line_no))
        blocked = check_item(self.working.card(entry), invoicing.line_no)
        if blocked:
            return self._refuse(index, *blocked)
        left = ZERO if entry.reversed else entry.quantity - entry.invoiced
        if not 0 < invoicing.quantity * (1 if entry.inbound else -1) <= abs(left):
            refusal = errors.InvoiceTooMuch(left=f"{abs(left).normalize():f}", entry=entry.no)
            return self._refuse(index, refusal.as_problem(line_no=invoicing.line_no))
        return entry

    def _refuse(self, index: int, *problems) -> None:
        self.invoicing_costs[index] = Cost()
        self.working.problems += problems

    def _expected_share(self, entry: Entry, quantity: Decimal) -> Decimal:
        """The part of the expected cost that is invoiced now; the last part is what is left of it."""
        if entry.invoiced + quantity == entry.quantity:
            return entry.expected
        return round_to(WIDE.divide(WIDE.multiply(entry.expected_total, quantity), entry.quantity))

    def _move_expected(
        self,
        entry: Entry,
        line: Invoicing,
        *,
        actual: Decimal = ZERO,
        share: Decimal = ZERO,
        non_inventoriable: Decimal = ZERO,
    ) -> None:
        """One value entry that turns an expected share into an actual cost, and expected revenue into revenue."""
        first = self.state.firsts.get(entry.no, NOTHING_EXPECTED)
        before, after = entry.invoiced, entry.invoiced + line.quantity

        def part(total: Decimal) -> Decimal:
            """Rounded as a running total, so that the last part leaves nothing."""
            until = (round_to(WIDE.divide(WIDE.multiply(total, q), entry.quantity)) for q in (before, after))
            return next(until) - next(until)

        common = self._common(
            entry, line.paper, line.line_no, line.gen_bus or first.gen_bus, line.gen_prod or first.gen_prod
        )
        self.values.append(
            Value(
                type=Type.DIRECT_COST,
                valued_quantity=line.quantity,
                invoiced_quantity=line.quantity,
                actual=actual,
                expected=-share,
                non_inventoriable=non_inventoriable,
                sales_actual=line.sales_amount,
                sales_expected=part(first.sales_expected),
                purchase_actual=line.purchase_amount,
                purchase_expected=part(first.purchase_expected),
                discount=line.discount_amount,
                inventoriable=self.working.card(entry).keeps_stock,
                **common,
            )
        )
        entry.actual += actual
        entry.expected -= share
        entry.invoiced = after
        entry.touched = True
        self.last_paper[id(entry)] = line.paper

    # --- adjustments -----------------------------------------------------------------------------------------------
    def adjust(self) -> None:
        """Earlier entries whose cost came out differently, each by one value entry on the paper that it corrects."""
        for entry in self.working.entries.values():
            difference = entry.cost - entry.posted
            if not difference:
                continue
            if entry.invoiced == entry.quantity:
                actual = difference
            elif not entry.invoiced:
                actual = ZERO
            else:
                actual = round_to(WIDE.divide(WIDE.multiply(difference, entry.invoiced), entry.quantity))
            self._adjustment(entry, Type.DIRECT_COST, actual, difference - actual)
            entry.actual += actual
            entry.expected += difference - actual
            entry.expected_total += difference

    def round_off(self) -> None:
        """Receipts that are used up and invoiced hold no cents; how much the issues took is kept in step."""
        adjusts = self.everything or self.state.setup.adjusts_always
        for entry in self.working.all_entries:
            if not (entry.inbound and (entry.touched or entry.new or self.everything)):
                continue
            if not self.working.card(entry).keeps_stock or self.working.averaged(entry):
                continue
            taken = forwarded(entry)
            if taken != entry.forwarded:
                entry.forwarded, entry.touched = taken, True
            rest = rounding_needed(entry) if adjusts else ZERO
            if rest:
                self._adjustment(entry, Type.ROUNDING, rest, ZERO)
                entry.actual += rest
                entry.rounding += rest
                entry.touched = True

    def _adjustment(self, entry: Entry, type: str, actual: Decimal, expected: Decimal) -> None:
        """A correction on the paper of this posting where it touched the entry itself, else on the earlier one."""
        paper = self.last_paper.get(id(entry))
        amounts = {"type": type, "actual": actual, "expected": expected, "adjustment": True}
        if paper is not None:
            like = next(value for value in reversed(self.values) if value.entry is entry)
            common = self._common(entry, paper, like.line_no, like.gen_bus, like.gen_prod)
            self.values.append(Value(**amounts, **common))
            return
        like = self.state.references[entry.no]
        first_open = self.state.setup.first_open_date
        day = max(like.posting_date, first_open) if first_open else like.posting_date
        common = self._common(entry, None, like.line_no, like.gen_bus, like.gen_prod)
        common["posting_date"] = day
        self.values.append(Value(like=like, **amounts, **common))

    def _common(self, entry: Entry, paper: str | None, line_no: int, gen_bus: str, gen_prod: str) -> dict:
        card = self.working.card(entry)
        return {
            "entry": entry,
            "paper": paper,
            "posting_date": self.papers[paper].posting_date if paper is not None else entry.posting_date,
            "line_no": line_no,
            "gen_bus": gen_bus,
            "gen_prod": gen_prod or card.gen_prod or "",
            "group": card.inventory_group or "",
            "averaged": self.working.averaged(entry) and (not entry.inbound or entry.source is not None),
        }
