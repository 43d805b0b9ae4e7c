"""Loading the set-up: everything or nothing, and a second time without effect."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import ErpError, Problem, raise_problems
from erp.setup_data import files
from erp.setup_data.columns import BadCell, References, value_of
from erp.setup_data.context import Context
from erp.setup_data.files import Row
from erp.setup_data.roles import load_roles
from erp.setup_data.tables import TABLES, Settings, Table
from posting.models import GeneralLedgerSetup

NEUTRAL = "neutral"


class UnknownCountry(ErpError):
    """There is no set-up for this country."""

    code, status = "E-SETUP-COUNTRY", 422
    template = gettext_lazy("There is no set-up for {country}. There is one for: {countries}.")


class SetUpOtherwise(ErpError):
    """The database belongs to a company of another country or currency; its books cannot be switched over."""

    code, status = "E-SETUP-OTHER", 409
    template = gettext_lazy(
        "This company is set up for {is_country} in {is_lcy}, not for {country} in {lcy}."
    )


class Loaded(NamedTuple):
    """What a load did: rows added per table, and how many of the rows in the files were there already."""

    added: dict[str, int]
    kept: int

    @property
    def rows(self) -> int:
        return sum(self.added.values())


def countries(folder: Path = files.FOLDER) -> list[str]:
    """The countries whose companies can be set up; `neutral` is no country, with VAT of 25 and 10 %."""
    return sorted(path.name for path in (folder / "countries").iterdir() if path.is_dir())


@transaction.atomic
def load_setup(
    *,
    on: date,
    country: str = NEUTRAL,
    lcy: str | None = None,
    also: Sequence[Path] = (),
    folder: Path = files.FOLDER,
) -> Loaded:
    """Add whatever of the set-up is missing; what is there stays as it is.

    on       today: rates go back from it, periods and numbers are those of the years around it
    country  where the company is at home: its VAT rates become the domestic ones
    lcy      ISO code of the local currency; without it the country's own
    also     more folders with files of the same names, whose rows count last
    raises   ProblemsFound with every bad cell as file, row, field and value; nothing is loaded then
    """
    if country not in countries(folder):
        raise UnknownCountry(country=country, countries=", ".join(countries(folder)))
    folders = [*_folders(folder, country), *also]
    problems: list[Problem] = []
    lcy_code = lcy or _settings("country", folders, problems).get("lcy_code", "")
    country_code = _settings("general_ledger_setup", folders, problems).get("country_code", "")
    _refuse_another_company(country_code, lcy_code)
    context = Context(on, lcy_code, References(lcy_code))
    added, kept = {}, 0
    for table in TABLES:
        load = _load_settings if isinstance(table, Settings) else _load_table
        fresh, known = load(table, folders, context, problems)
        kept += known
        if fresh:
            added[table.model._meta.label_lower] = fresh
        raise_problems(_("The set-up data"), problems)
    grants = load_roles(folders, problems)
    raise_problems(_("The set-up data"), problems)
    return Loaded({**added, **({"auth.group": grants} if grants else {})}, kept)


def _folders(folder: Path, country: str) -> list[Path]:
    """General files first, then the VAT of the countries in which a company may be registered, then its own."""
    foreign = [] if country == NEUTRAL else sorted((folder / "registrations").iterdir())
    return [
        folder / "common",
        *(path for path in foreign if path.name != country),
        folder / "countries" / country,
    ]


def _settings(file: str, folders: Sequence[Path], problems: list[Problem]) -> dict[str, str]:
    rows = files.read_settings(folders, file, problems)
    return {name: value for row in rows for name, value in row.cells.items()}


def _refuse_another_company(country_code: str, lcy_code: str) -> None:
    there = GeneralLedgerSetup.objects.first()
    if there and (there.country_code, there.lcy_code) != (country_code, lcy_code):
        raise SetUpOtherwise(
            is_country=there.country_code, is_lcy=there.lcy_code, country=country_code, lcy=lcy_code
        )


def _load_table(
    table: Table, folders: Sequence[Path], context: Context, problems: list[Problem]
) -> tuple[int, int]:
    """Add the missing rows of one table; returns how many were added and how many were there."""
    model = table.model
    key = [model._meta.get_field(column).attname for column in table.key]
    there = set(model._default_manager.values_list(*key))
    to_itself = [field.name for field in model._meta.fields if field.related_model is model]
    added, kept, fresh = 0, 0, []
    for row in _rows(table, folders, context, problems):
        if fresh and any(row.cells.get(name) for name in to_itself):
            added += _write(model, row.file, fresh, context, problems)
            fresh = []
        made = _made(model, row, context, problems)
        if made is None:
            continue
        if tuple(getattr(made, name) for name in key) in there:
            kept += 1
        else:
            fresh.append(made)
    return added + _write(model, table.file, fresh, context, problems), kept


def _load_settings(
    table: Settings, folders: Sequence[Path], context: Context, problems: list[Problem]
) -> tuple[int, int]:
    """Add the one row of a table of settings, unless there is one."""
    made = table.model(pk=1)
    for row in files.read_settings(folders, table.file, problems):
        for name, value in (_values(table.model, row, context, problems) or {}).items():
            setattr(made, name, value)
    if table.model._default_manager.exists():
        return 0, 1
    return _write(table.model, table.file, [made], context, problems), 0


def _rows(table: Table, folders: Sequence[Path], context: Context, problems: list[Problem]) -> list[Row]:
    rows = [*(table.known() if table.known else ()), *files.read(folders, table.file, problems)]
    if table.rows is not None:
        rows = [made for row in rows for made in _expanded(table, row, context, problems)]
    return files.overlay(rows, table.key, problems)


def _expanded(table: Table, row: Row, context: Context, problems: list[Problem]) -> Iterator[Row]:
    try:
        yield from table.rows(row, context)
    except BadCell as error:
        problems.append(row.problem(str(error)))
    except KeyError as error:
        problems.append(row.problem(_("the file lacks the column %(name)s") % {"name": error.args[0]}))


def _made(
    model: type[models.Model], row: Row, context: Context, problems: list[Problem]
) -> models.Model | None:
    values = _values(model, row, context, problems)
    return None if values is None else model(**values)


def _values(model: type[models.Model], row: Row, context: Context, problems: list[Problem]) -> dict | None:
    """The row's values by attribute; nothing where a cell is bad."""
    values, good = {}, True
    for name, text in row.cells.items():
        try:
            field = model._meta.get_field(name)
            text = text.replace("{lcy}", context.lcy_code)
            values[field.attname] = value_of(field, text, references=context.references, on=context.on)
        except FieldDoesNotExist:
            problems.append(row.problem(_("there is no such column"), field=name))
            good = False
        except BadCell as error:
            problems.append(row.problem(str(error), field=name, value=text))
            good = False
    return values if good else None


def _write(
    model: type[models.Model], file: str, rows: list[models.Model], context: Context, problems: list[Problem]
) -> int:
    context.references.forget(model)
    if problems:
        return 0
    try:
        with transaction.atomic():
            model._default_manager.bulk_create(rows)
    except IntegrityError as error:
        reason = str(error).partition("\n")[0]
        problems.append(Row(f"{file}.csv", 0, {}).problem(reason))
        return 0
    return len(rows)
