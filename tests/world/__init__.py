"""A small company for tests that tell stories, see `World`. The fixture `world` is in `tests.world.fixtures`."""

from tests.world.calendar import TODAY, nine_o_clock
from tests.world.world import World

__all__ = ["TODAY", "World", "nine_o_clock"]
