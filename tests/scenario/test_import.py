"""# Bringing a company in

Blomst AS leaves an old system: customers in an Excel sheet, everything else as files with semicolons, decimal commas
and Windows letters. A profile says what they mean; Handel brings in all of it, or nothing.
"""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from openpyxl import Workbook

from customers.models import Customer, ShipToAddress
from erp.management.commands.import_data import prepare
from integration.imports.errors import ImportRunning, UnknownSection
from integration.imports.profile import parse_profile
from integration.imports.run import run_import
from integration.models import ImportedRecord
from inventory.models import Item, ItemUnit, Stock
from posting.models import GLEntry
from receivables.models import OpenItem
from sales.models import SalesDocument, SalesInvoice, SalesShipment

PROFILE = """
name: blomst
description: Blomst AS, from its old system

formats: {decimal: ",", thousands: ".", date: "%d.%m.%Y"}
empty: ["-"]

files:
  customers: {path: kunder.xlsx, sheet: Kunder, key: Nr}
  addresses: {path: adresser.csv}
  items: {path: varer.csv, key: Varenr}
  orders: {path: ordrer.csv, key: Ordre}
  lines: {path: linjer.csv}
  payments: {path: betalinger.csv}

maps:
  unit: {stk: PCS, kg: KG, eske: BOX}
  state: {ny: open, klar: released, sendt: posted}

sections:
  - to: customers
    from: customers
    where: {differs: [Status, {value: slettet}]}
    fields:
      number: {template: "K{Nr}"}
      name: Navn
      city: Sted
      country_code: {column: Land, default: NO}
      template: {choose: [{if: {one_of: [Land, [NO, ""]]}, use: {value: DOMESTIC}}, {use: {value: EXPORT}}]}
      credit_limit: Grense

  - to: ship_to_addresses
    from: addresses
    fields:
      customer: {template: "K{Nr}"}
      code: Kode
      name: Navn
      city: Sted

  - to: items
    from: items
    fields:
      number: Varenr
      description: Tekst
      base_unit: {column: Enhet, map: unit}
      sales_unit: {column: Salgsenhet, map: unit}
      per_sales_unit: {column: Antall, default: 1}
      unit_price: Pris
      unit_cost: {multiply: [Pris, 0.5], round: 0.01}
      gen_prod_posting_group: {value: GOODS}
      vat_prod_posting_group: {value: V25}
      inventory_posting_group: {value: RESALE}

  - to: stock
    from: items
    where: {above: [Lager, 0]}
    fields:
      item: Varenr
      quantity: Lager
      posting_date: {value: 2026-01-01}

  - to: documents
    from: orders
    fields:
      type: {value: order}
      external_document_no: Ordre
      customer: {template: "K{Kunde}"}
      date: Dato
      ship_to_code: Adresse
    lines:
      - from: lines
        match: {Ordre: Ordre}
        fields:
          number: Varenr
          quantity: Antall
          unit_price: Pris
          line_discount_percent: {multiply: [Rabatt, 100]}
      - where: {filled: Frakt}
        fields: {type: {value: gl_account}, number: {value: "4520"}, quantity: 1, unit_price: Frakt,
                 vat_prod_posting_group: {value: V25}}
    steps:
      - do: release
        where: {one_of: [Status, [klar, sendt]]}
      - do: post
        on: Sendt
        where: {equals: [Status, {value: sendt}]}

  - to: payments
    from: payments
    fields:
      external_document_no: Bilag
      customer: {template: "K{Kunde}"}
      date: Dato
      amount: Beløp
      applies_to_external_no: Ordre
"""
FILES = {
    "adresser.csv": "Nr;Kode;Navn;Sted\n1;LAGER;Blåbærlageret;Ås\n",
    "varer.csv": (
        "Varenr;Tekst;Enhet;Salgsenhet;Antall;Pris;Lager\n"
        "R1;Røde roser;stk;eske;10;12,50;1.200\n"
        "J1;Jord;kg;;;4,00;-\n"
    ),
    "ordrer.csv": (
        "Ordre;Kunde;Dato;Adresse;Frakt;Status;Sendt\n"
        "501;1;05.01.2026;LAGER;100,00;sendt;08.01.2026\n"
        "502;2;06.01.2026;;-;klar;\n"
        "503;2;07.01.2026;;-;ny;\n"
    ),
    "linjer.csv": (
        "Ordre;Varenr;Antall;Pris;Rabatt\n501;R1;20;125,00;0,10\n502;R1;2;125,00;-\n503;R1;1;125,00;-\n"
    ),
    "betalinger.csv": "Bilag;Kunde;Dato;Ordre;Beløp\nB1;1;20.01.2026;501;2.000,00\n",
}
CUSTOMERS = [
    ["Nr", "Navn", "Sted", "Land", "Grense", "Status"],
    [1, "Åse Øst AS", "Bodø", None, 50000.5, None],
    [2, "Petal Ltd", "Leeds", "GB", None, "ok"],
    [3, "Gone AS", "Oslo", "NO", None, "slettet"],
]


@pytest.fixture
def company(world, tmp_path):
    return Company(world, tmp_path)


class Company:
    """The files of Blomst AS, and what can be done with them."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        for name, text in FILES.items():
            self.write(name, text)
        book = Workbook()
        book.active.title = "Kunder"
        for row in CUSTOMERS:
            book.active.append(row)
        book.save(folder / "kunder.xlsx")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_bytes(text.encode("cp1252"))

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_bytes().decode("cp1252")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def bring_in(self, profile: str = PROFILE, **options):
        return run_import(
            parse_profile(profile),
            self.folder,
            by=self.world.by,
            at=self.world.at(),
            on=self.world.today,
            **options,
        )

    def refused(self, **options) -> list[str]:
        before = rows()
        report = self.bring_in(**options)
        assert not report.ok
        assert rows() == before, "something was imported"
        return [str(error) for error in report.errors]


def rows() -> dict[str, int]:
    models = (
        Customer,
        ShipToAddress,
        Item,
        Stock,
        SalesDocument,
        SalesInvoice,
        GLEntry,
        OpenItem,
        ImportedRecord,
    )
    return {model.__name__: model.objects.count() for model in models}


def test_everything_comes_in_through_the_routines(company):
    """Masters, stock, three orders in three states, and a payment."""
    report = company.bring_in()
    assert [str(error) for error in report.errors] == []
    assert {outcome.section: outcome.added for outcome in report.outcomes} == {
        "customers": 2,
        "ship_to_addresses": 1,
        "items": 2,
        "stock": 1,
        "documents": 3,
        "payments": 1,
    }

    # Masters: numbers, letters and groups are right; the customer that was deleted stayed behind.
    ase, petal = Customer.objects.order_by("number")
    assert (ase.number, ase.name, ase.city, ase.country_code) == ("K1", "Åse Øst AS", "Bodø", "NO")
    assert ase.credit_limit == D("50000.50")
    assert (ase.vat_bus_posting_group.code, petal.vat_bus_posting_group.code) == ("DOM", "EXP")
    rose = Item.objects.get(number="R1")
    assert (rose.description, rose.unit_price, rose.unit_cost) == ("Røde roser", D("12.5"), D("6.25"))
    assert ItemUnit.objects.get(item=rose, unit__code="BOX").per_unit == 10

    # The order that was sent is shipped and invoiced on its day: 20 boxes less 10 %, freight, 25 % VAT.
    invoice = SalesInvoice.objects.get(external_document_no="501")
    assert (invoice.posting_date, invoice.ship_to_name) == (date(2026, 1, 8), "Blåbærlageret")
    assert (invoice.amount, invoice.amount_including_vat) == (D("2350.00"), D("2937.50"))
    assert company.world.stock(rose) == 1000
    assert OpenItem.objects.get().remaining_amount == D("937.50")

    # The others wait, released and open.
    waiting = SalesDocument.objects.order_by("external_document_no")
    assert list(waiting.values_list("external_document_no", "status")) == [
        ("502", "released"),
        ("503", "open"),
    ]
    company.world.check()


def test_a_second_run_changes_nothing(company):
    company.bring_in()
    before = rows()
    report = company.bring_in()
    assert report.ok
    assert not report.changed
    assert {outcome.section: outcome.kept for outcome in report.outcomes} == {
        "customers": 2,
        "ship_to_addresses": 1,
        "items": 2,
        "stock": 1,
        "documents": 3,
        "payments": 1,
    }
    assert rows() == before


def test_what_went_on_in_the_old_system_is_taken_over(company):
    """Between two runs one order was sent, one became ready, and a new one came."""
    company.bring_in()
    company.edit("ordrer.csv", "-;klar;", "-;sendt;09.01.2026")
    company.edit("ordrer.csv", "-;ny;", "-;klar;")
    company.edit("ordrer.csv", "503;2", "504;1;9.1.2026;;-;ny;\n503;2")
    company.edit("linjer.csv", "503;", "504;R1;3;125,00;-\n503;")
    report = company.bring_in()
    documents = next(outcome for outcome in report.outcomes if outcome.section == "documents")
    assert (documents.added, documents.kept, documents.steps) == (1, 3, {"release": 1, "post": 1})
    assert SalesShipment.objects.get(external_document_no="502").posting_date == date(2026, 1, 9)
    waiting = SalesDocument.objects.order_by("external_document_no")
    assert list(waiting.values_list("external_document_no", "status")) == [
        ("503", "released"),
        ("504", "open"),
    ]


def test_an_order_that_somebody_finished_here_is_left_alone(company):
    company.bring_in()
    SalesDocument.objects.filter(external_document_no="503").delete()
    company.edit("ordrer.csv", "-;ny;", "-;sendt;09.01.2026")
    report = company.bring_in()
    assert report.ok
    assert not report.changed


def test_a_dry_run_does_everything_and_keeps_nothing(company):
    before = rows()
    report = company.bring_in(dry_run=True)
    assert report.ok
    assert not report.changed
    assert report.outcomes[4].steps == {"release": 2, "post": 1}
    assert rows() == before


def test_only_some_sections(company):
    (company.folder / "betalinger.csv").unlink()
    report = company.bring_in(only=["customers", "items"])
    assert [outcome.section for outcome in report.outcomes] == ["customers", "items"]
    assert Customer.objects.count() == 2
    with pytest.raises(
        UnknownSection, match=r"no section orders\. It has: customers, ship_to_addresses, items"
    ):
        company.bring_in(only=["orders"])


def test_every_bad_cell_is_named_by_file_row_column_value_and_reason(company):
    company.edit("varer.csv", "12,50", "12.5.0")
    company.edit("varer.csv", "Jord;kg", "Jord;tonn")
    company.edit("ordrer.csv", "06.01.2026", "2026-01-06")
    company.edit("ordrer.csv", "503;2", "503;9")
    company.edit("linjer.csv", "502;R1", "502;R9")
    company.edit("linjer.csv", "125,00;0,10", "125,123456;0,10")
    assert company.refused() == [
        "varer.csv, row 2, column Pris: '12.5.0' is not a number like 1.234,56",
        "varer.csv, row 3, column Enhet: 'tonn' is not in the map unit",
        "linjer.csv, row 2, column Pris: '125,123456' has more than 5 decimals; round it",
        "ordrer.csv, row 3, column Dato: '2026-01-06' is not a date like 31.12.2026",
        "linjer.csv, row 3, column Varenr: 'R9' there is no item of this name",
        "ordrer.csv, row 4, column Kunde: 'K9' there is no customer of this name",
    ]


def test_a_column_that_is_missing_is_named_once(company):
    company.edit("varer.csv", "Lager", "Beholdning")
    assert company.refused() == [
        "varer.csv, row 1, column Lager: the file has no such column; the profile wants it at "
        "sections[4].fields.quantity. It has: Varenr, Tekst, Enhet, Salgsenhet, Antall, Pris, Beholdning"
    ]


def test_files_that_are_missing_and_keys_that_stand_twice(company):
    (company.folder / "linjer.csv").unlink()
    company.edit("ordrer.csv", "502;2", "501;2")
    assert company.refused() == [
        "ordrer.csv, row 3, column Ordre: '501' this key is in row 2 already",
        f"linjer.csv: there is no such file in {company.folder}",
    ]


def test_the_same_record_twice_in_a_section(company):
    company.write("betalinger.csv", FILES["betalinger.csv"] + "B1;1;21.01.2026;501;10,00\n")
    assert company.refused() == ["betalinger.csv, row 3, column Bilag: 'B1' this is in row 2 already"]


def test_what_a_routine_refuses_names_the_row(company):
    """Here the third payment is for an order that was never invoiced, and one amount is negative."""
    company.write(
        "betalinger.csv", FILES["betalinger.csv"] + "B2;2;21.01.2026;502;10,00\nB3;1;21.01.2026;;-5,00\n"
    )
    assert company.refused() == [
        "betalinger.csv, row 3, column applies_to_external_no: 'B2' There is no posted invoice of this customer with "
        "the external document no. 502.",
        "betalinger.csv, row 4, column amount: 'B3' Amount of a Payment must be positive.",
    ]


def test_a_line_that_a_routine_refuses_names_the_line(company):
    company.edit("linjer.csv", "503;R1;1;125,00", "503;R1;1;-125,00")
    assert company.refused() == [
        "linjer.csv, row 4, column unit_price: '503' Unit Price must not be negative; enter a negative quantity to "
        "give money back."
    ]


def test_of_many_errors_the_first_are_shown_and_all_are_counted(company):
    company.write("varer.csv", FILES["varer.csv"] + "".join(f"X{n};Vare;boks;;;1,00;-\n" for n in range(50)))
    report = company.bring_in(errors_kept=10)
    assert (len(report.errors), report.error_count) == (10, 50)


def test_a_profile_with_an_unknown_word_is_refused_with_its_place(company, tmp_path):
    path = tmp_path / "blomst.yaml"
    path.write_text(PROFILE.replace("unit_price: Pris\n      unit_cost", "unit_prize: Pris\n      unit_cost"))
    with pytest.raises(CommandError) as caught:
        call_command("import_data", str(company.folder), "--profile", str(path))
    assert str(caught.value).startswith(
        "blomst.yaml, line 48, sections[3].fields.unit_prize: unit_prize is not known here. Did you mean unit_price? "
        "Expected: number, description, "
    )


PAYERS = """
name: payers
files: {customers: payers.csv}
sections:
  - to: customers
    from: customers
    once: true
    fields: {number: No, name: Name, template: {value: DOMESTIC}, bill_to_customer: Pays, credit_limit: Limit}
"""


def test_who_pays_comes_first_wherever_it_stands(company):
    company.write("payers.csv", "No,Name,Pays,Limit\nA,Anna,B,\nB,Berit,C,\nC,Carl,,\nA,Anna again,,\n")
    report = company.bring_in(PAYERS)
    assert [str(error) for error in report.errors] == []
    assert dict(Customer.objects.values_list("number", "bill_to_customer__number")) == {
        "A": "B",
        "B": "C",
        "C": None,
    }


def test_a_circle_of_payers_is_refused(company):
    company.write("payers.csv", "No,Name,Pays,Limit\nA,Anna,B,\nB,Berit,A,\n")
    assert company.refused(profile=PAYERS)[0] == (
        "payers.csv, row 2, column bill_to_customer: 'A' B pays for others, but is not there before them"
    )


def test_values_that_fit_no_column(company):
    company.write("payers.csv", f"No,Name,Pays,Limit\nA,{'x' * 101},X,1.001\n,Nobody,,{'9' * 20}\n")
    assert company.refused(profile=PAYERS) == [
        f"payers.csv, row 2, column Name: '{'x' * 80}' is longer than 100 characters",
        "payers.csv, row 2, column Pays: 'X' there is no customer of this name",
        "payers.csv, row 2, column Limit: '1.001' has more than 2 decimals; round it",
        "payers.csv, row 3, column No: number must be filled in",
        f"payers.csv, row 3, column Limit: '{'9' * 20}' is too large: {'9' * 20}",
    ]


def test_two_imports_of_one_source_do_not_run_at_once(company):
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import'), hashtext('blomst'))")
            with pytest.raises(ImportRunning, match="Another import of blomst is running"):
                company.bring_in()
    finally:
        other.close()


def test_the_command_shows_errors_and_fails(company, tmp_path, capsys):
    path = tmp_path / "blomst.yaml"
    path.write_text(PROFILE, encoding="utf-8")
    company.edit("varer.csv", "4,00", "fire")
    with pytest.raises(CommandError, match=r"1 error\. Nothing was imported\."):
        call_command("import_data", str(company.folder), "--profile", str(path))
    assert "varer.csv, row 3, column Pris: 'fire' is not a number like 1.234,56\n" in capsys.readouterr().err


def test_the_command_tells_what_it_did(company, tmp_path, capsys):
    path = tmp_path / "blomst.yaml"
    path.write_text(PROFILE, encoding="utf-8")
    call_command("import_data", str(company.folder), "--profile", str(path), "--dry-run", "--user", "world")
    told = capsys.readouterr()
    assert told.out.splitlines()[:2] == [
        "kunder.xlsx: Excel, 6 columns, 3 rows",
        "adresser.csv: cp1252, 4 columns, 1 rows",
    ]
    assert "documents: 3 added, 0 there already, 2 released, 1 posted in full" in told.out
    assert "Dry run: nothing was kept." in told.out
    assert "documents, posting: 3 of 3, " in told.err
    call_command("import_data", str(company.folder), "--profile", str(path))
    assert "Imported. " in capsys.readouterr().out
    call_command("import_data", str(company.folder), "--profile", str(path))
    assert "Nothing changed: everything was there already. " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["/nowhere", "--profile", "blomst.yaml"], "/nowhere is no folder."),
        ([".", "--profile", "/nowhere.yaml"], "/nowhere.yaml: cannot be read: No such file or directory"),
        ([".", "--profile", "northwind", "--user", "nobody"], "There is no user nobody."),
        ([".", "--profile", "northwind", "--only", "odrers"], "The profile has no section odrers."),
    ],
)
def test_bad_input_of_the_command(db, arguments, sentence):
    with pytest.raises(CommandError) as caught:
        call_command("import_data", *arguments)
    assert str(caught.value).startswith(sentence)


def test_a_profile_in_another_currency_is_refused(company, tmp_path):
    path = tmp_path / "blomst.yaml"
    path.write_text(PROFILE + "\nsetup: {country: neutral, lcy: SEK}\n", encoding="utf-8")
    with pytest.raises(CommandError, match="profile are in SEK, but this company keeps its books in EUR"):
        call_command("import_data", str(company.folder), "--profile", str(path))


def test_the_example_of_the_manual(db, tmp_path):
    """The page about imports shows two files and a profile; they work as they stand there."""
    page = (settings.BASE_DIR / "docs" / "import.md").read_text(encoding="utf-8")
    for name in ("articles.csv", "sales.csv"):
        text = page.split(f"`{name}`", 1)[1].split("```\n", 2)[1]
        (tmp_path / name).write_bytes(text.encode("cp1252"))
    profile = parse_profile(page.split("```yaml\n", 1)[1].split("```", 1)[0])
    noon = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    report = run_import(profile, tmp_path, by=None, at=noon, on=noon.date(), prepare=prepare)
    assert [str(error) for error in report.errors] == []
    assert {outcome.section: outcome.added for outcome in report.outcomes} == {
        "customers": 2,
        "items": 2,
        "stock": 2,
        "orders": 2,
    }
    invoice = SalesInvoice.objects.get()
    assert (invoice.external_document_no, invoice.posting_date) == ("7001", date(2026, 2, 5))
    assert (invoice.amount, invoice.amount_including_vat) == (D("2450.00"), D("3062.50"))
    assert dict(Stock.objects.values_list("item__number", "quantity")) == {"A-1": 12, "A-2": 0}
    assert SalesDocument.objects.get().status == "released"
