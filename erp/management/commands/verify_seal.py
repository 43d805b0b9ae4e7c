"""manage.py verify_seal: proves that nothing was changed after it was posted."""

from argparse import ArgumentParser
from pathlib import Path
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError

from posting.seal_root import read_roots
from posting.seal_verify import verify


class Command(BaseCommand):
    help = "Hashes the rows of every register anew; exits 1 at the first that is not as it was sealed, and names it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", type=int, default=1, dest="first", metavar="N", help="begin with this register"
        )
        parser.add_argument("--to", type=int, dest="last", metavar="N", help="end with this register")
        parser.add_argument(
            "--root", type=Path, metavar="FILE", help="roots that were kept elsewhere (ledger_root)"
        )

    def handle(self, *, first: int, last: int | None, root: Path | None, **options) -> None:
        try:
            roots = list(read_roots(root.read_text().splitlines())) if root else []
        except (OSError, ValueError) as error:
            raise CommandError(f"The roots cannot be read: {error}") from error
        started = perf_counter()
        proof = verify(first=first, last=last, roots=roots)
        seconds = perf_counter() - started
        if proof.broken:
            number, faults = proof.broken
            where = "After the last register" if number is None else f"Register {number} is broken"
            raise CommandError(f"{where}: {'; '.join(faults)}")
        self.stdout.write(
            f"{proof.registers:,} registers with {proof.rows:,} rows are as they were sealed;"
            f" the last seal is {proof.seal}"
        )
        self.stdout.write(
            f"{proof.registers / seconds:,.0f} registers/s, {proof.rows / seconds:,.0f} rows/s",
            self.style.NOTICE,
        )
