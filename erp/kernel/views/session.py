"""What a session carries through every request: the work date, the user's language, and how it ends."""

from datetime import date
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from erp.kernel.typed import Days, working_on

WORK_DATE = "work_date"


def work_date(request: HttpRequest) -> date:
    """The day that new documents and journals are dated with: today, unless the user works on another day."""
    typed = request.session.get(WORK_DATE) if hasattr(request, "session") else None
    return (parse_date(typed) if typed else None) or timezone.localdate()


def set_work_date(request: HttpRequest, day: date | None) -> None:
    """Work on another day until the session ends; None: on each day itself."""
    if day is None:
        request.session.pop(WORK_DATE, None)
    else:
        request.session[WORK_DATE] = day.isoformat()


class UserLanguageMiddleware:
    """Users who chose a language get it in every browser; the others get their browser's.

    What they type is read on their work date as well.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        with working_on(lambda: Days(work_date(request), timezone.localdate())):
            return self.get_response(request)


class SessionEndedMiddleware:
    """A module that asks in the background is told that the session has ended; it must not take a log-in page for
    an answer. Whoever opens a page is sent to the log-in page as ever, and whoever sends a form comes back to the
    page that it is on.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        asks = request.headers.get("X-Requested-With") == "handel" or "HX-Request" in request.headers
        location = response.headers.get("Location", "")
        login = resolve_url(settings.LOGIN_URL)
        if response.status_code != 302 or not location.startswith(f"{login}?"):
            return response
        if asks:
            problem = {"code": "E-SESSION", "message": _("Your session has ended. Log in again.")}
            return JsonResponse({"problems": [problem]}, status=401)
        page = _page_of_form(request)
        if page and not request.path.startswith(login):
            response.headers["Location"] = f"{login}?{urlencode({'next': page})}"
        return response


def _page_of_form(request: HttpRequest) -> str:
    """The address of our page from which a form was sent; what it was sent to is often no page at all."""
    if request.method != "POST":
        return ""
    sent_from = urlsplit(request.headers.get("Referer", ""))
    if sent_from.netloc != request.get_host():
        return ""
    return f"{sent_from.path}?{sent_from.query}" if sent_from.query else sent_from.path
