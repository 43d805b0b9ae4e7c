from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied


def may(*permissions: str) -> Callable:
    """Let those see a page who have every permission; strangers are asked to log in first."""

    def decorate(view: Callable) -> Callable:
        @login_required
        def guarded(request, *args, **kwargs):
            if not request.user.has_perms(permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.__name__, guarded.__doc__ = view.__name__, view.__doc__
        return guarded

    return decorate
