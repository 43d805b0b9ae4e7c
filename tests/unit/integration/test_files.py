"""Reading files: encodings, delimiters, headers, sheets, and what is refused."""

from datetime import date, datetime
from decimal import Decimal as D

import pytest
from openpyxl import Workbook

from integration.imports.errors import BadValue, Errors
from integration.imports.files import FileSpec, read_table
from integration.imports.files.csv_file import detect_delimiter
from integration.imports.files.encoding import decode, detect

TEXT = "number;name\n1;Blåbær & Søn\n2;Çelik\n"


def table(folder, content: bytes, name="file.csv", **spec):
    (folder / name).write_bytes(content)
    errors = Errors(20)
    return read_table(folder, FileSpec("file", name, **spec), errors), [str(error) for error in errors.kept]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_usual_encoding_is_detected(tmp_path, encoding):
    found, errors = table(tmp_path, TEXT.encode(encoding))
    assert errors == []
    assert found.columns == ("number", "name")
    assert [row.cells["name"] for row in found.rows] == ["Blåbær & Søn", "Çelik"]
    assert found.encoding == encoding


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "cp1250",
            "Zażółć gęślą jaźń, Łódź, Kraków, Gdańsk, Wrocław, Świętokrzyskie, Małopolskie, Pawełek. ",
        ),
        ("cp1251", "Иванов;Москва\nПетров;Санкт-Петербург\n"),
        ("cp1253", "Αθήνα;Θεσσαλονίκη\n"),
    ],
)
def test_an_eastern_file_is_not_taken_for_a_western_one(encoding, text):
    assert detect((text * 8).encode(encoding)) == encoding


def test_plain_letters_are_utf_8_and_typographic_marks_are_windows():
    assert detect(b"a,b\n1,2\n") == "utf-8"
    assert detect("it’s – 5 €\n".encode("cp1252")) == "cp1252"


def test_an_encoding_that_the_profile_names_is_insisted_on():
    assert decode("Ø".encode("cp1252"), "cp1252").text == "Ø"
    with pytest.raises(BadValue, match="not in utf-8: line 2"):
        decode("a\nØ".encode("cp1252"), "utf-8")


@pytest.mark.parametrize(
    ("line", "sign"), [("a,b;c", ","), ("a;b;c,d", ";"), ("a\tb", "\t"), ("a|b", "|"), ("a", ",")]
)
def test_the_delimiter_is_the_commonest_sign(line, sign):
    assert detect_delimiter(f"{line}\n") == sign


def test_signs_within_quotes_do_not_count():
    assert detect_delimiter('"a,b,c";d\n') == ";"


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path):
    content = b'id,text\n1,"two\nlines"\n\n2,last\n'
    found, errors = table(tmp_path, content)
    assert [(row.number, row.cells["text"]) for row in found.rows] == [(2, "two\nlines"), (4, "last")]
    assert errors == []


def test_a_header_further_down_and_no_header_at_all(tmp_path):
    found, _errors = table(tmp_path, b"Report of today\n\nid,name\n1,Ann\n", header=3)
    assert [row.cells for row in found.rows] == [{"id": "1", "name": "Ann"}]
    found, _errors = table(tmp_path, b"1,Ann\n", header=0, columns=("id", "name"))
    assert [(row.number, row.cells) for row in found.rows] == [(1, {"id": "1", "name": "Ann"})]


def test_words_that_mean_nothing(tmp_path):
    found, _errors = table(tmp_path, b"id,name\n1,NULL\n2, - \n", empty=("NULL", "-"))
    assert [row.cells["name"] for row in found.rows] == [None, None]


def test_another_quote_and_none(tmp_path):
    found, _errors = table(tmp_path, b"id,name\n1,'a,b'\n", quote="'")
    assert found.rows[0].cells["name"] == "a,b"
    found, _errors = table(tmp_path, b'id,name\n1,3" pipe\n', quote="")
    assert found.rows[0].cells["name"] == '3" pipe'


def test_what_is_wrong_with_a_file_as_a_whole(tmp_path):
    errors = Errors(20)
    read_table(tmp_path, FileSpec("file", "missing.csv"), errors)
    read_table(tmp_path, FileSpec("file", "missing.csv", optional=True), errors)
    assert [str(error) for error in errors.kept] == [f"missing.csv: there is no such file in {tmp_path}"]
    assert table(tmp_path, b"")[1] == ["file.csv: the file has no row 1 with the names of its columns"]
    assert table(tmp_path, b"a,b,a\n1,2,3\n")[1] == [
        "file.csv, row 1, column a: the header names this column twice"
    ]
    assert table(tmp_path, b'a,b\n1,"2\n')[1] == [
        "file.csv: cannot be read near line 2: unexpected end of data"
    ]


def test_a_row_of_another_width(tmp_path):
    found, errors = table(tmp_path, b"a,b\n1\n1,2,3\n1,2,\n1,2\n")
    assert errors == ["file.csv, row 2: 1 cells under 2 columns", "file.csv, row 3: 3 cells under 2 columns"]
    assert len(found.rows) == 2


def test_a_sign_that_is_no_text(tmp_path):
    found, errors = table(tmp_path, b"a,b\n1,x\0y\n2,z\n")
    assert errors == ["file.csv, row 2: holds a NUL sign, which is no text; is the encoding right?"]
    assert len(found.rows) == 1


def test_a_key_stands_once_and_is_filled_in(tmp_path):
    _found, errors = table(tmp_path, b"a,b\n1,2\n1,3\n1,2\n,\n", key=("a", "b"))
    assert errors == ["file.csv, row 4, column a + b: '1 + 2' this key is in row 2 already"]
    assert table(tmp_path, b"a,b\n,2\n", key=("a",))[1] == [
        "file.csv, row 2, column a: the key must be filled in"
    ]
    assert table(tmp_path, b"a\n1\n", key=("b",))[1] == [
        "file.csv, column b: the key names a column that the file lacks"
    ]


@pytest.fixture
def workbook(tmp_path):
    book = Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Items")
    sheet.append(["number", "price", "since", "sold", None])
    sheet.append([1001, 0.1 + 0.2, datetime(2026, 3, 1), True])
    sheet.append(["A-2", 12, date(2026, 3, 2), None])
    sheet.append([None, None, None])
    book.save(tmp_path / "items.xlsx")
    return tmp_path


def test_a_sheet_keeps_its_numbers_dates_and_flags(workbook):
    errors = Errors(5)
    found = read_table(workbook, FileSpec("items", "items.xlsx", sheet="Items"), errors)
    assert not errors
    assert found.encoding == "Excel"
    assert [row.cells for row in found.rows] == [
        {"number": D("1001"), "price": D("0.3"), "since": date(2026, 3, 1), "sold": True},
        {"number": "A-2", "price": D("12"), "since": date(2026, 3, 2), "sold": None},
    ]


def test_a_sheet_that_is_not_there_and_a_file_that_is_no_workbook(workbook):
    errors = Errors(5)
    read_table(workbook, FileSpec("items", "items.xlsx", sheet="Prices"), errors)
    assert str(errors.kept[0]) == "items.xlsx: has no sheet Prices; it has: Notes, Items"
    (workbook / "text.xlsx").write_text("number,price\n")
    read_table(workbook, FileSpec("items", "text.xlsx"), errors)
    assert str(errors.kept[1]).startswith("text.xlsx: is no Excel workbook")


def test_a_formula_that_failed(tmp_path):
    book = Workbook()
    book.active.append(["number", "price"])
    book.active.append(["1", "#DIV/0!"])
    book.save(tmp_path / "items.xlsx")
    errors = Errors(5)
    read_table(tmp_path, FileSpec("items", "items.xlsx"), errors)
    assert str(errors.kept[0]) == "items.xlsx: row 2 holds the error #DIV/0!"
