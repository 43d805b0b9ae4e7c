"""What makes two commands enough: lock files, make targets, container files."""

import re
import subprocess
import tomllib

import pytest
import yaml

from tests.house.command_line import CHECKOUT, environment

LOCKS = ("requirements.lock", "requirements-dev.lock")


def make(*arguments: str) -> str:
    plain = {name: value for name, value in environment().items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=plain, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock):
    text = (CHECKOUT / lock).read_text()
    packages = re.findall(r"^[a-zA-Z0-9][^ ]*", text, flags=re.MULTILINE)
    assert all(re.fullmatch(r"[\w.\-]+==[\w.\-+!]+", package) for package in packages), packages
    assert text.count(" \\\n    --hash=sha256:") >= len(packages) > 10


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_place_to_fetch_from(lock):
    text = (CHECKOUT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^--(extra-)?index-url|^--find-links|^--trusted-host", text, flags=re.MULTILINE)


def test_the_lock_fits_every_supported_python():
    """redis wants async-timeout before Python 3.11.3, which a lock made with a newer one would leave out."""
    assert tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["requires-python"] == ">=3.11"
    assert "\nasync-timeout==" in (CHECKOUT / "requirements.lock").read_text()


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("run", "manage.py run"),
        ("stop", "manage.py services stop"),
        ("reset", "manage.py services reset"),
        ("test", "-m pytest -n 2"),
        ("lint", "lint-imports"),
    ],
)
def test_make_targets(target, command):
    assert command in make("--dry-run", target)
    assert target in make("help")


def test_ci_is_lint_and_then_test():
    script = CHECKOUT / ".ci" / "run"
    assert script.stat().st_mode & 0o111 == 0o111
    lines = script.read_text().splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-2:] == ["make lint", "make test"]


def test_compose_starts_every_process_and_waits_for_the_migration():
    services = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"web", "worker", "beat", "migrate", "postgres", "redis"}
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["environment"]["HANDEL_ENV"] == "production"
    for name in ("worker", "beat", "postgres", "redis"):
        assert services[name]["healthcheck"]["test"]


def test_the_image_does_not_run_as_root():
    dockerfile = (CHECKOUT / "Dockerfile").read_text()
    assert dockerfile.rindex("USER handel") > dockerfile.rindex("apt-get install")
    assert "HEALTHCHECK" in dockerfile


def test_operations_tell_every_variable_that_the_settings_read():
    read = re.findall(
        r'(?:env(?:\.\w+)?|needed)\(\s*"([A-Z_]+)"', (CHECKOUT / "erp" / "settings.py").read_text()
    )
    told = (CHECKOUT / "docs" / "operations.md").read_text()
    assert len(read) > 20
    assert [variable for variable in read if f"`{variable}`" not in told] == []
