"""Queries that are put together once and run often.

    LOCKED = Compiled(lambda: Customer.objects.select_for_update().filter(pk=Given("key")))
    customer = LOCKED.first(key=7)

For a query of eighty columns Django takes longer to write the SQL than the database to answer it. Here the SQL is kept,
by the server too (`erp/kernel/prepared.py`), each run fills in its values, and the rows become what they always become:
instances with their relations, or tuples. For hot paths whose shape never changes; whatever is put together differently
each time stays an ordinary query.
"""

from collections.abc import Callable, Sequence
from copy import copy
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import Expression, F, Func
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from erp.kernel.prepared import Statement


class Given(Expression):
    """Stands for a value of each run, in a filter: `pk=Given("key")`."""

    def __init__(self, name: str, output_field: models.Field | None = None):
        super().__init__(output_field=output_field or models.BigIntegerField())
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", (self,)

    def of(self, given: dict[str, Any]) -> Any:
        """The value of a run."""
        return given[self.name]


class Among(Func):
    """The condition that a column is one of the whole numbers of a run: `filter(Among("item", "ids"))`."""

    def __init__(self, column: str, name: str):
        super().__init__(F(column), output_field=models.BooleanField())
        self.name = name

    def as_sql(self, compiler, connection):
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s::bigint[])", (*params, self)

    def of(self, given: dict[str, Any]) -> str:
        """The numbers of a run, as an array is written."""
        return f"{{{','.join(str(int(id)) for id in given[self.name])}}}"


class _Prepared(NamedTuple):
    compiler: SQLCompiler
    statement: Statement
    given: list[Given | Among]
    converters: dict
    make: Callable[[Sequence], Any]


class _Instances:
    """Makes rows into what `Model.from_db` and `select_related` would make of them, columns looked up once for all.

    No signals are sent, and columns that were not asked for are deferred as ever.
    """

    def __init__(self, info: dict[str, Any], select: Sequence[tuple], alias: str):
        places = info["select_fields"]
        self._model, self._alias = info["model"], alias
        self._columns = slice(places[0], places[-1] + 1)
        self._names = [column.target.attname for column, *_rest in select[self._columns]]
        self._key = places[0] + self._names.index(self._model._meta.pk.attname)
        self._related = [
            (_Instances(other, select, alias), other["local_setter"], other["remote_setter"])
            for other in info.get("related_klass_infos", ())
        ]

    def make(self, row: Sequence) -> models.Model | None:
        """None for a relation that leads nowhere."""
        if row[self._key] is None:
            return None
        made = self._model.__new__(self._model)
        made._state = state = ModelState()
        state.adding, state.db = False, self._alias
        made.__dict__.update(zip(self._names, row[self._columns], strict=True))
        for related, set_here, set_there in self._related:
            found = related.make(row)
            set_here(made, found)
            if found is not None:
                set_there(found, made)
        return made


class Compiled:
    """A query, by the function that builds it; its `Given` and `Among` are the keywords of a run."""

    def __init__(self, build: Callable[[], models.QuerySet]):
        self._build = build
        self._queryset: models.QuerySet | None = None
        self._prepared: dict[str, _Prepared] = {}

    def rows(self, **given: Any) -> list:
        """What the queryset would give: instances, or tuples of a values_list.

        raises  TransactionManagementError where rows are to be locked outside a transaction; KeyError for a value that
                was not given
        """
        if self._queryset is None:
            self._queryset = self._build()
        alias = self._queryset.db
        connection = connections[alias]
        prepared = self._prepared.get(alias)
        if prepared is None:
            prepared = self._prepared[alias] = _prepare(self._queryset, alias)
        if prepared.compiler.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked within a transaction")
        values = [value.of(given) for value in prepared.given]
        with connection.cursor() as cursor:
            prepared.statement.execute(cursor, values)
            found = cursor.fetchall()
        if prepared.converters:
            compiler = copy(prepared.compiler)
            compiler.connection = connection  # this thread's
            found = compiler.apply_converters(found, prepared.converters)
        return list(map(prepared.make, found))

    def first(self, **given: Any) -> Any:
        """The first of the rows, None without one."""
        return next(iter(self.rows(**given)), None)


def _prepare(queryset: models.QuerySet, alias: str) -> _Prepared:
    compiler = queryset.query.get_compiler(alias)
    sql, params = compiler.as_sql()
    columns = [column for column, *_rest in compiler.select[: compiler.col_count]]
    make = _maker(queryset, compiler, alias)
    given = [value for value in params if isinstance(value, (Given, Among))]
    fixed = {place: value for place, value in enumerate(params) if not isinstance(value, (Given, Among))}
    statement = Statement(sql, fixed=fixed)
    return _Prepared(compiler, statement, given, compiler.get_converters(columns), make)


def _maker(queryset: models.QuerySet, compiler: SQLCompiler, alias: str) -> Callable[[Sequence], Any]:
    """What makes a row of the database into one of the queryset."""
    if queryset._iterable_class is FlatValuesListIterable:
        return itemgetter(0)
    if queryset._iterable_class is ValuesListIterable:
        return tuple
    if queryset._iterable_class is not ModelIterable:
        raise TypeError("A compiled query gives instances or tuples")
    make = _Instances(compiler.klass_info, compiler.select, alias).make
    annotations = compiler.annotation_col_map
    if not annotations:
        return make

    def annotated(row: Sequence) -> models.Model:
        made = make(row)
        for name, place in annotations.items():
            setattr(made, name, row[place])
        return made

    return annotated
