"""Static files can be collected for production: every import between modules is found, and none goes in a circle."""

import os
import subprocess
import sys

from tests.house.command_line import CHECKOUT


def test_modules_are_collected_under_names_of_their_content(tmp_path):
    production = {
        "HANDEL_ENV": "production",
        "SECRET_KEY": "signs-nothing",
        "DATABASE_URL": "postgres:///",
        "REDIS_URL": "redis://none",
        "STATIC_ROOT": str(tmp_path / "static"),
    }
    command = [sys.executable, "manage.py", "collectstatic", "--no-input"]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=os.environ | production, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    [main] = (tmp_path / "static" / "js").glob("main.????????????.js")
    assert 'import("./grid/grid.js")' not in main.read_text()
