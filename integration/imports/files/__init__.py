"""Reading files: rows that remember where they stand, whatever they are written in."""

from integration.imports.files.spec import FileSpec
from integration.imports.files.tables import Row, Table, read_table

__all__ = ["FileSpec", "Row", "Table", "read_table"]
