"""The fences hold, and they bite: each contract is broken once, in a copy, to see it refuse."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.command_line import CHECKOUT

PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
ROOTS = PYPROJECT["tool"]["importlinter"]["root_packages"]
CONTRACTS = {contract["id"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
VIOLATIONS = {
    "posting/looks_up.py": ("floors", "import sales.apps"),
    "customers/looks_sideways.py": ("floors", "import inventory.apps"),
    "sales/looks_at_settings.py": ("composition", "import erp.settings"),
    "sales/writes_ledgers.py": ("doors", "import posting.models.entries"),
    "inventory/routines/sends_tasks.py": ("frameworks", "import celery"),
    "sales/plans/acts.py": ("rooms", "import sales.routines"),
}


@pytest.fixture(scope="module")
def verdict(tmp_path_factory):
    """What import-linter says about a copy with one violation of everything."""
    copy = tmp_path_factory.mktemp("fences")
    shutil.copy(CHECKOUT / "pyproject.toml", copy)
    for root in ROOTS:
        shutil.copytree(CHECKOUT / root, copy / root, ignore=shutil.ignore_patterns("__pycache__"))
    for path, (_, line) in VIOLATIONS.items():
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).parent.joinpath("__init__.py").touch()
        (copy / path).write_text(line + "\n")
    linter = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    result = subprocess.run(
        [sys.executable, "-c", linter], cwd=copy, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1, result.stdout + result.stderr
    return " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("path", "contract"), [(path, contract) for path, (contract, _) in VIOLATIONS.items()]
)
def test_a_violation_breaks_its_contract(verdict, path, contract):
    module = path.removesuffix(".py").replace("/", ".")
    assert f"{CONTRACTS[contract]['name']} BROKEN" in verdict
    assert module in verdict


def test_the_composition_is_fenced_off_completely():
    """Everything in erp/ but the kernel and what is no module."""
    entries = (CHECKOUT / "erp").iterdir()
    modules = {
        f"erp.{path.stem}" for path in entries if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert modules - {"erp.kernel", "erp.__init__"} == set(CONTRACTS["composition"]["forbidden_modules"])


def test_every_room_is_installed_and_fenced(settings):
    rooms = {path.parent.name for path in CHECKOUT.glob("*/apps.py")} - {"erp"}
    assert rooms <= set(settings.INSTALLED_APPS)
    assert rooms | {"erp"} == set(ROOTS)


def test_ledger_rows_are_not_fetched_through_the_models_package():
    """`from posting.models import GLEntry` would go round the fence that import-linter keeps."""
    doors = [importer.removeprefix("*.") for importer in CONTRACTS["doors"]["allowed_importers"]]
    found = []
    for entries in CHECKOUT.glob("*/models/entries.py"):
        room = entries.parent.parent.name
        classes = [node for node in ast.parse(entries.read_text()).body if isinstance(node, ast.ClassDef)]
        rows = {node.name for node in classes if "LedgerModel" in map(ast.unparse, node.bases)}
        assert rows
        for path in (path for root in ROOTS for path in (CHECKOUT / root).rglob("*.py")):
            module = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
            if any(part in f"{module}." for door in doors for part in (f"{door}.", f".{door}.")):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module in (
                    f"{room}.models",
                    f"{room}.models.entries",
                ):
                    found += [f"{module} imports {name.name}" for name in node.names if name.name in rows]
    assert found == []


@pytest.mark.parametrize(
    ("path", "code", "refused"),
    [
        ("sales/routines/x.py", "from django.utils import timezone\n\nSTART = timezone.now()\n", True),
        ("sales/routines/x.py", "import datetime\n\nSTART = datetime.date.today()\n", True),
        ("posting/journal.py", "from django.http import Http404\n\nerror = Http404\n", True),
        ("sales/views/x.py", "from django.utils import timezone\n\nSTART = timezone.now()\n", False),
        ("sales/api/x.py", "from django.http import Http404\n\nerror = Http404\n", False),
        ("sales/tasks.py", "from django.utils import timezone\n\nSTART = timezone.now()\n", False),
    ],
)
def test_the_clock_and_the_request_stay_at_the_doors(path, code, refused):
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--quiet",
        "--no-cache",
        "--select",
        "TID251",
        "--stdin-filename",
    ]
    result = subprocess.run(
        [*command, str(Path(path)), "-"],
        input=code,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("TID251" in result.stdout) is refused, result.stdout + result.stderr
