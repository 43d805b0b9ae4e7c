"""The pages of a large company: how long clerks wait, beside what was promised."""

import time
from argparse import Namespace

from django.core.management import call_command
from django.utils import timezone

from erp.kernel.models import Preference, User
from tests.bench.browser import measure_browser
from tests.bench.company import fill
from tests.bench.pages import Size, measure
from tests.bench.server import Client, serving
from tests.bench.timing import Figure, keep

FACTS = ("customers", "items", "orders", "lines")


def measure_pages(wanted: Namespace) -> list[Figure]:
    """Fill a company of the wanted size where there is none yet, and ask for its pages."""
    facts = _company(wanted)
    size, figures = Size(facts["customers"], facts["items"], facts["orders"]), []
    with serving() as port:
        client = Client(port, "manager", "manager-demo")
        for figure in measure(client, size):
            print(f"  {figure.title}: {figure.value:,.0f} ms", flush=True)
            figures.append(figure)
        figures += measure_browser(port, size)
    keep(figures, facts)
    return figures


def _company(wanted: Namespace) -> dict:
    """The company that is measured; it is kept for the next time, unless another size is asked for."""
    call_command("migrate", verbosity=0, interactive=False)
    facts = {name: getattr(wanted, name) for name in FACTS}
    kept = Preference.objects.filter(key="bench.company").values_list("value", flat=True).first()
    if kept is not None:
        if {name: kept[name] for name in facts} != facts:
            raise SystemExit(f"There is a company of another size, {kept}: remove its data folder first.")
        return kept
    begun = time.monotonic()
    print("Filling the company …", flush=True)
    fill(
        **facts,
        on=timezone.localdate(),
        at=timezone.now(),
        tell=lambda words: print(f"  {words}", flush=True),
    )
    facts |= {"filled_in_seconds": round(time.monotonic() - begun)}
    Preference.objects.create(user=User.objects.get(username="manager"), key="bench.company", value=facts)
    return facts
