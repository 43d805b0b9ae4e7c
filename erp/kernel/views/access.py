from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied


def may(*permissions: str) -> Callable:
    """Let those see a page who have every permission; strangers are asked to log in first."""

    def decorate(view: Callable) -> Callable:
        @login_required
        def guarded(request, *args, **kwargs):
            lacking = [name for name in permissions if not request.user.has_perm(name)]
            if lacking:
                refused = PermissionDenied()
                refused.wanted = " + ".join(lacking)  # for the log of denied attempts
                raise refused
            return view(request, *args, **kwargs)

        guarded.__name__, guarded.__doc__ = view.__name__, view.__doc__
        return guarded

    return decorate
