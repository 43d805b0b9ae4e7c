from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session

from erp.kernel.models.user import User


def end_other_sessions(user: User, *, keep: str | None, now: datetime) -> int:
    """Log the user out everywhere but in one session; returns how many ended.

    A session says whose it is only inside, so all that live are opened: some thousand at most, and rarely.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    ended = 0
    for session in Session.objects.filter(expire_date__gte=now).exclude(session_key=keep).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            store(session.session_key).delete()
            ended += 1
    return ended
