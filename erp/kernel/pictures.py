"""Pictures: which are taken, and how they are kept. One for each record."""

from io import BytesIO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from erp.kernel.errors import Problem, ProblemsFound
from erp.kernel.models.picture import Picture

LARGEST = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 50_000_000
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}


@transaction.atomic
def put_picture(subject_type: str, subject_no: str, content: bytes) -> Picture:
    """Keep a record's picture instead of the one before.

    raises  ProblemsFound: E-PIC-SIZE, E-PIC-TYPE
    """
    kind, width, height = _measured(content)
    picture = (
        Picture.objects.select_for_update().filter(subject_type=subject_type, subject_no=subject_no).first()
    )
    picture = picture or Picture(subject_type=subject_type, subject_no=subject_no)
    storage, before = picture.file.storage, picture.file.name
    picture.content_type, picture.width, picture.height = TYPES[kind], width, height
    picture.file.save(f"{uuid4().hex}.{kind.lower()}", ContentFile(content), save=False)
    picture.save()
    if before:
        transaction.on_commit(lambda: storage.delete(before))
    return picture


@transaction.atomic
def remove_picture(subject_type: str, subject_no: str) -> bool:
    """Throw a record's picture away; False where it has none."""
    picture = Picture.objects.filter(subject_type=subject_type, subject_no=subject_no).first()
    if picture is None:
        return False
    storage, path = picture.file.storage, picture.file.name
    picture.delete()
    transaction.on_commit(lambda: storage.delete(path))
    return True


def _measured(content: bytes) -> tuple[str, int, int]:
    if not content or len(content) > LARGEST:
        message = _("A picture has at most {limit} MB, and is not empty.").format(
            limit=LARGEST // 1024 // 1024
        )
        raise ProblemsFound([Problem("E-PIC-SIZE", message)])
    try:
        with Image.open(BytesIO(content), formats=tuple(TYPES)) as image:
            kind, (width, height) = image.format, image.size
            if kind in TYPES and width * height <= MOST_PIXELS:
                image.verify()
                return kind, width, height
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        pass
    message = _("This is no picture that is kept here. These are: {types}.").format(types=", ".join(TYPES))
    raise ProblemsFound([Problem("E-PIC-TYPE", message)])
