"""The lines of a document as a grid: which columns there are, who may type where, what stands in the cells."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape
from django.utils.translation import gettext as _

from erp.kernel.views.grid import Cell, Column, Grid, Row, cell_of, columns_for
from sales.models import SalesDocument, SalesLine, SalesSetup
from sales.models.base import LineType
from sales.routines.change_line import SHIPPING
from sales.views.totals import totals_context

PREFERENCE = "sales.lines.{type}"
# What a figure of nothing is left out of.
BLANK = frozenset({"line_discount_percent", "line_discount_amount", "quantity_shipped", "quantity_invoiced"})
# What is looked up while somebody types a number, by the type of the line.
LOOKED_UP = {
    LineType.ITEM.value: "item",
    LineType.GL_ACCOUNT.value: "account",
    LineType.RESOURCE.value: "resource",
    LineType.CHARGE.value: "charge",
    LineType.COMMENT.value: "standard-text",
}
# What the words of a text may not have.
OF_TEXTS = frozenset({"type", "number", "description"})
FIGURES = frozenset({"quantity", "unit_price", "line_discount_percent", "line_discount_amount", "line_amount",
                     "qty_to_ship", "qty_to_invoice"})  # fmt: skip


def columns_of(document: SalesDocument) -> list[Column]:
    """Every column that the lines of a document can show, in their order."""
    traits = document.traits
    receives, counted = traits.receives, traits.in_steps or traits.calls_off
    to_ship = _("To receive") if receives else _("To order") if traits.calls_off else _("To ship")
    types = [LineType.ITEM, LineType.GL_ACCOUNT, LineType.RESOURCE, LineType.CHARGE, LineType.COMMENT]
    if document.free_text:
        types = [LineType.GL_ACCOUNT, LineType.COMMENT]
    price = _("Price incl. VAT") if document.prices_including_vat else _("Unit price")
    columns = [
        Column("type", _("Type"), "choice", choices=tuple((each.value, str(each.label)) for each in types),
               also=("type", "art")),
        Column("number", _("No."), quick=True, lookup="item", length=50, fixed=True,
               also=("no", "no.", "number", "item", "item no.", "item no", "article", "sku", "reference",
                     "item reference", "item reference no.", "your item", "bar code", "gtin", "ean")),
        Column("variant_code", _("Variant"), lookup="variant", hidden=True, length=10, also=("variant",)),
        Column("item_reference_no", _("Item reference no."), locked=True, hidden=True),
        Column("description", _("Description"), length=100, width="stretch", fixed=True,
               also=("description", "text", "name", "comment")),
        Column("description_2", _("Description 2"), length=50, hidden=True, locked=True),
        Column("return_reason_code", _("Return reason"), lookup="return-reason", length=10,
               hidden=not receives, also=("return reason",)),
        Column("location_code", _("Location"), lookup="location", hidden=True, length=10, also=("location",)),
        Column("quantity", _("Quantity"), "quantity", quick=True, fixed=True,
               also=("quantity", "qty", "qty.", "pcs", "pieces", "amount ordered")),
        Column("unit_code", _("Unit"), lookup="unit", length=10, width="narrow",
               also=("unit", "unit of measure", "uom")),
        Column("unit_price", price, "price", also=("unit price", "price", "price incl. vat", "unit price excl. vat")),
        Column("line_discount_percent", _("Disc. %"), "percent", width="narrow",
               also=("disc. %", "discount", "discount %", "line discount %", "disc.")),
        Column("line_amount", _("Amount"), "amount", also=("amount", "line amount")),
        Column("line_discount_amount", _("Discount amount"), "amount", hidden=True, also=("discount amount",)),
        Column("vat_percent", _("VAT %"), "percent", hidden=True, locked=True, width="narrow"),
        Column("amount_including_vat", _("Amount incl. VAT"), "amount", hidden=True, locked=True),
    ]  # fmt: skip
    if counted:
        columns += [
            Column("qty_to_ship", to_ship, "quantity"),
            Column("quantity_shipped", _("Received") if receives else _("Shipped"), "quantity", locked=True),
        ]
    if traits.in_steps:
        columns.append(Column("qty_to_invoice", _("To credit") if receives else _("To invoice"), "quantity"))
    if counted:
        columns.append(
            Column("quantity_invoiced", _("Credited") if receives else _("Invoiced"), "quantity", locked=True)
        )
    columns += [
        Column("shipment_date", _("Shipment date"), "day", also=("shipment date", "date", "ship date")),
        Column("requested_delivery_date", _("Requested delivery date"), "day", hidden=True),
        Column("promised_delivery_date", _("Promised delivery date"), "day", hidden=True),
        Column("planned_delivery_date", _("Planned delivery date"), "day", hidden=True),
        Column("planned_shipment_date", _("Planned shipment date"), "day", hidden=True),
        Column("package_tracking_no", _("Package tracking no."), hidden=True, length=50),
        Column("gen_prod_posting_group", _("Gen. prod. posting group"), hidden=True, length=20,
               lookup="general-product-group"),
        Column("vat_prod_posting_group", _("VAT prod. posting group"), hidden=not document.free_text, length=20,
               lookup="vat-product-group"),
    ]  # fmt: skip
    if not receives and not document.free_text:
        place = next(at for at, column in enumerate(columns) if column.name == "unit_price")
        columns.insert(place, Column("availability", _("Availability"), locked=True, width="wide"))
    return columns


def editable(rights, line: SalesLine) -> frozenset[str]:
    """The fields of a line that this user may type into, on its page and in the grid."""
    if line.type == LineType.COMMENT:
        return frozenset({"description"} if rights.may_edit_lines and rights.is_open else ())
    fields = set()
    if rights.may_edit_lines and rights.is_open:
        fields |= {"description", "quantity", "unit_price", "line_discount_percent", "shipment_date"}
        fields |= {"gen_prod_posting_group", "vat_prod_posting_group"}
        if line.document.free_text:
            fields.add("line_amount")
        if line.type == LineType.ITEM:
            fields |= {"unit_code", "variant_code", *SHIPPING - {"package_tracking_no"}}
            comes = (line.quantity < 0) != line.document.traits.receives
            fields |= (
                {"return_reason_code", "applies_from_item_entry"} if comes else {"applies_to_item_entry"}
            )
    if rights.may_edit_lines and line.type == LineType.ITEM:
        fields.add("package_tracking_no")
    if rights.may_type_shipped:
        fields.add("qty_to_ship")
    if rights.may_type_invoiced:
        fields.add("qty_to_invoice")
    return frozenset(fields)


def typed_in_grid(rights, line: SalesLine) -> frozenset[str]:
    """The same, and what the grid alone takes: another number, an amount, the words of a text when released."""
    fields = set(editable(rights, line))
    if rights.may_edit_lines and rights.is_open:
        fields |= {"type", "number"}
        if line.sells_something:
            fields |= {"line_amount", "line_discount_amount", "unit_code", "return_reason_code"}
    elif rights.may_edit_lines and line.type == LineType.COMMENT:
        fields.add("description")
    return frozenset(fields)


def may_remove(rights) -> bool:
    return rights.is_open and rights.may_write and rights.user.has_perm("sales.delete_salesline")


def row_of(line: SalesLine, columns: Sequence[Column], rights, *, plain: bool = False) -> Row:
    """A line with its cells; plain: with the fields of the posting form, for readers without scripts."""
    may_type, cells = typed_in_grid(rights, line), {}
    posted = _posted(rights) if plain else {}
    for column in columns:
        name = column.name
        if name == "availability" or (not line.sells_something and name not in OF_TEXTS):
            cells[name] = Cell("", "", locked=True)
            continue
        cell = cell_of(
            column,
            getattr(line, name),
            locked=name not in may_type,
            blank=name in BLANK,
            title=_title(line, name),
        )
        if plain and name in posted and line.quantity:
            typed = getattr(line, "typed", {}).get(name)
            shown = cell.shown if typed is None else _as_typed(typed)
            cell = cell._replace(plain=_input(name, line.line_no, posted[name], shown))
        cells[name] = cell
    document = line.document
    address = reverse("sales:line", args=[document.type, document.number, line.line_no])
    return Row(str(line.line_no), cells, address)


def lines_context(document: SalesDocument, lines: Sequence[SalesLine], rights) -> dict[str, object]:
    """What the templates of the lines and of the figures under them want; the grid is made when it is shown."""
    grid = SimpleLazyObject(lambda: lines_grid(rights.user, document, lines, rights))
    return {"grid": grid, **totals_context(document, lines, rights)}


def lines_grid(user, document: SalesDocument, lines: Iterable[SalesLine], rights) -> Grid:
    """The grid of a document's lines, as this user sees it."""
    lines = list(lines)
    every = columns_of(document)
    preference = PREFERENCE.format(type=document.type)
    columns = columns_for(user, preference, every)
    rows = []
    for line in lines:
        line.document = document
        rows.append(row_of(line, columns, rights, plain=True))
    place = [document.type, document.number]
    may_type = rights.may_edit_lines or rights.may_type_shipped or rights.may_type_invoiced
    extra = {  # of two columns that a sheet may mean by a name, the one that may be typed has the last word
        "facts": reverse("sales:lines-facts", args=place),
        "address": reverse("sales:line", args=[*place, 0]),
        "type": next_type(document, lines),
        "lookups": "\n".join(f"{type}\t{kind}" for type, kind in LOOKED_UP.items()),
        "customer": document.customer_number,
        "comment": LineType.COMMENT.value,
        "names": "\n".join(
            f"{name}\t{column.name}"
            for column in sorted(every, key=lambda column: not column.locked)
            for name in names_of(column)
        ),
    }
    if user.has_perm("sales.view_salesinvoice"):
        extra["last-price"] = reverse("sales:line-last-price", args=[*place, 0])
    return Grid(
        name=_("Lines"),
        row_name=_("line"),
        columns=columns,
        every_column=every,
        rows=rows,
        save=reverse("sales:lines-save", args=place) if may_type else "",
        may_add=rights.may_change_lines,
        may_remove=may_remove(rights),
        preference=preference,
        choose=reverse("sales:lines-columns", args=place),
        extra=extra,
        empty=_("No lines yet: type an item, its reference, or words of its name."),
    )


def next_type(document: SalesDocument, lines: Iterable[SalesLine] | None = None) -> str:
    """A new line is of the type of the last one that sells something; the first one as the set-up says."""
    if document.free_text:
        return LineType.GL_ACCOUNT
    if lines is None:
        selling = document.lines.exclude(type=LineType.COMMENT).order_by("-line_no")
        last = selling.values_list("type", flat=True).first()
    else:
        last = next((line.type for line in reversed(list(lines)) if line.sells_something), None)
    return last or SalesSetup.objects.get().default_line_type


def names_of(column: Column) -> list[str]:
    """What a header of a pasted sheet may call a column; figures that follow from others are known, and left out."""
    return list(dict.fromkeys([column.label.lower(), column.name, *column.also]))


def _title(line: SalesLine, name: str) -> str:
    if name == "quantity":
        reached = getattr(line, "reached", None)
        cancelled = line.quantity_cancelled
        words = [reached.label] if reached else []
        if cancelled:
            words.append(_("{quantity} cancelled").format(quantity=f"{cancelled.normalize():f}"))
        return ", ".join(words)
    if name == "description":
        return line.description
    if name == "number":
        return " ".join(filter(None, [line.number, line.variant_code, line.item_reference_no]))
    return ""


def _posted(rights) -> dict[str, str]:
    """The quantities that readers without scripts type into the posting form, with their words."""
    words = {}
    if rights.may_type_shipped:
        words["qty_to_ship"] = _("To ship")
    if rights.may_type_invoiced:
        words["qty_to_invoice"] = _("To invoice")
    return words


def _as_typed(field) -> str:
    """What a field of the posting form holds."""
    value = field.value()
    if isinstance(value, Decimal):
        value = field.field.widget.format_value(field.field.prepare_value(value))
    return "" if value is None else str(value)


def _input(name: str, line_no: int, label: str, value: str) -> str:
    """A field of the posting form in its cell. Written here and not by a form: a thousand lines have two thousand."""
    name = f"{name}-{line_no}"
    return (
        f'<label class="sr" for="id_{name}">{escape(label)}, {escape(_("line"))} {line_no}</label>'
        f'<input type="text" name="{name}" id="id_{name}" value="{escape(value)}"'
        ' form="posting" size="6" class="figure" inputmode="decimal" autocomplete="off">'
    )
