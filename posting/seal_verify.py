"""Proving the seals: every register's rows hashed anew by the database, many registers per query, and compared.

The stand-alone `bin/verify-seal` proves the same without a line of this.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from erp.kernel.ledger import LedgerHead
from posting.registers import RANGES
from posting.seal_layout import layout, left_out, snapshot
from posting.seal_root import Root
from posting.seal_rows import FILLED, digest_sql, fetch, missing_entries, stray_rows

CHUNK = 1000  # registers per query
NO_SEAL = "0" * 64


class Broken(NamedTuple):
    """The first register that is not as it was sealed, and why; no register where rows belong to none."""

    register_no: int | None
    faults: list[str]


@dataclass
class Proof:
    """What was proved: how many registers and rows, up to which seal."""

    registers: int = 0
    rows: int = 0
    last_register_no: int = 0
    seal: str = NO_SEAL
    broken: Broken | None = None


class Stored(NamedTuple):
    version: int
    rows: int
    contents: str
    previous: str
    seal: str


def verify(*, first: int = 1, last: int | None = None, roots: Iterable[Root] = ()) -> Proof:
    """Prove the registers from `first` to `last`, or to the end; stops at the first that is broken. One snapshot.

    roots  seals that were kept elsewhere: what was sealed anew does not fit them
    """
    with snapshot():
        return _Verification(first, last, sorted(roots, key=lambda root: root.register_no)).run()


class _Verification:
    def __init__(self, first: int, last: int | None, roots: list[Root]):
        self.first, self.to_the_end = first, last is None
        [(reached,)] = fetch(
            "SELECT greatest((SELECT max(register_no) FROM posting_register),"
            " (SELECT max(register_no) FROM posting_seal),"
            " (SELECT register_no FROM kernel_ledgerhead WHERE id = 1), 0)"
        )
        self.last = reached if last is None else min(last, reached)
        self.roots: dict[int, list[Root]] = {}  # a register may have several: all of them must fit
        for root in roots:
            self.roots.setdefault(root.register_no, []).append(root)
        versions = [version for (version,) in fetch("SELECT DISTINCT version FROM posting_seal_layout")]
        self.left_out = left_out({version: layout(version) for version in versions})
        self.proof = Proof(last_register_no=first - 1)
        self.queries: dict[int, dict[str, str]] = {}
        self.reached = dict.fromkeys(RANGES, 0)

    def run(self) -> Proof:
        if self.first > 1:
            self._start_after(self.first - 1)
        for start in range(self.first, self.last + 1, CHUNK):
            for register_no, faults in self._chunk(start, min(start + CHUNK - 1, self.last)):
                if faults:
                    self.proof.broken = Broken(register_no, faults)
                    return self.proof
        if self.to_the_end:
            self.proof.broken = self._missing_root() or self._strays()
        return self.proof

    def _start_after(self, register_no: int) -> None:
        """What comes before is taken as it is."""
        found = fetch("SELECT seal FROM posting_seal WHERE register_no = %s", register_no)
        self.proof.seal = found[0][0] if found else ""
        tops = ", ".join(f"max(to_{counter})" for counter in RANGES)
        [values] = fetch(f"SELECT {tops} FROM posting_register WHERE register_no <= %s", register_no)
        self.reached = {counter: top or 0 for counter, top in zip(RANGES, values, strict=True)}

    def _chunk(self, a: int, b: int) -> Iterator[tuple[int, list[str]]]:
        ends = ", ".join(f"from_{counter}, to_{counter}" for counter in RANGES)
        registers = {
            number: rest
            for number, *rest in fetch(
                f"SELECT register_no, {ends} FROM posting_register WHERE register_no BETWEEN %s AND %s", a, b
            )
        }
        seals = {
            number: Stored(*rest)
            for number, *rest in fetch(
                "SELECT register_no, version, rows, contents, previous, seal FROM posting_seal"
                " WHERE register_no BETWEEN %s AND %s", a, b,
            )
        }  # fmt: skip
        versions = {stored.version for stored in seals.values()}
        found = {version: self._digests(version, a, b) for version in versions}
        for number in range(a, b + 1):
            if number not in registers:
                yield number, [f"register {number} is missing"]
            elif number not in seals:
                yield number, [f"register {number} has no seal"]
            else:
                stored = seals[number]
                yield (
                    number,
                    self._check(number, registers[number], stored, found[stored.version].get(number, {})),
                )

    def _digests(self, version: int, a: int, b: int) -> dict[int, dict[str, tuple[int, str]]]:
        """By register and table: how many rows are there, and their hash."""
        if version not in self.queries:
            self.queries[version] = {ledger.table: digest_sql(ledger) for ledger in layout(version)}
        found: dict[int, dict[str, tuple[int, str]]] = {}
        for table, sql in self.queries[version].items():
            for number, count, digest in fetch(sql, a=a, b=b):
                found.setdefault(number, {})[table] = (count, digest)
        return found

    def _check(self, number: int, ends: list, stored: Stored, found: dict[str, tuple[int, str]]) -> list[str]:
        faults = _differences(stored.contents, found)
        for counter, start, end in zip(RANGES, ends[::2], ends[1::2], strict=True):
            if start is not None:
                if start != self.reached[counter] + 1:
                    faults.append(
                        f"its {counter} start at {start}, but the register before ended at {self.reached[counter]}"
                    )
                if any(fault.startswith(f"{FILLED[counter]}:") for fault in faults):
                    faults += [f"entry {no} is missing" for no in missing_entries(counter, start, end)]
                self.reached[counter] = end
        if stored.previous != self.proof.seal:
            faults.append(f"its seal does not follow the seal of register {number - 1}")
        if seal_of(number, stored) != stored.seal:
            faults.append("its seal is not the hash of its contents")
        if stored.rows != sum(count for count, _digest in sealed_tables(stored.contents).values()):
            faults.append(f"its seal says {stored.rows} rows, which is not their sum")
        if stored.version not in self.left_out:
            faults.append(f"its seal is of version {stored.version}, which nobody knows")
        lost = self.left_out.get(stored.version, ())
        faults += [f"version {stored.version} does not seal {what}" for what in lost]
        for root in self.roots.pop(number, ()):
            if root.seal != stored.seal:
                faults.append(
                    f"the root of {root.day} says seal {root.seal}: here or before, everything was sealed anew"
                )
        if not faults:
            self.proof.registers += 1
            self.proof.rows += sum(count for count, _digest in found.values())
            self.proof.last_register_no, self.proof.seal = number, stored.seal
        return faults

    def _missing_root(self) -> Broken | None:
        for number, [root, *_more] in self.roots.items():
            if number > self.last:
                return Broken(
                    self.last + 1,
                    [f"the root of {root.day} knows {number} registers, only {self.last} are there"],
                )
        return None

    def _strays(self) -> Broken | None:
        """Rows that belong to no register."""
        faults = []
        head = LedgerHead.objects.get(pk=1)
        [(newest,)] = fetch("SELECT max(version) FROM posting_seal_layout")
        for ledger in layout(newest):
            keys = ", ".join(map(str, stray_rows(ledger, self.last, self.reached)))
            if keys:
                faults.append(f"{ledger.table}: rows that belong to no register, the first are {keys}")
        for counter, top in self.reached.items():
            if getattr(head, counter) != top:
                faults.append(
                    f"the ledger head gave out {counter} {getattr(head, counter)}, registers end at {top}"
                )
        return Broken(None, faults) if faults else None


def seal_of(register_no: int, stored: Stored) -> str:
    """The hash that the seal must be."""
    text = (
        f"handel seal {stored.version}\nregister {register_no}\nprevious {stored.previous}\n{stored.contents}"
    )
    return hashlib.sha256(text.encode()).hexdigest()


def sealed_tables(contents: str) -> dict[str, tuple[int, str]]:
    """By table: how many rows were sealed, and their hash."""
    return {table: (int(count), digest) for table, count, digest in map(str.split, contents.splitlines())}


def _differences(contents: str, found: dict[str, tuple[int, str]]) -> list[str]:
    sealed, faults = sealed_tables(contents), []
    for table in sorted(sealed.keys() | found.keys()):
        (was, digest), (rows, now) = sealed.get(table, (0, "")), found.get(table, (0, ""))
        if was != rows:
            faults.append(f"{table}: {was} rows were sealed, {rows} are there")
        elif digest != now:
            faults.append(f"{table}: {'the row is' if rows == 1 else f'the {rows} rows are'} not as sealed")
    return faults
