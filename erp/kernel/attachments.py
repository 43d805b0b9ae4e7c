"""Files with a record: which are taken, how they are kept, and how they leave again.

    attach("sales.order", order.number, file, by=user, at=now)
    attachments_of(("sales.order", order.number), ("sales.posted-invoice", invoice.number))

Who may see or change them is for the doors. A file is never shown by its own type: it leaves as a download.
"""

from datetime import datetime
from pathlib import PurePosixPath
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, raise_problems
from erp.kernel.models.paper import Attachment
from erp.kernel.models.user import User

LARGEST = 10 * 1024 * 1024  # bytes
# By the end of the name: what is taken, and what it leaves as.
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".xml": "application/xml",
    ".eml": "message/rfc822",
    ".zip": "application/zip",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
}
# How files of some types begin; another beginning is another file under a false name.
BEGINNINGS = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF8",),
    ".webp": (b"RIFF",),
    ".zip": (b"PK",),
    ".docx": (b"PK",),
    ".xlsx": (b"PK",),
    ".odt": (b"PK",),
    ".ods": (b"PK",),
    ".doc": (b"\xd0\xcf\x11\xe0",),
    ".xls": (b"\xd0\xcf\x11\xe0",),
}
ACCEPT = ",".join(TYPES)


def check_file(file: UploadedFile) -> list[Problem]:
    """E-ATT-EMPTY, E-ATT-SIZE, E-ATT-TYPE: what stands in the way of keeping a file."""
    name = clean_name(file.name)
    if not file.size:
        return [Problem("E-ATT-EMPTY", _("“{name}” is empty.").format(name=name))]
    if file.size > LARGEST:
        message = _("“{name}” is larger than {limit} MB. Make it smaller, or keep it elsewhere and link it.")
        return [Problem("E-ATT-SIZE", message.format(name=name, limit=LARGEST // 1024 // 1024))]
    wrong = check_type(name)
    if wrong:
        return wrong
    end = ending(name)
    file.seek(0)
    beginning = file.read(8)
    file.seek(0)
    if end in BEGINNINGS and not beginning.startswith(BEGINNINGS[end]):
        message = _("“{name}” is not what its name says. Save it again as {type} and attach that.")
        return [Problem("E-ATT-TYPE", message.format(name=name, type=end.removeprefix(".")))]
    return []


def check_type(name: str) -> list[Problem]:
    """E-ATT-TYPE: a kind of file that is not kept here."""
    if ending(name) in TYPES:
        return []
    message = _("“{name}” is no kind of file that is kept here. These are: {types}.")
    known = ", ".join(kind.removeprefix(".") for kind in TYPES)
    return [Problem("E-ATT-TYPE", message.format(name=name, types=known))]


@transaction.atomic
def attach(subject_type: str, subject_no: str, file: UploadedFile, *, by: User, at: datetime) -> Attachment:
    """Keep a file with a record. Raises ProblemsFound: what `check_file` finds."""
    raise_problems(subject_no, check_file(file))
    name = clean_name(file.name)
    row = Attachment(
        subject_type=subject_type, subject_no=subject_no, name=name, content_type=TYPES[ending(name)],
        size=file.size, created_at=at, created_by=by,
    )  # fmt: skip
    row.file.save(f"{row.uuid.hex}{ending(name)}", file, save=False)  # nothing typed gets into a path
    row.save()
    return row


@transaction.atomic
def announce(subject_type: str, subject_no: str, name: str, *, by: User, at: datetime) -> Attachment:
    """Make room for a file that comes later, see `fill`. Raises ProblemsFound: E-ATT-TYPE."""
    name = clean_name(name)
    raise_problems(subject_no, check_type(name))
    return Attachment.objects.create(
        subject_type=subject_type, subject_no=subject_no, name=name, content_type=TYPES[ending(name)],
        size=0, created_at=at, created_by=by,
    )  # fmt: skip


@transaction.atomic
def fill(attachment: Attachment, content: bytes) -> None:
    """Keep the content of a file, the first time or anew. Raises ProblemsFound: what `check_file` finds."""
    file = SimpleUploadedFile(attachment.name, content)
    raise_problems(attachment.subject_no, check_file(file))
    storage, before = attachment.file.storage, attachment.file.name
    attachment.size = len(content)
    attachment.file.save(f"{uuid4().hex}{ending(attachment.name)}", file, save=False)
    attachment.save(update_fields=["size", "file"])
    if before:
        transaction.on_commit(lambda: storage.delete(before))


@transaction.atomic
def detach(attachment: Attachment) -> None:
    """Throw a file away; it goes from the disk once that is certain."""
    storage, path = attachment.file.storage, attachment.file.name
    attachment.delete()
    if path:
        transaction.on_commit(lambda: storage.delete(path))


def attachments_of(*subjects: tuple[str, str]) -> QuerySet[Attachment]:
    """The files with some records, the oldest first; not those that are announced and have not come yet."""
    wanted = Q(pk__in=())
    for subject_type, subject_no in subjects:
        if subject_no:
            wanted |= Q(subject_type=subject_type, subject_no=subject_no)
    return Attachment.objects.filter(wanted, size__gt=0).select_related("created_by").order_by("id")


def clean_name(name: str) -> str:
    """The last part of a file's name, without what no name should have, 150 characters at most."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(letter for letter in plain if letter.isprintable()).strip(" .") or _("file")
    stem, end = plain[: len(plain) - len(ending(plain))], ending(plain)
    return f"{stem[: 150 - len(end)]}{end}"


def ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
