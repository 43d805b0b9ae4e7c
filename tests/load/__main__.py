"""`make load`: the demo company in a database of its own, fifty clients for a minute; a table and build/load.json.

Ends with 1 when a request failed, or when the ledgers do not add up afterwards.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

RESULTS = Path("build/load.json")
LOCUSTFILE = Path(__file__).parent / "locustfile.py"
SOLD = "ship and invoice"


def main() -> int:
    parser = ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--workers", type=int, default=4, help="of the web server, with four threads each")
    wanted = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "erp.settings"
    from erp import embedded

    embedded.use()
    import django

    django.setup()
    from django.core.management import CommandError, call_command
    from django.utils import timezone

    from tests.bench.server import serving
    from tests.load.company import prepare

    plan = prepare(users=wanted.users, on=timezone.localdate(), at=timezone.now())
    before = _invoices()
    with serving(workers=wanted.workers) as port:
        warm(wanted.workers, plan["tokens"][0], port)
        found = run(wanted, plan, port)
    found["invoices"] = _invoices() - before
    keep(wanted, found)
    print(f"\n{table(found)}\n")
    for error in found["errors"]:
        print(f"  {error['times']} × {error['request']}: {error['said']}")
    said = io.StringIO()
    try:
        call_command("check_ledgers", stdout=said)  # whatever fifty did at once
    except CommandError as error:
        print(said.getvalue(), error, sep="\n")
        return 1
    print(said.getvalue().splitlines()[-1])
    return 0 if is_well(found) else 1


def warm(workers: int, token: str, port: int) -> None:
    """Let every process of the web server answer, so that none of them starts while we measure."""
    address = f"http://127.0.0.1:{port}/api/v2.0/companies"

    def ask(_place: int) -> None:
        urlopen(Request(address, headers={"Authorization": f"Bearer {token}"}), timeout=120).read()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(ask, range(workers * 20)))


def run(wanted: Namespace, plan: dict, port: int) -> dict:
    """What the clients found, in a process of their own, which knows nothing of Handel."""
    with tempfile.TemporaryDirectory() as folder:
        told, result = Path(folder, "plan.json"), Path(folder, "result.json")
        told.touch(mode=0o600)
        told.write_text(json.dumps(plan))
        command = [
            sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--skip-log-setup",
            "--host", f"http://127.0.0.1:{port}", "--users", str(wanted.users), "--spawn-rate", str(wanted.users / 5),
            "--run-time", f"{wanted.seconds}s", "--stop-timeout", "70", "--exit-code-on-error", "0",
        ]  # fmt: skip
        environment = os.environ | {"LOAD_PLAN": str(told), "LOAD_RESULT": str(result)}
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        return json.loads(result.read_text())


def is_well(found: dict) -> bool:
    """Nothing failed, and as many invoices were posted as clients were told of."""
    sold = next((each for each in found["requests"] if each["name"] == SOLD), None)
    return sold is not None and not found["all"]["failures"] and found["invoices"] == sold["requests"]


def keep(wanted: Namespace, found: dict) -> None:
    """Write build/load.json."""
    RESULTS.parent.mkdir(exist_ok=True)
    facts = {"users": wanted.users, "seconds": wanted.seconds, "workers": wanted.workers, "unit": "ms"}
    RESULTS.write_text(json.dumps(facts | found, indent=1, sort_keys=True) + "\n")


def table(found: dict) -> str:
    """The figures for people."""
    columns = ("requests", "failures", "per_second", "median", "p95", "p99", "max")
    rows = [("", "requests", "failures", "per second", "median ms", "P95 ms", "P99 ms", "longest ms")]
    each_and_all = [*sorted(found["requests"], key=lambda each: each["name"]), found["all"] | {"name": "all"}]
    rows += [(each["name"], *(_number(column, each[column]) for column in columns)) for each in each_and_all]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _number(column: str, value: float) -> str:
    return f"{value:,.1f}" if column == "per_second" else f"{value:,.0f}"


def _invoices() -> int:
    from sales.models import SalesInvoice

    return SalesInvoice.objects.count()


if __name__ == "__main__":
    sys.exit(main())
