"""From an empty database to the last check: the run itself, once Django is there."""

import argparse
import time
from contextlib import ExitStack

from django.core.management import get_commands
from django.db import connection, connections

from erp.kernel.models import User
from erp.setup_data.load import load_setup
from tests.soak import faults
from tests.soak.crew import Crew, Stuck
from tests.soak.database import Own
from tests.soak.house import set_up
from tests.soak.model.company import begin
from tests.soak.simulator import Difference, Simulator
from tests.soak.worker import LOG
from tests.support.smtp import mail_server
from tests.world.calendar import SET_UP_ON

WHO = "soak"


def run(own: Own, asked: argparse.Namespace) -> int:
    """Simulate for the time that was asked for; returns the exit code."""
    load_setup(on=SET_UP_ON)
    by = User.objects.create_superuser(username=WHO, password=WHO)
    with ExitStack() as stack:
        post = stack.enter_context(mail_server())
        simulator = stack.enter_context(
            Simulation(
                by,
                asked.workers,
                own.url,
                post,
                seed=asked.seed,
                wanted=_faults(asked.faults),
                restart=own.restart,
            )
        )
        try:
            _simulate(simulator, asked)
            code = 0
        except (Difference, Stuck) as difference:
            print(f"\nDIFFERENCE: {difference}", flush=True)
            code = 1
        print(_summary(simulator), flush=True)
    connections.close_all()
    return code


class Simulation:
    """The crew and the model, ready for their first step; the crew is sent home in the end."""

    def __init__(self, by, workers: int, url: str, post, **given):
        self.by, self.workers, self.url, self.post, self.given = by, workers, url, post, given

    def __enter__(self) -> Simulator:
        set_up(self.by)
        with connection.cursor() as cursor:
            cursor.execute(LOG)
        connections.close_all()
        environment = {"DATABASE_URL": self.url, "EMAIL_URL": f"smtp://127.0.0.1:{self.post.port}"}
        self.crew = Crew(self.workers, self.by.get_username(), environment)
        return Simulator(self.crew, begin(), post=self.post, **self.given)

    def __exit__(self, *_anything) -> None:
        self.crew.close()


def _simulate(simulator: Simulator, asked: argparse.Namespace) -> None:
    until = time.monotonic() + asked.minutes * 60
    told = time.monotonic()
    simulator.open()
    while time.monotonic() < until:
        simulator.run_step()
        if simulator.step % asked.laws_every == 0:
            check(simulator)
        if time.monotonic() - told > 15:
            told = time.monotonic()
            print(_summary(simulator), flush=True)
    check(simulator)


def check(simulator: Simulator) -> None:
    """The laws, the seal where there is one, and the mails."""
    simulator.check_laws()
    if "verify_seal" in get_commands():
        simulator.check_seal()
    simulator.check_mails()


def _faults(text: str) -> tuple[str, ...]:
    return {"all": faults.ALL, "none": ()}.get(text) or tuple(filter(None, text.split(",")))


def _summary(simulator: Simulator) -> str:
    counts = ", ".join(f"{count} {what}" for what, count in sorted(simulator.counts.items()))
    return f"seed {simulator.seed}, step {simulator.step}: {counts}"
