"""A long run beside a model: python -m tests.soak [--minutes 10] [--seed N] [--workers 4] [--faults kill,terminate].

Many workers do business in one company, things go wrong on purpose, and after every step everything is compared with a
model in memory. A difference is told with the seed and the step, and ends the run with exit code 1.
"""

import argparse
import os
import random
import signal
import sys
import time

from tests.soak import database


def main() -> int:
    asked = _asked()
    signal.signal(signal.SIGTERM, lambda *_anything: sys.exit(130))
    print(f"seed {asked.seed}, {asked.workers} workers, {asked.minutes:g} minutes", flush=True)
    with database.own_database(template=asked.template) as own:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        import django

        django.setup()
        from tests.soak.run import run

        return run(own, asked)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument(
        "--faults", default="all", help="all, none, or some of timeout,serialization,kill,terminate,restart"
    )
    parser.add_argument("--laws-every", type=int, default=50, help="steps between two checks of all laws")
    parser.add_argument("--template", default="", help="a database with all migrations, copied to begin with")
    return parser.parse_args()


if __name__ == "__main__":
    began = time.monotonic()
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    print(f"{time.monotonic() - began:.0f} seconds", flush=True)
    sys.exit(code)
