"""docs/api.md does what it says: its blocks are pasted into a shell, one after the other, against a running server."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from erp.kernel.models import User

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs" / "api.md"
MARK = "--- end of block ---"


def blocks() -> list[tuple[str, str]]:
    """Each block of the walk-through, and what the page says that it prints; blank for nothing."""
    text = PAGE.read_text().partition("## Ten minutes with curl")[2].partition("\n## ")[0]
    found = re.findall(r"```(sh|text)\n(.*?)```", text, re.S)
    told = [*found[1:], ("", "")]
    return [
        (block, after if kind == "text" else "")
        for (what, block), (kind, after) in zip(found, told, strict=True)
        if what == "sh"
    ]


def database_url() -> str:
    """Where the test's database is, for a command of its own."""
    at = connection.settings_dict
    if at["HOST"].startswith("/"):
        return f"postgres://{at['USER']}@/{at['NAME']}?host={at['HOST']}&port={at['PORT']}"
    password = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
    return f"postgres://{at['USER']}{password}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"


def looks_like(pattern: str, text: str) -> bool:
    """Whether a text is what the page says; … stands for anything."""
    parts = [re.escape(part) for part in pattern.strip().split("…")]
    return re.fullmatch(".*".join(parts), text.strip(), re.S) is not None


def test_the_walk_through(company, live_server):
    User.objects.create_superuser("integrator")
    (ROOT / "build").mkdir(exist_ok=True)
    steps = blocks()
    assert len(steps) == 10
    script = "\n".join(f"{block}\necho\necho '{MARK}'" for block, _told in steps)
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={
            **os.environ,
            "HANDEL": live_server.url,
            "HANDEL_USER": "integrator",
            "DATABASE_URL": database_url(),
        },
    )
    printed = [part.strip() for part in done.stdout.split(MARK)]
    assert done.returncode == 0, f"{done.stderr}\nafter {printed}"
    for (block, told), text in zip(steps, printed, strict=False):
        assert looks_like(told, text), f"{block}\nprinted {text!r}, not {told!r}"
