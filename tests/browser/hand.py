"""A clerk's hands: the only way in which the clerk's day touches the browser, so that the work can be counted."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page


@dataclass
class Work:
    """What the hands did: clicks of the mouse, chords of keys, characters of data."""

    clicks: int = 0
    keys: int = 0
    characters: int = 0


class Hand:
    """Types without ever waiting for the server, as a practised clerk does."""

    def __init__(self, page: Page):
        self.page = page
        self.work = Work()

    def begin(self) -> None:
        """Count anew."""
        self.work = Work()

    def click(self, what: Locator) -> None:
        what.click()
        self.work.clicks += 1

    def key(self, chord: str, *, times: int = 1) -> None:
        """Press a chord as the keyboard names it: Enter, F9, Control+F9."""
        for _time in range(times):
            self.page.keyboard.press(chord)
            self.work.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.work.characters += len(text)
