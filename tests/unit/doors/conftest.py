"""The doors on Monday 2 March 2026: pages and commands, with a company behind them."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from tests.world import TODAY, World, nine_o_clock


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(nine_o_clock(TODAY), tick=False):
        yield


@pytest.fixture
def sign_in(world: World) -> Callable[..., Client]:
    """A browser in which somebody with a role is logged in; without a role one who may do everything."""
    known: dict[str, Client] = {}

    def as_role(role: str = "") -> Client:
        if role not in known:
            browser = Client()
            browser.force_login(world.user(f"door-{role or 'all'}".lower(), role=role))
            known[role] = browser
        return known[role]

    return as_role


@pytest.fixture
def browser(sign_in) -> Client:
    """One who may do everything."""
    return sign_in()


class Shop:
    """Adatum in Utrecht, and ten bicycles at 400 that cost 240."""

    def __init__(self, world: World):
        self.world = world
        self.customer = world.customer("Adatum", number="C1", city="Utrecht")
        self.bicycle = world.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch")

    def order(self, quantity: int = 2):
        return self.world.order(self.customer).sells(quantity, self.bicycle)

    def invoice(self, quantity: int = 2):
        """A posted invoice of bicycles."""
        return self.order(quantity).release().post()


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)
