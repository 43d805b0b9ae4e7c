"""`make bench`: how fast Handel is, beside what PostgreSQL can do at all. Prints a table, writes build/bench.json.

Three parts: `posting` (a company of its own, see posting_company.py), `reading` (ledgers of millions of entries) and
`pages` (a company of a million orders). Without --part and --only everything is measured.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from fnmatch import fnmatch

PARTS = ("posting", "reading", "pages")


def main() -> int:
    wanted = _arguments().parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "erp.settings"
    from erp import embedded

    home = embedded.use()
    # The bench makes databases and switches triggers off, as the owner may.
    os.environ.setdefault("DATABASE_URL", home.owner_database_url())
    import django

    django.setup()
    from tests.bench import results as found
    from tests.bench.timing import table

    results = []
    for result in _measure(wanted):
        print(f"  {found.show(result)}", flush=True)
        found.keep([result])
        results.append(result)
    figures = _pages(wanted) if "pages" in _parts(wanted) else []
    tables = [found.table(results)] if results else []
    tables += [table(figures)] if figures else []
    print("", *tables, sep="\n\n")
    found.write_text(tables)
    return 0 if all(figure.is_within for figure in figures) else 1


def _arguments() -> ArgumentParser:
    parser = ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--only", default="", help="names of results, as post_10,writers_*: only these")
    parser.add_argument("--rounds", type=int, default=7, help="of each measurement")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="of the documents in each round: 0.2 for a look"
    )
    company = parser.add_argument_group("posting", "the company of the part `posting`")
    company.add_argument("--stock-items", type=int, default=200)
    company.add_argument("--buyers", type=int, default=40)
    company.add_argument("--layers", type=int, default=20, help="open deliveries of each item")
    company.add_argument("--batch", type=int, default=1000, help="orders of a batch")
    company.add_argument("--open-items", type=int, default=10_000, help="of the largest payment")
    company.add_argument("--anew", action="store_true", help="set the company up again")
    company.add_argument(
        "--as-is", action="store_true", help="take it although a migration has changed since"
    )
    reading = parser.add_argument_group("reading", "the ledgers of the part `reading`")
    reading.add_argument(
        "--entries", type=int, default=5_000_000, help="of the customer ledger; the G/L has twice as many"
    )
    pages = parser.add_argument_group("pages", "the company of the part `pages`")
    pages.add_argument("--customers", type=int, default=100_000)
    pages.add_argument("--items", type=int, default=20_000)
    pages.add_argument("--orders", type=int, default=1_000_000)
    pages.add_argument("--lines", type=int, default=2, help="of each order")
    return parser


def _parts(wanted: Namespace) -> tuple[str, ...]:
    """Named results are looked for where results have names to be chosen by."""
    return tuple(wanted.part or (("posting", "reading") if wanted.only else PARTS))


def _chosen(wanted: Namespace) -> Callable[[str], bool]:
    patterns = [pattern for pattern in wanted.only.replace(",", " ").split() if pattern]
    return lambda name: not patterns or any(fnmatch(name, pattern) for pattern in patterns)


def _measure(wanted: Namespace) -> Iterator:
    only = _chosen(wanted)
    if "posting" in _parts(wanted):
        yield from _posting(wanted, only)
    if "reading" in _parts(wanted):
        yield from _reading(wanted, only)


def _posting(wanted: Namespace, only: Callable[[str], bool]) -> Iterator:
    from tests.bench import (
        batch,
        payments,
        posting,
        posting_preview,
        posting_seal,
        posting_statements,
        writers,
    )
    from tests.bench.posting_company import Size, company

    size = Size(items=wanted.stock_items, customers=wanted.buyers, layers=wanted.layers)
    anew = True if wanted.anew else False if wanted.as_is else None
    modules = (posting, writers, batch, posting_preview, payments, posting_seal, posting_statements)
    for module in modules:
        if any(map(only, module.NAMES)):
            with company(size, anew=anew):
                yield from module.measure(wanted, only)
            anew = False


def _reading(wanted: Namespace, only: Callable[[str], bool]) -> Iterator:
    from tests.bench import reading

    if any(map(only, reading.NAMES)):
        yield from reading.measure(wanted, only)


def _pages(wanted: Namespace) -> list:
    from tests.bench.company_pages import measure_pages

    return measure_pages(wanted)


if __name__ == "__main__":
    sys.exit(main())
