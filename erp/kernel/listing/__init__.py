"""Lists: declared in their rooms, filtered, sorted, paged, added up and exported here. Start in `declaration.py`.

    LISTING = Listing(
        key="inventory.item",
        title=_("Items"),
        rows=lambda facts: Item.objects.select_related("base_unit"),
        columns=[
            Column("number", _("No."), Kind.CODE, "number", indexed=True, phone=True),
            Column("description", _("Description"), expression="description", stretch=True, phone=True),
        ],
        row_url=lambda item: reverse("inventory:item", args=[item.number]),
    )

    @may("inventory.view_item")
    def item_list(request):
        return show_list(request, LISTING)

| Module | What |
| --- | --- |
| `declaration` | `Listing`, `Column`, `View`, `BulkAction`, `Link`, `register_action` |
| `address` | what ?view=…&f.status=…&sort=… asks for, and `link(…)`, which writes it |
| `filters` `days` `tokens` | the filter syntax, periods, %me and %mycustomers |
| `asking` | an address becomes rows and an order |
| `keyset` | pages by key over any order |
| `counting` | estimates and totals |
| `saved` | views and columns that users keep |
| `shown` | the page for its template |
| `export` | the rows for a spreadsheet |
"""

from erp.kernel.listing.address import Asked, link
from erp.kernel.listing.declaration import (
    BulkAction,
    Column,
    Facts,
    Kind,
    Link,
    Listing,
    View,
    register_action,
)
from erp.kernel.listing.filters import quoted
from erp.kernel.listing.tokens import mark_favourite, register_person

__all__ = [
    "Asked",
    "BulkAction",
    "Column",
    "Facts",
    "Kind",
    "Link",
    "Listing",
    "View",
    "link",
    "mark_favourite",
    "quoted",
    "register_action",
    "register_person",
]
