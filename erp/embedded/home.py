"""The data folder of a local start (HANDEL_HOME), and the addresses of the services in it.

secret-key    the key that signs sessions, made on the first start
logs/         what web, worker and beat say
beat/         when each scheduled task ran last
services/     PostgreSQL and Redis: data, sockets and logs; as root it belongs to another account, and may be a link
.handel-home  says that Handel made what lies here: only a folder with this mark is ever cleared
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from erp.embedded import account
from erp.embedded.errors import ServiceError

ENVIRONMENTS = {"demo": ".handel", "test": ".handel-test"}  # and the folder each has in the checkout
CHECKOUT = Path(__file__).resolve().parent.parent.parent
MARK = ".handel-home"
OURS = ("services", "logs", "media", "beat", "secret-key", "users.lock", "start.lock", "run.lock")
LONGEST_SOCKET = 100  # bytes of a socket's whole path; the system's own limit is 104 to 108


@dataclass(frozen=True)
class Home:
    """A data folder; it need not exist yet."""

    folder: Path

    def is_ours(self) -> bool:
        """Whether Handel has set up this folder."""
        return (self.folder / MARK).is_file()

    def prepare(self) -> None:
        """Make the folder and its places, where they are missing."""
        self.claim()
        with self.locked():
            self.make_services()

    def claim(self) -> None:
        """Make the folder, or take an empty one; refuse one with other people's files."""
        if self.is_ours():
            self.make_own_folders()
            return
        there = self.folder.exists()
        try:
            if there and any(entry.name not in ("start.lock", MARK) for entry in self.folder.iterdir()):
                raise ServiceError(
                    f"{self.folder} has files that are not Handel's. Set HANDEL_HOME to a new or an empty folder."
                )
            if not there:
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                account.make_folder(self.folder, 0o711 if account.account() else 0o700)
            (self.folder / MARK).write_text("found\n" if there else "made\n")
            self.make_own_folders()
        except OSError as error:
            raise ServiceError(f"{self.folder} cannot be used as data folder: {error}.") from error

    def make_own_folders(self) -> None:
        """Make the folders for what our own processes write."""
        for name in ("logs", "beat"):
            account.make_folder(self.folder / name, 0o700)

    def make_services(self) -> None:
        """Make the folder that belongs to the services' account; out of its reach, make it elsewhere and link it."""
        link = self.folder / "services"
        if link.is_symlink() and not link.exists():
            raise ServiceError(f"The data in {link.readlink()} is gone. `make reset` starts over.")
        if not link.exists():
            if not account.account() or account.reaches(self.folder):
                place = link
            else:
                place = account.OWN_PLACE / f"home-{self.key()}"
                account.make_folder(account.OWN_PLACE, 0o755)
            account.make_folder(place, 0o700)
            account.give(place)
            if place != link:
                link.symlink_to(place)
        for folder in (link / "run", self.sockets()):
            if not folder.exists():
                account.make_folder(folder, 0o700)
                account.give(folder)
        owner = account.account().pw_uid if account.account() else os.geteuid()
        for folder in (link, self.sockets()):
            if folder.stat().st_uid != owner:
                raise ServiceError(
                    f"{folder} belongs to another user. Start as that user, or set HANDEL_HOME to another folder."
                )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process at a time starts, stops or clears anything in here."""
        try:
            lock = os.open(self.folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError as error:
            raise ServiceError(
                f"{self.folder} belongs to another user. Start as that user, or set HANDEL_HOME to another folder."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def remove(self) -> None:
        """Remove what Handel put here, and the folder itself where Handel made it."""
        if not self.is_ours():
            return
        made = (self.folder / MARK).read_text().strip() == "made"
        services = self.folder / "services"
        for folder in {services.resolve(), self.sockets()}:
            shutil.rmtree(folder, ignore_errors=True)
        for name in (*OURS, MARK):
            path = self.folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if made and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def services(self) -> Path:
        """Where PostgreSQL and Redis keep their data; links followed."""
        return (self.folder / "services").resolve()

    def sockets(self) -> Path:
        """Where the sockets are: with the data, but for paths that are too long for a socket."""
        near = self.services() / "run"
        if len(os.fsencode(near / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
            return near
        return Path(tempfile.gettempdir()) / f"handel-{self.key()}"

    def database_url(self) -> str:
        """How the application reaches the embedded PostgreSQL."""
        return self._database_url("handel_app")

    def owner_database_url(self) -> str:
        """How migrations reach it: as the owner of all tables."""
        return self._database_url("handel")

    def _database_url(self, role: str) -> str:
        return f"postgres://{role}@/handel?host={quote(str(self.sockets()), safe='/')}"

    def redis_url(self) -> str:
        """How to reach the embedded Redis."""
        return f"unix://{quote(str(self.sockets() / 'redis.sock'), safe='/')}"

    def secret_key(self) -> str:
        """The key that signs this folder's sessions; made once, readable by its owner alone."""
        path = self.folder / "secret-key"
        if not path.exists():
            self.claim()
            with contextlib.suppress(FileExistsError):
                half = path.with_suffix(f".{os.getpid()}")
                file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(file, "w") as text:
                    text.write(secrets.token_urlsafe(50))
                os.link(half, path)
            half.unlink(missing_ok=True)
        return path.read_text()

    def key(self) -> str:
        """A short name for this folder that no other folder has."""
        return hashlib.sha256(f"{os.geteuid()}:{self.folder}".encode()).hexdigest()[:12]


def home() -> Home:
    """The data folder that this process is told to use: HANDEL_HOME, else one in the checkout."""
    given = os.environ.get("HANDEL_HOME")
    default = CHECKOUT / ENVIRONMENTS.get(os.environ.get("HANDEL_ENV", ""), ENVIRONMENTS["demo"])
    return Home(Path(given).expanduser().absolute() if given else default)
