"""The manual says what the stories say."""

from tests.manual.writing import MANUAL, manual


def test_the_manual_is_written_from_the_stories_of_today():
    """`make manual` writes it anew."""
    written = {path.name: path.read_text() for path in MANUAL.glob("*.md")}
    told = manual()
    assert sorted(written) == sorted(told)
    assert [name for name in told if written[name] != told[name]] == []


def test_ledgers_become_tables():
    page = manual()["order-to-cash.md"]
    assert "| Account | Debit | Credit |" in page
    assert "world.check()" not in page
