import gc
import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from erp.demo.load import load_demo
from erp.kernel.errors import ErpError
from erp.management.unmigrated import tables_expected

GARBAGE = (
    100_000  # a year makes short-lived objects without cycles; looking for some costs a tenth of the time
)


class Command(BaseCommand):
    help = (
        "Load the demo company: a trading company with customers, items and a year of business up to today."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale",
            type=float,
            default=1,
            metavar="SHARE",
            help="how much of its business, 0.05 to 2; default 1",
        )

    def handle(self, *, scale: float, **options):
        if not 0.05 <= scale <= 2:
            raise CommandError(f"--scale lies between 0.05 and 2, not {scale}.")
        start, self.months = time.monotonic(), 0
        usual = gc.get_threshold()
        gc.set_threshold(GARBAGE)
        try:
            with tables_expected():
                loaded = load_demo(on=timezone.localdate(), at=timezone.now(), scale=scale, tell=self.tell)
        except KeyboardInterrupt:
            raise CommandError("Stopped: nothing of the demo company was loaded.") from None
        except ErpError as error:
            raise CommandError(error.message) from None
        finally:
            gc.set_threshold(*usual)
        seconds = time.monotonic() - start
        self.progress("")
        self.stdout.write(
            f"Demo company loaded in {seconds:.0f} s: {loaded.setup.rows} rows of set-up and masters,"
        )
        self.stdout.write("  " + ", ".join(f"{count} {kind}" for kind, count in loaded.done.items()) + ".")

    def tell(self, day) -> None:
        """One line that grows to the right on a terminal; a line for each month elsewhere."""
        self.months += 1
        self.progress(f"  {'■' * self.months}{'·' * (13 - self.months)}  {day:%B %Y}")

    def progress(self, text: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r\x1b[K{text}", ending="")
            self.stdout.flush()
        elif text:
            self.stdout.write(text)
