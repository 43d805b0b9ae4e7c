"""The people of the demo company. The loader creates them, `make run` prints their log-ins."""

from typing import NamedTuple


class DemoUser(NamedTuple):
    """Somebody who works in the demo company; `role` is the code of a role in the set-up data."""

    username: str
    password: str
    role: str
    title: str
    first_name: str
    last_name: str
    email: str


DEMO_USERS = (
    DemoUser("clerk", "clerk-demo", "CLERK", "Sales clerk", "Ingrid", "Solberg", "clerk@handel.example"),
    DemoUser(
        "accountant",
        "accountant-demo",
        "ACCOUNTANT",
        "Accountant",
        "Pieter",
        "Claes",
        "accountant@handel.example",
    ),
    DemoUser(
        "manager",
        "manager-demo",
        "SALES-MANAGER",
        "Sales manager",
        "Karin",
        "Lindqvist",
        "manager@handel.example",
    ),
    DemoUser(
        "warehouse", "warehouse-demo", "WAREHOUSE", "Warehouse", "Joost", "Visser", "warehouse@handel.example"
    ),
    DemoUser(
        "integrator",
        "integrator-demo",
        "INTEGRATOR",
        "Integrator",
        "Mette",
        "Holm",
        "integrator@handel.example",
    ),
    DemoUser(
        "admin", "admin-demo", "ADMINISTRATOR", "Administrator", "Aurelie", "Maes", "admin@handel.example"
    ),
)
