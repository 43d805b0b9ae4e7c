"""A small set of books: a dozen accounts, one VAT matrix, two fiscal years."""

from datetime import UTC, date, datetime
from decimal import Decimal

from erp.kernel.models import User
from posting.models import (
    AccountingPeriod,
    Currency,
    ExchangeRate,
    GeneralBusinessGroup,
    GeneralLedgerSetup,
    GeneralPostingSetup,
    GeneralProductGroup,
    GLAccount,
    GLEntry,
    VATBusinessGroup,
    VATPostingSetup,
    VATProductGroup,
)
from posting.routines.post_journal import JournalLine, post_journal
from posting.values import Facts, Line, Transaction

D = Decimal
AT = datetime(2026, 3, 31, 12, tzinfo=UTC)
DAY = date(2026, 3, 15)

INCOME = GLAccount.Statement.INCOME
# Number, name, income statement?, direct posting?, control account of.
CHART = [
    ("1010", "Cash on hand", False, True, ""),
    ("1020", "Bank", False, True, ""),
    ("1100", "Accounts receivable, domestic", False, False, "receivables"),
    ("1300", "Input VAT", False, False, "vat"),
    ("1320", "Input VAT, reverse charge", False, False, "vat"),
    ("2200", "Output VAT", False, False, "vat"),
    ("2220", "Reverse charge VAT payable", False, False, "vat"),
    ("3100", "Retained earnings", False, True, ""),
    ("4100", "Sales of goods", True, True, ""),
    ("6100", "Rent", True, True, ""),
    ("6300", "Bank charges", True, True, ""),
    ("6500", "Office supplies", True, True, ""),
]


class Books:
    """Accounts by number, and short ways to post and to look."""

    def __init__(self):
        self.user = User.objects.create_superuser("clerk")
        self.accounts = {}

    def id(self, number: str) -> int:
        return self.accounts[number].pk

    def line(self, number: str, amount: str | Decimal, **values) -> Line:
        return Line(account_id=self.id(number), amount=D(amount), **values)

    def transaction(
        self, *pairs: tuple[str, str], on: date = DAY, document_no: str = "G1", **facts
    ) -> Transaction:
        """Lines given as (account number, amount)."""
        lines = [self.line(number, amount, line_no=place + 1) for place, (number, amount) in enumerate(pairs)]
        return Transaction(make_facts(on, document_no, **facts), lines)

    def post(self, *pairs: tuple[str, str], on: date = DAY, document_no: str = "G1", by=None, **line_values):
        """A journal of one document."""
        lines = [
            JournalLine(
                line_no=place + 1,
                posting_date=on,
                document_no=document_no,
                account_no=number,
                amount=D(amount),
                **line_values,
            )
            for place, (number, amount) in enumerate(pairs)
        ]
        return post_journal(lines, by=by or self.user, at=AT)

    def entries(self, **filters) -> list[tuple[str, Decimal]]:
        rows = GLEntry.objects.filter(**filters).order_by("entry_no")
        return list(rows.values_list("account__number", "amount"))


def make_facts(on: date = DAY, document_no: str = "G1", **values) -> Facts:
    return Facts(
        posting_date=on,
        vat_date=on,
        document_date=on,
        document_no=document_no,
        **{"document_type": "", **values},
    )


def build_books() -> Books:
    """Write the set-up; nothing is posted yet."""
    books = Books()
    for number, name, income, direct, control in CHART:
        books.accounts[number] = GLAccount.objects.create(
            number=number,
            name=name,
            statement=INCOME if income else GLAccount.Statement.BALANCE,
            direct_posting=direct,
            control=control,
        )
    GLAccount.objects.create(number="1000", name="ASSETS", type="heading")
    GLAccount.objects.create(number="1990", name="TOTAL ASSETS", type="total", totaling="1000..1989")
    GeneralLedgerSetup.objects.create(pk=1, company_name="Fjord Trading", lcy_code="EUR")
    for year in (2025, 2026, 2027):
        for month in range(1, 13):
            AccountingPeriod.objects.create(starting_date=date(year, month, 1), new_fiscal_year=month == 1)
    domestic, goods = (
        GeneralBusinessGroup.objects.create(code="DOMESTIC"),
        GeneralProductGroup.objects.create(code="GOODS"),
    )
    GeneralPostingSetup.objects.create(
        gen_bus_posting_group=domestic, gen_prod_posting_group=goods, sales_account=books.accounts["4100"]
    )
    buses = {code: VATBusinessGroup.objects.create(code=code) for code in ("DOM", "EU")}
    prods = {code: VATProductGroup.objects.create(code=code) for code in ("V25", "V0", "FULL")}
    for bus, prod, percent, calculation in (
        ("DOM", "V25", 25, "normal"),
        ("DOM", "V0", 0, "normal"),
        ("DOM", "FULL", 100, "full"),
        ("EU", "V25", 25, "reverse_charge"),
    ):
        VATPostingSetup.objects.create(
            vat_bus_posting_group=buses[bus],
            vat_prod_posting_group=prods[prod],
            vat_percent=percent,
            vat_identifier=f"{bus}{prod}",
            calculation_type=calculation,
            sales_vat_account=books.accounts["2200"],
            purchase_vat_account=books.accounts["1320" if bus == "EU" else "1300"],
            reverse_charge_vat_account=books.accounts["2220"] if bus == "EU" else None,
        )
    dollar = Currency.objects.create(code="USD", name="US dollar")
    ExchangeRate.objects.create(
        currency=dollar, starting_date=date(2026, 1, 1), exchange_amount=100, relational_amount=125
    )
    ExchangeRate.objects.create(
        currency=dollar, starting_date=date(2026, 3, 1), exchange_amount=100, relational_amount=80
    )
    return books
