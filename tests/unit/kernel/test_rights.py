"""What somebody may do, read once and never too late."""

import pytest
from django.contrib.auth.models import Group, Permission

from erp.kernel.models import User

pytestmark = pytest.mark.django_db
RIGHT = "kernel.view_user"


@pytest.fixture
def olga() -> User:
    return User.objects.create_user("olga")


def permission() -> Permission:
    return Permission.objects.get(content_type__app_label="kernel", codename="view_user")


def anew(user: User) -> User:
    """As the next request has it."""
    return User.objects.get(pk=user.pk)


def test_rights_are_read_once(olga, django_assert_num_queries):
    """The second request asks only whether anything has changed since."""
    assert not olga.has_perm(RIGHT)
    again = anew(olga)
    with django_assert_num_queries(1):
        assert not again.has_perm(RIGHT)
        assert not again.has_perm("kernel.add_user")


def test_what_is_given_and_taken_is_seen_at_once(olga):
    """By a role, to a role, to somebody alone."""
    role = Group.objects.create(name="READER")
    assert not anew(olga).has_perm(RIGHT)
    role.user_set.add(olga)
    assert not anew(olga).has_perm(RIGHT)
    role.permissions.add(permission())
    assert anew(olga).has_perm(RIGHT)
    role.user_set.clear()
    assert not anew(olga).has_perm(RIGHT)
    olga.user_permissions.add(permission())
    assert anew(olga).has_perm(RIGHT)
    permission().delete()
    assert not anew(olga).has_perm(RIGHT)


def test_somebody_who_left_may_nothing_and_may_again_on_coming_back(olga):
    olga.user_permissions.add(permission())
    User.objects.update(is_active=False)
    assert not anew(olga).has_perm(RIGHT)
    User.objects.update(is_active=True)
    assert anew(olga).has_perm(RIGHT)


def test_who_administers_may_everything(olga):
    assert not anew(olga).get_all_permissions()
    User.objects.update(is_superuser=True)
    assert RIGHT in anew(olga).get_all_permissions()
    User.objects.update(is_superuser=False)
    assert not anew(olga).get_all_permissions()


def test_nobody_has_rights_about_a_single_object(olga):
    olga.user_permissions.add(permission())
    assert not anew(olga).has_perm(RIGHT, obj=olga)
