"""Fields of a customer's card that not everybody who may change it may change."""

from collections.abc import Mapping

from customers.models import Customer

FIELDS = {
    "customers.change_credit_limit": ("credit_limit",),
    "customers.change_payment_conditions": (
        "payment_terms",
        "payment_method",
        "application_method",
        "block_payment_tolerance",
        "prepayment_percent",
    ),
    "customers.change_customer_posting": (
        "customer_posting_group",
        "gen_bus_posting_group",
        "vat_bus_posting_group",
        "allow_multiple_posting_groups",
    ),
    "customers.block_customer": ("blocked", "privacy_blocked"),
}


def closed_fields(user) -> frozenset[str]:
    """The fields of the card that a user may not change, though they may change others."""
    return frozenset(
        name for right, names in FIELDS.items() if not user.has_perm(right) for name in names
    ) & {field.name for field in Customer._meta.fields}


def to_change(*_args, **fields) -> tuple[str, ...]:
    """What it takes to write a card with these fields; called by `needs`."""
    return ("customers.change_customer", *_rights_of(fields))


def to_create(**fields) -> tuple[str, ...]:
    """A new card: what somebody may not change, they do not say at the beginning either."""
    return ("customers.add_customer", *_rights_of({name: value for name, value in fields.items() if value}))


def _rights_of(fields: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(right for right, names in FIELDS.items() if not fields.keys().isdisjoint(names))
