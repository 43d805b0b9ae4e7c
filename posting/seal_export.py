"""The sealed ledgers as text files that `bin/verify-seal` proves without a database."""

import json
from pathlib import Path

from django.db import connection

from posting.seal_layout import Ledger, layout, snapshot

SEAL_COLUMNS = ("register_no", "version", "rows", "previous", "seal", "contents")


def export_ledgers(folder: Path) -> dict[str, int]:
    """Write every sealed table in the order of the registers, as COPY prints it, and a manifest; streamed.

    One snapshot, whatever is posted meanwhile.

    returns  rows by table
    raises   FileExistsError for a folder that has something in it
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    with snapshot(), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT version FROM posting_seal_layout ORDER BY 1")
        layouts = {version: layout(version) for (version,) in cursor.fetchall()}
        files, counts = {}, {}
        for ledger in _widest(layouts):
            counts[ledger.table] = _copy(cursor, folder, ledger.table, _query(ledger))
            files[ledger.table] = list(ledger.columns)
        seals = f"SELECT {', '.join(SEAL_COLUMNS)} FROM posting_seal ORDER BY register_no"
        counts["posting_seal"] = _copy(cursor, folder, "posting_seal", seals)
        files["posting_seal"] = list(SEAL_COLUMNS)
    manifest = {
        "form": "handel ledgers",
        "layouts": {
            version: [ledger._asdict() for ledger in ledgers] for version, ledgers in layouts.items()
        },
        "columns": files,
        "rows": counts,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    return counts


def _widest(layouts: dict[int, list[Ledger]]) -> list[Ledger]:
    """Every table once, with the columns of its newest version and whatever only older ones had."""
    found: dict[str, Ledger] = {}
    for _version, ledgers in sorted(layouts.items(), reverse=True):
        for ledger in ledgers:
            newer = found.get(ledger.table, ledger)
            more = [name for name in ledger.columns if name not in newer.columns]
            found[ledger.table] = newer._replace(columns=(*newer.columns, *more))
    return list(found.values())


def _query(ledger: Ledger) -> str:
    columns = ", ".join(f'e."{name}"' for name in ledger.columns)
    join, order = "", f"e.{ledger.key}"
    if ledger.parent:
        join = f" LEFT JOIN {ledger.parent} p ON p.id = e.document_id"
        own = f"e.{ledger.register}, " if ledger.register else ""
        order = f"coalesce({own}p.register_no) NULLS LAST, {order}"
    elif ledger.register:
        order = f"e.{ledger.register}, {order}"
    return f"SELECT {columns} FROM {ledger.table} e{join} ORDER BY {order}"


def _copy(cursor, folder: Path, table: str, query: str) -> int:
    with (folder / f"{table}.copy").open("wb") as file:
        cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT (ENCODING 'UTF8')", file)
    return cursor.cursor.rowcount
