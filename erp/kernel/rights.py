"""Who may do what, as Django has it, read once per change of anybody's rights and not once per request."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser

from erp.kernel.models import User
from erp.kernel.setup_stamp import kept


class KeptRights(ModelBackend):
    """Rights of users and of their groups; set-up that is kept, see `erp.kernel.setup_stamp`."""

    def get_all_permissions(self, user_obj: User | AnonymousUser, obj: object = None) -> frozenset[str]:
        """Names like "sales.post_invoice"; none for somebody who is not active, nor about a single object."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return frozenset()
        if not hasattr(user_obj, "_perm_cache"):
            name = ("rights", user_obj.pk, user_obj.is_superuser)
            user_obj._perm_cache = kept(name, lambda: self._read(*name[1:]))
        return user_obj._perm_cache

    def _read(self, key: int, is_superuser: bool) -> frozenset[str]:
        """Through an instance that nobody has asked anything before."""
        user = User(pk=key, is_superuser=is_superuser)
        return frozenset(self.get_user_permissions(user) | self.get_group_permissions(user))
