"""First half of an import: read every row, check every value, write nothing."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from django.utils.translation import gettext as _

from integration.imports.errors import BadValue, Errors
from integration.imports.files import Row, Table
from integration.imports.formats import Found, as_date, as_text
from integration.imports.profile import LineGroup, Section, Step
from integration.imports.protocols import Condition, Expression
from integration.imports.sources import Sources
from integration.imports.targets.known import Known
from integration.imports.targets.target import Field, LineRecord, Record, StepRecord

LONGEST_KEY = 100


def report_missing(sections: Iterable[Section], tables: Mapping[str, Table], errors: Errors) -> None:
    """Columns that the profile reads and a file lacks: one error each, not one per row."""
    reported = set()
    for section in sections:
        for file, columns in section.columns.items():
            table = tables[file]
            for column, place in columns.items():
                if table.columns and column not in table.columns and (file, column) not in reported:
                    reported.add((file, column))
                    reason = _(
                        "the file has no such column; the profile wants it at {place}. It has: {columns}"
                    )
                    reason = reason.format(place=place, columns=", ".join(table.columns))
                    errors.add(table.error(reason, row=table.spec.header, column=column))


class Collector:
    """Makes records of rows; what is wrong goes to `errors`."""

    def __init__(self, sources: Sources, known: Known, errors: Errors):
        self.sources, self.known, self.errors = sources, known, errors

    def section(self, section: Section) -> list[Record]:
        records, seen = [], {}
        self._promise(section)
        first_of = set()
        for row in self.sources.rows(section.file):
            if section.once and self._holds(section.where, row):
                key = self._plain_key(section, row)
                if key in first_of:
                    continue
                first_of.add(key)
            record = self._record(section, row)
            if record is None:
                continue
            if record.key in seen:
                reason = _("this is in row {row} already").format(row=seen[record.key])
                self.errors.add(row.error(reason, column=self._key_column(section, row), value=record.key))
            seen.setdefault(record.key, row.number)
            records.append(record)
        return records

    def _promise(self, section: Section) -> None:
        """What the section adds may be named by its own rows and by later sections; also what is wrong in other ways:
        one complaint about it is enough."""
        if section.target.makes is None:
            return
        code = section.fields[section.target.key[0]]
        for row in self.sources.rows(section.file):
            with suppress(BadValue):
                self.known.promise(section.target.makes, as_text(code.of(row, self.sources).value))

    def _record(self, section: Section, row: Row) -> Record | None:
        if not self._holds(section.where, row):
            return None
        before = self.errors.count
        values = self._values(section.fields, section.target.fields, row)
        lines = [line for group in section.lines for line in self._lines(group, section, row)]
        steps = [made for step in section.steps if (made := self._step(step, row))]
        key = self._key(section, row, values, is_clean=self.errors.count == before)
        if self.errors.count > before:
            return None
        record = Record(row, key, values, tuple(lines), tuple(steps))
        if section.target.check and (reason := section.target.check(record)):
            self.errors.add(row.error(reason, value=key))
            return None
        return record

    def _values(self, expressions: dict[str, Expression], fields: dict[str, Field], row: Row) -> dict:
        values = {}
        for name, expression in expressions.items():
            try:
                found = expression.of(row, self.sources)
                value = fields[name].read(found)
                if value is not None:
                    self._check_reference(fields[name], found, value)
                    values[name] = value
            except BadValue as error:
                self._refuse(row, error, name)
        return values

    def _check_reference(self, field: Field, found: Found, value: str) -> None:
        if field.names is not None and not self.known.has(field.names, value):
            what = field.names._meta.verbose_name
            raise found._replace(value=value).refuse(_("there is no {what} of this name").format(what=what))

    def _lines(self, group: LineGroup, section: Section, row: Row) -> Iterable[LineRecord]:
        rows: Sequence[Row] = (row,)
        if group.match is not None:
            try:
                rows = group.match.rows(row, self.sources)
            except BadValue as error:
                self._refuse(row, error, "lines")
                return
        for other in rows:
            if self._holds(group.where, other):
                values = self._values(group.fields, section.target.line_fields, other)
                self._check_line(group, section, other, values)
                yield LineRecord(other, values)

    def _check_line(self, group: LineGroup, section: Section, row: Row, values: dict) -> None:
        """The number on a line names an item or an account: that depends on the line."""
        model = section.target.line_names(values) if section.target.line_names else None
        if model is not None and "number" in values:
            try:
                found = group.fields["number"].of(row, self.sources)
                self._check_reference(Field("number", names=model), found, values["number"])
            except BadValue as error:
                self._refuse(row, error, "number")

    def _step(self, step: Step, row: Row) -> StepRecord | None:
        if not self._holds(step.where, row):
            return None
        try:
            found = step.on.of(row, self.sources) if step.on else None
            on = as_date(found) if found else None
            if found and on is None:
                raise found.refuse(_("a date must stand here to {verb} on").format(verb=step.verb))
        except BadValue as error:
            self._refuse(row, error, step.verb)
            return None
        return StepRecord(step.verb, on)

    def _key(self, section: Section, row: Row, values: dict, *, is_clean: bool) -> str:
        if section.key is None:
            parts = [as_text(values.get(name)) for name in section.target.key if name in section.fields]
            if not parts[0] and is_clean:
                self._refuse(row, BadValue(_("the key must be filled in")), section.target.key[0])
            return " / ".join(parts)
        try:
            found = section.key.of(row, self.sources)
            key = as_text(found.value)
            if not key:
                raise found.refuse(_("the key must be filled in"))
            if len(key) > LONGEST_KEY:
                raise found.refuse(_("is longer than {size} characters").format(size=LONGEST_KEY))
        except BadValue as error:
            self._refuse(row, error, "key")
            return ""
        return key

    def _plain_key(self, section: Section, row: Row) -> tuple[str, ...]:
        """The key as the file has it, before anything is checked; a key that cannot be read is like no other."""
        parts = [section.key] if section.key else [section.fields.get(name) for name in section.target.key]
        try:
            return tuple(as_text(part.of(row, self.sources).value) for part in parts if part)
        except BadValue:
            return (str(row.number), "", "", "")

    def _key_column(self, section: Section, row: Row) -> str:
        parts = [section.key] if section.key else [section.fields.get(name) for name in section.target.key]
        columns = [part.of(row, self.sources).column for part in parts if part]
        return " + ".join(filter(None, columns)) or "key"

    def _holds(self, condition: Condition | None, row: Row) -> bool:
        if condition is None:
            return True
        try:
            return condition.holds(row, self.sources)
        except BadValue as error:
            self._refuse(row, error, "where")
            return False

    def _refuse(self, row: Row, error: BadValue, place: str) -> None:
        value = as_text(error.value) if not isinstance(error.value, str) else error.value
        self.errors.add(row.error(error.reason, column=error.column or place, value=value))
