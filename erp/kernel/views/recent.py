from django.http import HttpRequest
from django.utils import timezone

from erp.kernel.recent import remember


def remember_page(request: HttpRequest, *, kind: str, number: str, title: str = "", url: str = "") -> None:
    """Call it in the view of a card or document when it is opened (GET): the palette offers it again.

    url  the address of the record, where it is not that of this page
    """
    if request.method == "GET":
        remember(
            request.user, kind=kind, number=number, title=title, url=url or request.path, at=timezone.now()
        )
