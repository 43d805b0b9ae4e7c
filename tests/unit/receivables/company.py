"""A company with just the set-up that receivables need, and short ways to post with it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal as D

from django.db import transaction

from customers.models import Customer, CustomerPostingGroup, PaymentTerms
from erp.kernel.invariants import run_all
from erp.kernel.models import NumberSeries, NumberSeriesLine, User
from erp.kernel.money import round_to
from posting import registers
from posting.currency import factor_on
from posting.journal import GLSection
from posting.models import (
    Currency,
    ExchangeRate,
    GeneralBusinessGroup,
    GeneralLedgerSetup,
    GeneralPostingSetup,
    GeneralProductGroup,
    GLAccount,
    VATBusinessGroup,
    VATPostingSetup,
    VATProductGroup,
)
from posting.models.entries import GLEntry, VATEntry
from posting.setup_values import PostingSetup
from posting.values import Facts, Line, Transaction, VATLine
from receivables import selectors
from receivables.ledger import ApplyRequest, CustomerSection, NewEntry, load_open_items, plan_entry
from receivables.models import BankAccount, BankAccountPostingGroup, ReceivablesSetup
from receivables.routines.apply import apply_entries
from receivables.routines.post_journal import JournalLine, post_journal
from receivables.routines.receive_payment import receive_payment
from receivables.routines.unapply import unapply

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARCH_1 = date(2026, 3, 1)

ACCOUNTS = {
    "1010": ("Cash on hand", True),
    "1020": ("Bank, operating EUR", False),
    "1030": ("Bank, USD account", False),
    "1100": ("Accounts receivable, domestic", False),
    "1110": ("Accounts receivable, EU", False),
    "1120": ("Accounts receivable, export", False),
    "2200": ("Output VAT 25 %", False),
    "2210": ("Output VAT 10 %", False),
    "4100": ("Sales of goods, domestic", True),
    "4420": ("Payment discounts granted", False),
    "4430": ("Payment discounts, corrections", False),
    "4440": ("Payment tolerance granted", False),
    "4450": ("Payment tolerance received", False),
    "4600": ("Invoice rounding", True),
    "4610": ("Application rounding", False),
    "6300": ("Bank charges", True),
    "6400": ("Bad debts", True),
    "6500": ("Office and other expenses", True),
    "7100": ("Realized exchange gains", False),
    "7110": ("Realized exchange losses", False),
    "7120": ("Unrealized exchange gains", False),
    "7130": ("Unrealized exchange losses", False),
    "7140": ("Conversion rounding", False),
}


@dataclass
class Company:
    """The company, and its customer C1 with the terms "2 % 8D / 1M"."""

    by: User
    accounts: dict[str, GLAccount]
    groups: dict[str, CustomerPostingGroup]
    terms: PaymentTerms
    bank: BankAccount
    usd_bank: BankAccount
    customer: Customer
    counter: list[int] = field(default_factory=lambda: [0])

    def ledger_setup(self, **values) -> None:
        """Change the general ledger set-up."""
        GeneralLedgerSetup.objects.filter(pk=1).update(**values)

    def receivables_setup(self, **values) -> None:
        ReceivablesSetup.objects.filter(pk=1).update(**values)

    def add_customer(self, number: str, **fields) -> Customer:
        values = {
            "name": f"Customer {number}",
            "customer_posting_group": self.groups["DOMESTIC"],
            "payment_terms": self.terms,
        }
        return Customer.objects.create(number=number, **values | fields)

    def rate(self, on: date, relational: str, exchange: str = "100", currency: str = "USD") -> None:
        """So many EUR for 100 USD from a day on."""
        ExchangeRate.objects.update_or_create(
            currency=Currency.objects.get(code=currency),
            starting_date=on,
            defaults={"exchange_amount": D(exchange), "relational_amount": D(relational)},
        )

    @transaction.atomic
    def invoice(
        self,
        net: str = "1000.00",
        vat: str = "250.00",
        *,
        on: date = MARCH_1,
        document_date: date | None = None,
        due: date | None = None,
        discount: str | None = None,
        discount_date: date | None = None,
        customer: Customer | None = None,
        group: str = "",
        currency: str = "",
        factor: D | None = None,
        number: str = "",
        more: tuple = (),
        credit_memo: bool = False,
        apply: ApplyRequest | None = None,
    ) -> int:
        """Post an invoice through the door, as a sales document does; returns its entry number.

        more  further (net, VAT, VAT product group) beside the first, which is V25
        """
        from customers.terms import discount_possible, due_on

        customer = customer or self.customer
        setup = PostingSetup.load()
        sign = -1 if credit_memo else 1
        kind = "credit_memo" if credit_memo else "invoice"
        document_date = document_date or on
        parts = [(D(net), D(vat), "V25"), *((D(a), D(b), c) for a, b, c in more)]
        total = sum(a + b for a, b, _ in parts) * sign
        if currency:
            factor = factor or factor_on(currency, on)
        factor = factor or D(1)
        terms = due_on(customer.payment_terms, document_date, is_credit_memo=credit_memo)
        terms = terms._replace(
            due_date=due or terms.due_date, discount_date=discount_date or terms.discount_date
        )
        basis = sum(a for a, _, _ in parts) * sign if setup.gl.payment_discount_excl_vat else total
        possible = discount_possible(
            terms, posting_date=on, basis=basis, grace_period=setup.gl.payment_discount_grace_period
        )
        if discount is not None:
            possible = D(discount)
        self.counter[0] += 1
        number = number or f"INV{self.counter[0]:04}"
        facts = Facts(on, on, document_date, kind, number, source_type="customer", source_no=customer.number,
                      source_code="SALES", currency_code=currency)  # fmt: skip
        total_lcy = round_to(total / factor)
        entry = NewEntry(
            customer_id=customer.pk,
            customer_no=customer.number,
            customer_name=customer.name,
            posting_group=self.groups[group] if group else customer.customer_posting_group,
            document_type=kind,
            amount=total,
            amount_lcy=total_lcy,
            currency_code=currency,
            currency_factor=factor,
            due_date=terms.due_date,
            payment_discount_date=terms.discount_date,
            payment_discount_possible=possible,
            sales_lcy=round_to(sum(a for a, _, _ in parts) * sign / factor),
            block_payment_tolerance=customer.block_payment_tolerance,
            apply=apply,
        )
        items = load_open_items(
            customer.pk, apply=apply, on=on, setup=setup, currency_code=currency, amount=total
        )
        plan = plan_entry(entry, facts, open_items=items, setup=setup)
        assert not plan.problems, plan.problems
        lines, left = [], total_lcy
        for base, tax, prod in parts:
            base_lcy, tax_lcy = round_to(base * sign / factor), round_to(tax * sign / factor)
            account = self.accounts["2200" if prod == "V25" else "2210"]
            vat_line = VATLine(
                "sale", -base_lcy, -tax_lcy, D(25 if prod == "V25" else 10), prod, "normal", account.pk,
                vat_bus="DOM", vat_prod=prod, gen_bus="DOMESTIC", gen_prod="GOODS", tax_category="S",
            )  # fmt: skip
            lines.append(Line(self.accounts["4100"].pk, -base_lcy, vat=vat_line))
            left -= base_lcy
            if tax_lcy:
                lines.append(Line(account.pk, -tax_lcy))
                left -= tax_lcy
        if left:
            lines.append(Line(self.accounts["7140"].pk, -left))
        gl = GLSection([Transaction(facts, [*plan.lines, *lines])], setup=setup)
        section = CustomerSection([(plan, facts)], gl, by="")
        registers.write([gl, section], source_code="SALES", by="", at=AT)
        return section.entry_no(plan)

    def credit_memo(self, net: str, vat: str = "0.00", **given) -> int:
        return self.invoice(net, vat, credit_memo=True, **given)

    def pay(self, amount: str, on: date = MARCH_1, *, to=None, customer: Customer | None = None, **given):
        """Receive a payment; `to` names entries that it settles."""
        apply = given.pop("apply", None)
        if to is not None:
            answers = {
                name: given.pop(name)
                for name in ("accept_late_discount", "accept_payment_tolerance")
                if name in given
            }
            entries = to if isinstance(to, list) else [to]
            apply = ApplyRequest.to_entries([(entry, None) for entry in entries], **answers)
        return receive_payment(
            by=self.by, at=AT, customer=customer or self.customer, amount=D(amount), on=on,
            apply=apply, **{"bank": self.bank} | given,
        )  # fmt: skip

    def refund(self, amount: str, on: date = MARCH_1, **given):
        return self.pay(amount, on, refund=True, **given)

    def apply(self, applying: int, *to, on: date | None = None, **given):
        return apply_entries(by=self.by, at=AT, applying=applying, to=to, on=on, **given)

    def unapply(self, entry_no: int, on: date | None = None):
        return unapply(entry_no, by=self.by, at=AT, on=on)

    def journal(self, *lines, by: User | None = None, **given):
        """Post journal lines given as dicts; they number themselves."""
        values = {"posting_date": MARCH_1, "document_type": "", "document_no": "J1", "account_type": "gl"}
        typed = [
            JournalLine(**values | {"line_no": 10000 * place} | line) for place, line in enumerate(lines, 1)
        ]
        return post_journal(typed, by=by or self.by, at=AT, **given)

    def remaining(self, entry_no: int) -> D:
        return selectors.entry(entry_no).remaining

    def left(self, entry_no: int) -> tuple[D, D]:
        """What remains of an entry, in its currency and in local currency."""
        row = selectors.entry(entry_no)
        return row.remaining, row.remaining_lcy

    def details(self, entry_no: int) -> list[tuple[str, D, D]]:
        """Type, amount and local amount of each detail of an entry."""
        return [(row.type, row.amount, row.amount_lcy) for row in selectors.details_of(entry_no)]

    def detail(self, entry_no: int, type_: str) -> list[tuple[D, D]]:
        return [(amount, lcy) for kind, amount, lcy in self.details(entry_no) if kind == type_]

    def posted(self, document_no: str) -> dict[str, D]:
        """The G/L of a document: net amount by account."""
        found: dict[str, D] = {}
        for row in (
            GLEntry.objects.filter(document_no=document_no).select_related("account").order_by("entry_no")
        ):
            found[row.account.number] = found.get(row.account.number, D(0)) + row.amount
        return {number: amount for number, amount in found.items() if amount}

    def net(self, account_no: str) -> D:
        """What stands on a G/L account."""
        return sum((row.amount for row in GLEntry.objects.filter(account__number=account_no)), D(0))

    def vat(self, document_no: str) -> list[tuple[D, D]]:
        rows = VATEntry.objects.filter(document_no=document_no).order_by("entry_no")
        return [(row.base, row.amount) for row in rows]

    def check(self) -> None:
        """Every law holds."""
        broken = {result.code: result.finding.failures for result in run_all() if not result.holds}
        assert not broken, broken


def build() -> Company:
    """The set-up, and nothing posted."""
    by = User.objects.create_superuser("clerk")
    accounts = {
        number: GLAccount.objects.create(number=number, name=name, direct_posting=direct)
        for number, (name, direct) in ACCOUNTS.items()
    }
    GeneralLedgerSetup.objects.create(pk=1, lcy_code="EUR", country_code="DE")
    series = NumberSeries.objects.create(code="PAYMENT", manual_numbers=True)
    NumberSeriesLine.objects.create(series=series, starting_number="PAY0001")
    customers = NumberSeries.objects.create(code="CUST", manual_numbers=True)
    NumberSeriesLine.objects.create(series=customers, starting_number="C00010")
    groups = {}
    for code, receivables in (("DOMESTIC", "1100"), ("EU", "1110"), ("EXPORT", "1120")):
        groups[code] = CustomerPostingGroup.objects.create(
            code=code,
            receivables_account=accounts[receivables],
            payment_discount_debit_account=accounts["4420"],
            payment_discount_credit_account=accounts["4430"],
            payment_tolerance_debit_account=accounts["4440"],
            payment_tolerance_credit_account=accounts["4450"],
            debit_rounding_account=accounts["4610"],
            credit_rounding_account=accounts["4610"],
            debit_application_rounding_account=accounts["4610"],
            credit_application_rounding_account=accounts["4610"],
            invoice_rounding_account=accounts["4600"],
        )
    domestic = GeneralBusinessGroup.objects.create(code="DOMESTIC")
    goods = GeneralProductGroup.objects.create(code="GOODS")
    GeneralPostingSetup.objects.create(
        gen_bus_posting_group=domestic,
        gen_prod_posting_group=goods,
        sales_account=accounts["4100"],
        sales_payment_discount_debit_account=accounts["4420"],
        sales_payment_discount_credit_account=accounts["4430"],
        sales_payment_tolerance_debit_account=accounts["4440"],
        sales_payment_tolerance_credit_account=accounts["4450"],
    )
    dom = VATBusinessGroup.objects.create(code="DOM")
    for code, percent, account in (("V25", 25, "2200"), ("V10", 10, "2210")):
        VATPostingSetup.objects.create(
            vat_bus_posting_group=dom,
            vat_prod_posting_group=VATProductGroup.objects.create(code=code),
            vat_percent=percent,
            vat_identifier=code,
            sales_vat_account=accounts[account],
            adjust_for_payment_discount=True,
            tax_category="S",
        )
    usd = Currency.objects.create(
        code="USD",
        name="US dollar",
        realized_gains_account=accounts["7100"],
        realized_losses_account=accounts["7110"],
        unrealized_gains_account=accounts["7120"],
        unrealized_losses_account=accounts["7130"],
        conversion_rounding_account=accounts["7140"],
    )
    operating = BankAccountPostingGroup.objects.create(code="OPER", gl_account=accounts["1020"])
    dollars = BankAccountPostingGroup.objects.create(code="USD", gl_account=accounts["1030"])
    bank = BankAccount.objects.create(number="BANK", name="Operating", posting_group=operating)
    usd_bank = BankAccount.objects.create(
        number="USDBANK", name="Dollars", posting_group=dollars, currency=usd
    )
    ReceivablesSetup.objects.create(
        pk=1, payment_number_series="PAYMENT", customer_number_series="CUST", default_bank_account=bank
    )
    terms = PaymentTerms.objects.create(
        code="2%8D", due_date_calculation="1M", discount_date_calculation="8D", discount_percent=2
    )
    customer = Customer.objects.create(
        number="C1", name="Adatum", customer_posting_group=groups["DOMESTIC"], payment_terms=terms
    )
    return Company(by, accounts, groups, terms, bank, usd_bank, customer)
