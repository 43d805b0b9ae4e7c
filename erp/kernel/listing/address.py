"""What the address of a list asks for: ?view=open&q=bike&f.status=released&sort=-number&columns=number,name&after=…"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

LONGEST = 300
MOST_SORTS = 2


@dataclass(frozen=True)
class Asked:
    """An address, read and cleaned. What a list makes of it, and what it refuses, is not decided here.

    view     None where the address names none: the list's own first one counts
    columns  None where the address names none: the user's, or the list's own
    """

    view: str | None = None
    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    after: str = ""
    before: str = ""
    totals: bool = False
    saved: str = ""

    def with_(self, **changes) -> "Asked":
        """The same list asked for differently, from its first row on."""
        return replace(self, **({"after": "", "before": ""} | changes))

    def without_filter(self, name: str) -> "Asked":
        return self.with_(filters={key: text for key, text in self.filters.items() if key != name})

    def pairs(self) -> list[tuple[str, str]]:
        """As name and value, in the order of the contract; nothing for what is not asked."""
        found = [("view", self.view)] if self.view is not None else []
        if self.saved:
            found.append(("saved", self.saved))
        if self.text:
            found.append(("q", self.text))
        found += [(f"f.{name}", text) for name, text in self.filters.items()]
        if self.sort:
            found.append(("sort", ",".join(self.sort)))
        if self.columns is not None:
            found.append(("columns", ",".join(self.columns)))
        if self.totals:
            found.append(("totals", "1"))
        found += [(name, token) for name, token in (("after", self.after), ("before", self.before)) if token]
        return found

    @property
    def query(self) -> str:
        """The address: "?…"; "?" alone is the list as it is."""
        return f"?{urlencode(self.pairs())}"


def read(parameters: Iterable[tuple[str, str]]) -> Asked:
    """The pairs of a query string, in its order; the last one of a name counts."""
    plain = {name: _clean(value) for name, value in parameters if "\0" not in name}
    columns = plain.get("columns")
    return Asked(
        view=plain.get("view"),
        text=plain.get("q", "")[:100],
        filters={
            name[2:]: value for name, value in plain.items() if name.startswith("f.") and name[2:] and value
        },
        sort=_names(plain.get("sort", ""))[:MOST_SORTS],
        columns=_names(columns) if columns else None,
        after=plain.get("after", ""),
        before=plain.get("before", "") if not plain.get("after") else "",
        totals=plain.get("totals") == "1",
        saved=plain.get("saved", ""),
    )


def _clean(value: str) -> str:
    return value.replace("\0", "").strip()[: LONGEST * 4]


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def link(**parts) -> str:
    """The query of a filtered list: link(view="open", filters={"customer": "C1"}); for cues, reports and cards."""
    return Asked(**parts).query
