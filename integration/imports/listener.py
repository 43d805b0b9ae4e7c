"""Who is told how an import gets on: a progress bar, a page, or nobody."""

from integration.imports.files import Table


class Listener:
    """Hears everything and does nothing; override what is of interest."""

    def file(self, table: Table) -> None:
        """A file was read: its name, encoding, columns and rows are in the table."""

    def begin(self, section: str, verb: str, total: int) -> None:
        """So many records of a section are about to be written or posted."""

    def advance(self, section: str, done: int) -> None:
        """So many of them are done."""

    def end(self, section: str) -> None:
        """That was all of them."""
