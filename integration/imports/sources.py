"""All files of one import, and how a row finds its relations in other files."""

from collections.abc import Sequence

from integration.imports.files import Row, Table
from integration.imports.formats import as_text

Key = tuple[str, ...]


class Sources:
    """The tables by the names that the profile gives them, indexed as far as somebody asks."""

    def __init__(self, tables: dict[str, Table]):
        self.tables = tables
        self._indexes: dict[tuple[str, Key], dict[Key, list[Row]]] = {}

    def rows(self, file: str) -> Sequence[Row]:
        return self.tables[file].rows

    def matching(self, file: str, columns: Key, values: Key) -> Sequence[Row]:
        """The rows of a file that hold these values in these columns, in the order of the file."""
        index = self._indexes.get((file, columns))
        if index is None:
            index = self._indexes[file, columns] = self._index(file, columns)
        return index.get(values, ())

    def _index(self, file: str, columns: Key) -> dict[Key, list[Row]]:
        index: dict[Key, list[Row]] = {}
        for row in self.tables[file].rows:
            key = tuple(as_text(row.cells.get(column)) for column in columns)
            index.setdefault(key, []).append(row)
        return index
