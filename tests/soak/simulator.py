"""Steps of a long run: several things at once, something goes wrong, and then everything is compared with the model."""

import json
import random
from collections import Counter
from collections.abc import Callable
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection, connections

from erp.kernel.invariants import run_all
from tests.soak import faults
from tests.soak.choosing import ALONE, Chooser
from tests.soak.crew import Crew
from tests.soak.model import Company, Op, Unexpected
from tests.soak.photo import differences, photograph

WAITING = ("queued", "sending", "unsure", "failed")  # has not left, or nobody can know
BUSY = (
    "terminating connection",
    "server closed",
    "connection",
    "SSL",
    "the database system",
    "could not receive",
)
# A timeout that ends between two statements of one message is told by PostgreSQL as somebody's request.
EXPECTED_TO_LOSE = (*BUSY, "canceling statement", "injected", "the worker is gone")


class Difference(AssertionError):
    """The database is not what the model says, or a law is broken. Its text says where, and how to see it again."""


class Simulator:
    """One run.

    crew     the workers
    company  the model
    seed     of every decision: what is done, what goes wrong
    wanted   names of faults
    post     the mail server, which counts
    restart  puts the database down and up again, where that is possible
    """

    def __init__(
        self,
        crew: Crew,
        company: Company,
        *,
        seed: int,
        post=None,
        wanted: tuple[str, ...] = faults.ALL,
        restart: Callable[[], None] | None = None,
    ):
        self.crew, self.company, self.seed, self.post, self.restart = crew, company, seed, post, restart
        self.wanted = tuple(name for name in wanted if name != "restart" or restart)
        self.chooser = Chooser(random.Random(f"{seed} choices"), company)
        self.counts: Counter[str] = Counter()
        self.recent: list[str] = []
        self.step = self.orders = self.seen = 0

    # A step ---------------------------------------------------------------------------------------------------------
    def open(self) -> None:
        """The first day: goods come in."""
        for op in self.chooser.opening():
            self.carry_out([self.order(op)])

    def run_step(self) -> None:
        """Some operations at once, mostly on what others are at too; then compare."""
        self.step += 1
        dice = random.Random(f"{self.seed} step {self.step}")
        if dice.random() < 0.15:
            self.chooser.next_day()
        ops = [self.chooser.choose() for _place in range(dice.randint(1, len(self.crew.workers) + 2))]
        alone = [op for op in ops if op.name in ALONE]
        orders = [self.order(op, dice) for op in alone[:1] or ops]
        if not alone:
            orders += self._more(orders, dice)
            dice.shuffle(orders)
        self.carry_out(orders, dice)

    def _more(self, orders: list[dict], dice: random.Random) -> list[dict]:
        """Double clicks, rivals on the same document, previews, and the relay of mails."""
        more = []
        for order in orders:
            op = Op(*order["op"])
            if op.given.get("key") and dice.random() < 0.2:
                more.append(self.order(op))
                self.counts["double clicks"] += 1
            if dice.random() < 0.1:
                more.append(self.order(op) | {"kind": "preview"})
            if "ref" in op.given and op.given["ref"] in self.company.papers and dice.random() < 0.15:
                more.append(self.order(self.chooser.post_too(op.given["ref"])))
        if self.company.mails and dice.random() < 0.4:
            more.append({"no": self._next_no(), "kind": "relay", "op": ["relay", {}]})
        return more

    def order(self, op: Op, dice: random.Random | None = None) -> dict[str, Any]:
        fault = faults.draw_inside(dice, self.wanted) if dice else ""
        return {"no": self._next_no(), "kind": "do", "op": list(op), "fault": fault}

    def _next_no(self) -> int:
        self.orders += 1
        return self.orders

    # What came of it ------------------------------------------------------------------------------------------------
    def carry_out(self, orders: list[dict], dice: random.Random | None = None) -> None:
        outside = faults.draw_outside(dice, self.wanted) if dice else None
        disturb = (outside[1], lambda crew: self._disturb(crew, outside[0], dice)) if outside else None
        answers = self.crew.run(orders, disturb)
        try:
            self._understand({order["no"]: order for order in orders}, answers)
            self._compare()
        finally:
            connections.close_all()

    def _disturb(self, crew: Crew, fault: str, dice: random.Random) -> None:
        self.counts[fault] += 1
        if fault == "kill":
            crew.kill(dice.randrange(len(crew.workers)))
        elif fault == "restart":
            self.restart()
        else:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                    "AND backend_type = 'client backend' ORDER BY pid"
                )
                pids = [pid for (pid,) in cursor.fetchall()]
                if pids:
                    cursor.execute("SELECT pg_terminate_backend(%s)", [dice.choice(pids)])
            connections.close_all()

    def _understand(self, orders: dict[int, dict], answers: dict[int, dict]) -> None:
        """Apply what was committed to the model, in the order of the commits, and explain every refusal."""
        done = self._committed()
        refused = {}
        for no, answer in answers.items():
            order = orders[no]
            self._note(order, answer, no in dict(done))
            if answer["outcome"] == "broken":
                raise self._difference(f"{Op(*order['op'])} broke:\n{answer['text']}")
            if answer["outcome"] == "lost" and not any(text in answer["text"] for text in EXPECTED_TO_LOSE):
                raise self._difference(
                    f"{Op(*order['op'])} was lost, and nobody meant it to be: {answer['text']}"
                )
            if answer["outcome"] == "done" and order["kind"] == "do" and no not in dict(done):
                raise self._difference(f"{Op(*order['op'])} was told to be done, and was not committed")
            if answer["outcome"] == "refused":
                refused[no] = answer
        self._explain(orders, refused)
        for no, told in done:
            if no not in orders:
                raise self._difference(f"operation {no} was committed in a step that it is not of")
            try:
                self.company.apply(Op(*orders[no]["op"]), told)
            except Unexpected as unexpected:
                raise self._difference(str(unexpected)) from None
            self.counts["operations"] += 1
            self._explain(orders, refused)
        for no, answer in refused.items():
            op = Op(*orders[no]["op"])
            forecast = self.company.forecast(op)
            raise self._difference(
                f"{op} was refused with {answer['codes']}, model {forecast}: {answer['text']}"
            )

    def _committed(self) -> list[tuple[int, dict]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT place, op_no, told FROM soak_log WHERE place > %s ORDER BY place", [self.seen]
            )
            rows = cursor.fetchall()
        self.seen = max([self.seen, *(place for place, _no, _told in rows)])
        return [(no, json.loads(told) if isinstance(told, str) else told) for _place, no, told in rows]

    def _explain(self, orders: dict[int, dict], refused: dict[int, dict]) -> None:
        """Drop the refusals that are right in the state that the model is in now."""
        for no, answer in list(refused.items()):
            forecast = self.company.forecast(Op(*orders[no]["op"]))
            if forecast and forecast & set(answer["codes"]):
                self.counts["refused"] += 1
                del refused[no]

    def _compare(self) -> None:
        found = differences(self.company.picture(), photograph())
        if found:
            raise self._difference("\n".join(found[:20]))

    # The laws -------------------------------------------------------------------------------------------------------
    def check_laws(self) -> None:
        broken = [law for law in run_all() if not law.holds]
        if broken:
            raise self._difference(
                "\n".join(f"{law.code} {law.text}: {law.finding.failures[:5]}" for law in broken)
            )
        self.counts["checks of the laws"] += 1
        connections.close_all()

    def check_seal(self) -> None:
        """Nothing was changed after it was posted."""
        try:
            call_command("verify_seal", stdout=StringIO())
        except CommandError as broken:
            raise self._difference(f"the seal: {broken}") from None

    def check_mails(self) -> None:
        """Every mail that was asked for was taken by the mail server once, and no other; what is unsure at most once.

        A worker that is killed while the server has the mail in hand cannot know: that mail waits for a person.
        """
        self.crew.run([{"no": self._next_no(), "kind": "relay", "op": ["relay", {}]}])
        taken = Counter(mail["Subject"] for mail in self.post.mails)
        with connection.cursor() as cursor:
            cursor.execute("SELECT title, status FROM kernel_outgoingmail")
            status = dict(cursor.fetchall())
        connections.close_all()
        wrong = [
            f"{number}: taken {taken[number]} times, and is {status.get(number)}"
            for number in sorted({*self.company.mails, *taken})
            if taken[number] != 1 and not (taken[number] == 0 and status.get(number) in WAITING)
        ]
        self.counts["mails taken"] = sum(taken.values())
        self.counts["mails unsure"] = sum(each not in ("sent", "queued") for each in status.values())
        if wrong:
            raise self._difference("mails, " + "; ".join(wrong[:10]))

    # Telling --------------------------------------------------------------------------------------------------------
    def _note(self, order: dict, answer: dict, is_done: bool) -> None:
        what = answer["outcome"] + (" (committed)" if is_done and answer["outcome"] != "done" else "")
        codes = f" {answer.get('codes', '')}" if "codes" in answer else ""
        self.recent.append(
            f"{self.step:>5} {what}{codes} {order['kind']} {Op(*order['op'])} {order.get('fault', '')}"
        )
        del self.recent[:-40]
        if answer["outcome"] == "lost":
            self.counts["lost"] += 1

    def _difference(self, text: str) -> Difference:
        recent = "\n".join(self.recent[-25:])
        return Difference(f"seed {self.seed}, step {self.step}\n{text}\n\nWhat happened last:\n{recent}")
