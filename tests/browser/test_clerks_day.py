"""A clerk's day on the demo company: thirty interactions, done by hand and counted.

The figures go to build/clerks_day.json and, beside Business Central's and the target, to build/clerks_day.md.
"""

import json
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from erp.demo.load import load_demo
from tests.browser.clerk import STEPS, Day
from tests.browser.conftest import log_in
from tests.browser.interactions import INTERACTIONS, Cost

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BUILD = Path("build")
PATIENCE = 15_000  # milliseconds; the clerk never waits, but a busy machine may


def test_the_clerks_day(transactional_db, new_page):
    today = timezone.localdate()
    load_demo(on=today, at=timezone.now(), scale=0.1)
    expect.set_options(timeout=PATIENCE)
    desks = []
    for name in ("manager", "clerk"):
        page = new_page(
            viewport={"width": 1440, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
        )
        page.set_default_timeout(PATIENCE)
        log_in(page, name, f"{name}-demo")
        page.wait_for_url("**/")
        desks.append(page)
    day, rows, troubles = Day(*desks, on=today, at=timezone.now), [], {}
    for each in INTERACTIONS:
        day.sit_down("manager")
        try:
            STEPS[each.number](day)
        except Exception as trouble:  # the day goes on; what went wrong is said in the end
            troubles[each.number] = str(trouble)[:600]
        work = day.hand.work
        rows.append((each, Cost(work.clicks, work.keys, work.characters)))
    _write(rows, troubles)
    over = [
        f"{each.number} {each.title}: {cost} is more than {each.target}"
        for each, cost in rows
        if each.number not in troubles
        and any(here > most for here, most in zip(cost[:2], each.target[:2], strict=True))
    ]
    assert (troubles, over) == ({}, [])


def _write(rows: list, troubles: dict[int, str]) -> None:
    BUILD.mkdir(exist_ok=True)
    figures = [
        {
            "number": each.number,
            "title": each.title,
            "per_day": each.per_day,
            "clicks": cost.clicks,
            "keys": cost.keys,
            "characters": cost.characters,
            "passed": each.number not in troubles,
        }
        for each, cost in rows
    ]
    (BUILD / "clerks_day.json").write_text(json.dumps(figures, indent=1) + "\n")
    lines = [
        "| # | Interaction | per day | BC C/K/D | Target | Handel |",
        "| ---: | --- | ---: | --- | --- | --- |",
    ]
    lines += [
        f"| {each.number} | {each.title} | {each.per_day} | {each.there} | {each.target} | "
        f"{cost if each.number not in troubles else 'failed'} |"
        for each, cost in rows
    ]
    sums = [
        Cost(*(sum(each.per_day * cost[place] for each, cost in chosen) for place in range(3)))
        for chosen in (
            [(each, each.there) for each, _cost in rows],
            [(each, each.target) for each, _cost in rows],
            rows,
        )
    ]
    lines.append(f"| | **a day** | | {sums[0]} | {sums[1]} | {sums[2]} |")
    (BUILD / "clerks_day.md").write_text("\n".join(lines) + "\n")
