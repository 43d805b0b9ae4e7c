"""Who works in the demo company."""

from django.contrib.auth.models import Group

from customers.models import Salesperson
from erp.demo_users import DEMO_USERS
from erp.kernel.models import User
from sales.models import UserSalesSetup

SELLS_AS = {"CLERK": "INGRID", "SALES-MANAGER": "KARIN"}
ALSO = {"ADMINISTRATOR": ("APPROVAL-ADMIN",)}  # in a company this small one person does both
BILLS_NOTHING = {"CLERK", "WAREHOUSE", "ADMINISTRATOR"}


def hire() -> dict[str, User]:
    """Give everybody a log-in and a role; returns the users by role. A user who is there keeps the password."""
    groups = {group.name: group for group in Group.objects.all()}
    people = {}
    for person in DEMO_USERS:
        user, is_new = User.objects.get_or_create(
            username=person.username,
            defaults={
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "is_staff": True,
            },
        )
        if is_new:
            user.set_password(person.password)
            user.save(update_fields=["password"])
        user.groups.add(*(groups[name] for name in (person.role, *ALSO.get(person.role, ()))))
        people[person.role] = user
    _set_up_sales(people)
    return people


def _set_up_sales(people: dict[str, User]) -> None:
    """Whose sales the users make, and whether they may bill."""
    salespeople = {salesperson.code: salesperson for salesperson in Salesperson.objects.all()}
    policies = UserSalesSetup.PostingPolicy
    for role, user in people.items():
        UserSalesSetup.objects.get_or_create(
            user=user,
            defaults={
                "salesperson": salespeople.get(SELLS_AS.get(role)),
                "invoice_posting_policy": policies.PROHIBITED if role in BILLS_NOTHING else policies.ALLOWED,
            },
        )
