"""What tests of the seals share: the stand-alone script, and the hands of somebody who owns the database."""

from collections.abc import Sequence
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import connection

from posting.seal_export import export_ledgers

SCRIPT = Path(settings.BASE_DIR) / "bin" / "verify-seal"


def script() -> ModuleType:
    """bin/verify-seal, to be called without a process of its own."""
    loader = SourceFileLoader("verify_seal_script", str(SCRIPT))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def sealed() -> None:
    """Seal what this transaction has posted, as its commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def without_triggers():
    """A cursor for which no trigger fires, as a superuser can have it."""
    sealed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        (role,) = cursor.fetchone()
        cursor.execute("RESET ROLE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("SELECT set_config('role', %s, false)", [role])


def proofs(folder: Path, roots: Sequence[str] = ()) -> dict[str, str]:
    """What the stand-alone script says of this database, and of an export of it."""
    tool, said = script(), {}
    read = [(root.split()[0], int(root.split()[1]), root.split()[2]) for root in roots]
    with connection.cursor():
        tool.prove(tool.Database(connection.connection), read, lambda text: said.update(database=text))
    export_ledgers(folder)
    tool.prove(tool.Export(folder), read, lambda text: said.update(export=text))
    return said
