"""The set-up in every test at the price of a few milliseconds: loaded once by the loader, then copied."""

from io import BytesIO

from django.db import connection, models, transaction

from erp.kernel.models import NumberSeries
from erp.setup_data.load import load_setup
from erp.setup_data.tables import TABLES
from posting.models import GeneralLedgerSetup
from tests.world.calendar import SET_UP_ON


class _Undo(Exception):
    pass


_copied: list[tuple[type[models.Model], bytes]] = []


def put_setup() -> None:
    """Give the database the neutral set-up, unless it has one."""
    if GeneralLedgerSetup.objects.exists():
        return
    if not _copied:
        _copied.extend(_take_copy())
    with transaction.atomic(), connection.cursor() as cursor:
        for model, rows in _copied:
            cursor.copy_expert(f"COPY {model._meta.db_table} FROM STDIN", BytesIO(rows))


def _take_copy() -> list[tuple[type[models.Model], bytes]]:
    """What the loader writes, without leaving it there. Roles are given to users who ask for one, see `World.user`."""
    copied = []
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            load_setup(on=SET_UP_ON)
            for model in dict.fromkeys(table.model for table in TABLES):
                rows = BytesIO()
                cursor.copy_expert(f"COPY {model._meta.db_table} TO STDOUT", rows)
                if rows.tell():
                    copied.append((model, rows.getvalue()))
            raise _Undo
    except _Undo:
        pass
    assert any(model is NumberSeries for model, _rows in copied)
    return copied
