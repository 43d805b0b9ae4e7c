"""Finding rows by the beginnings of words, in any order: "bik red" finds "Red mountain bike".

    class Meta:
        indexes = [words_index("inventory_item_words", "number", "description")]

    with_words(Item.objects.sellable(), "bik red", "number", "description")

The same columns in the same order, or the index is not used. PostgreSQL's own text search does it, without extensions:
words are compared without regard to case, to the accents of our languages, and to hyphens, dots and slashes.
"""

import re

from django.contrib.postgres.indexes import GinIndex
from django.db.models import BooleanField, F, Func, QuerySet, TextField

_LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"
_PLAIN = "AAAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaaceeeeiiiinoooooouuuuyy"
_SPACED = "-/._,:;()'&+"
FROM, TO = _LETTERS + _SPACED, _PLAIN + " " * len(_SPACED)
_TABLE = str.maketrans(FROM, TO)
MOST_WORDS = 8


class Words(Func):
    """The words of some text columns of one row."""

    function = "to_tsvector"
    output_field = TextField()

    def __init__(self, *columns: str, **extra):
        super().__init__(*(F(name) if isinstance(name, str) else name for name in columns), **extra)

    def as_sql(self, compiler, connection, **_options):
        parts, params = [], []
        for source in self.get_source_expressions():
            sql, given = compiler.compile(source)
            parts.append(f"COALESCE({sql}, '')")
            params += given
        letters = FROM.replace("'", "''")
        joined = " || ' ' || ".join(parts)
        return f"to_tsvector('simple'::regconfig, translate({joined}, '{letters}', '{TO}'))", params


class _Match(Func):
    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Query(Func):
    template = "to_tsquery('simple'::regconfig, %(expressions)s)"
    output_field = TextField()


def words_index(name: str, *columns: str) -> GinIndex:
    """The index that `with_words` searches."""
    return GinIndex(Words(*columns), name=name)


def words_of(text: str) -> list[str]:
    """The words of a typed text, as they are compared."""
    return re.findall(r"\w+", text.translate(_TABLE).lower())[:MOST_WORDS]


def match(text: str, *columns: str) -> Func | None:
    """A condition for `filter`: each word of the text begins a word of the columns; None for a text without words."""
    from django.db.models import Value

    words = words_of(text)
    if not words:
        return None
    return _Match(Words(*columns), _Query(Value(" & ".join(f"{word}:*" for word in words))))


def with_words(rows: QuerySet, text: str, *columns: str) -> QuerySet:
    """The rows of which every word of the text begins one; none for a text without words."""
    condition = match(text, *columns)
    return rows.none() if condition is None else rows.filter(condition)
