"""manage.py check_ledgers: proves that the books agree with themselves."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from erp.kernel.invariants import Result, run_all


class Command(BaseCommand):
    help = "Compares the ledgers with each other and with what is derived from them; exits 1 where they disagree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "codes", nargs="*", metavar="CODE", help="only these invariants, as in I-1; default: all"
        )
        parser.add_argument(
            "--as-json", action="store_true", help="print one JSON document instead of the table"
        )
        parser.add_argument("--failures", type=int, default=20, metavar="N",
                            help="how many failing rows to name per invariant (default 20, 0 for all)")  # fmt: skip

    def handle(self, *, codes: list[str], as_json: bool, failures: int, **options) -> None:
        try:
            results = run_all(codes)
        except KeyError as error:
            raise CommandError(f"There is no invariant {error.args[0]}") from error
        if as_json:
            self.stdout.write(
                json.dumps([_as_dict(result) for result in results], indent=2, ensure_ascii=False)
            )
        else:
            self._print_table(results, failures)
        broken = [result.code for result in results if not result.holds]
        if broken:
            raise CommandError(f"{len(broken)} of {len(results)} invariants do not hold: {', '.join(broken)}")

    def _print_table(self, results: list[Result], failures: int) -> None:
        width = max((len(result.code) for result in results), default=0)
        for result in results:
            verdict = self.style.SUCCESS("ok") if result.holds else self.style.ERROR("FAILED")
            self.stdout.write(f"{result.code:<{width}}  {result.text}")
            self.stdout.write(
                f"{'':<{width}}  {result.finding.checked:,} rows compared{_totals(result)}: {verdict}"
            )
            shown = result.finding.failures[: failures or None]
            for failure in shown:
                self.stdout.write(f"{'':<{width}}    {failure}")
            if hidden := len(result.finding.failures) - len(shown):
                self.stdout.write(f"{'':<{width}}    … and {hidden:,} more")
        failed = sum(not result.holds for result in results)
        self.stdout.write(f"{len(results)} invariants, {len(results) - failed} ok, {failed} failed")


def _totals(result: Result) -> str:
    return "".join(f"; {name} {total:,}" for name, total in result.finding.totals.items())


def _as_dict(result: Result) -> dict:
    return {
        "code": result.code,
        "text": result.text,
        "ok": result.holds,
        "checked": result.finding.checked,
        "totals": {name: str(total) for name, total in result.finding.totals.items()},
        "failures": result.finding.failures,
    }
