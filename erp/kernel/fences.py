"""Fences in the database, as migration operations.

    operations = [..., AppendOnly("posting_glentry"), LogChanges("posting_glaccount", key="number")]

Both want a dependency on ("kernel", "0001_initial"), where the functions behind them are created.
"""

from collections.abc import Sequence

from django.db import router
from django.db.migrations.operations.base import Operation, OperationCategory


class _TableTrigger(Operation):
    """Puts one trigger on one table, and takes it off again."""

    reversible = True
    reduces_to_sql = True
    category = OperationCategory.SQL
    suffix = ""

    def __init__(self, table: str):
        self.table = table

    def state_forwards(self, app_label, state):
        """The models know nothing of it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if self.allow(schema_editor, app_label):
            for statement in self.statements(schema_editor.quote_name, schema_editor.quote_value):
                schema_editor.execute(statement)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if self.allow(schema_editor, app_label):
            quote = schema_editor.quote_name
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {quote(self.trigger)} ON {quote(self.table)}")

    def allow(self, schema_editor, app_label) -> bool:
        return router.allow_migrate(schema_editor.connection.alias, app_label)

    @property
    def trigger(self) -> str:
        return f"{self.table[:48]}_{self.suffix}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_{self.suffix}"


class AppendOnly(_TableTrigger):
    """Refuses UPDATE, DELETE and TRUNCATE of a table to every role, the owner and superusers included."""

    suffix = "append_only"

    def statements(self, quote_name, quote_value) -> list[str]:
        return [
            f"CREATE TRIGGER {quote_name(self.trigger)} BEFORE UPDATE OR DELETE OR TRUNCATE"
            f" ON {quote_name(self.table)} FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change()"
        ]

    def deconstruct(self):
        return type(self).__name__, [self.table], {}

    def describe(self) -> str:
        return f"Rows of {self.table} stay as they were inserted"


class LogChanges(_TableTrigger):
    """Writes every change of a table's rows to the change log, bulk changes included.

    key     the column, or columns, that name a record to people
    ignore  columns that are not worth a row; secrets (password, token …) are never logged anyway
    """

    suffix = "log_changes"

    def __init__(self, table: str, *, key: str | Sequence[str] = "code", ignore: Sequence[str] = ()):
        super().__init__(table)
        self.key = key
        self.ignore = tuple(ignore)

    def statements(self, quote_name, quote_value) -> list[str]:
        keys = self.key if isinstance(self.key, str) else ",".join(self.key)
        arguments = ", ".join(quote_value(argument) for argument in (keys, ",".join(self.ignore)))
        return [
            f"CREATE TRIGGER {quote_name(self.trigger)} AFTER INSERT OR UPDATE OR DELETE"
            f" ON {quote_name(self.table)} FOR EACH ROW EXECUTE FUNCTION kernel_log_change({arguments})"
        ]

    def deconstruct(self):
        return type(self).__name__, [self.table], {"key": self.key, "ignore": self.ignore}

    def describe(self) -> str:
        return f"Changes of {self.table} show in the change log"


class StampChanges(_TableTrigger):
    """Lets the database note when a row was changed last, for models that are `Stamped`.

    Wants a dependency on ("kernel", "0004_stamped").
    """

    suffix = "stamp"

    def statements(self, quote_name, quote_value) -> list[str]:
        return [
            f"CREATE TRIGGER {quote_name(self.trigger)} BEFORE UPDATE ON {quote_name(self.table)}"
            " FOR EACH ROW EXECUTE FUNCTION kernel_stamp()"
        ]

    def deconstruct(self):
        return type(self).__name__, [self.table], {}

    def describe(self) -> str:
        return f"Rows of {self.table} know when they were changed last"


class SetupTable(_TableTrigger):
    """Lets every change of a table count as a change of set-up, see `erp.kernel.setup_stamp`.

    Wants a dependency on ("kernel", "0008_setup_stamps").
    """

    suffix = "setup"

    def statements(self, quote_name, quote_value) -> list[str]:
        return [
            f"CREATE TRIGGER {quote_name(self.trigger)} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
            f" ON {quote_name(self.table)} FOR EACH STATEMENT EXECUTE FUNCTION kernel_setup_changed()"
        ]

    def deconstruct(self):
        return type(self).__name__, [self.table], {}

    def describe(self) -> str:
        return f"Changes of {self.table} are changes of set-up"
