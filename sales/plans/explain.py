"""Why a line has its VAT and its account, as plain JSON: the rules that won, and those that were passed over. Pure.

    {"vat": {"vat_bus", "vat_prod", "from": {"vat_bus": [who, number], "vat_prod": [who, number]},
             "identifier", "percent", "calculation", "clause", "clause_text", "rejected": [row of the matrix, …]},
     "account": {"account", "name", "from", "gen_bus", "gen_prod", "field", "rejected": [account, …]}}

What people read is made of it in `sales.views.why`.
"""

from collections.abc import Collection, Iterable

from posting.setup_values import VATSetup
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.values import SalesValues

SALES, CREDIT = "sales_account", "sales_credit_memo_account"


def explain_posting(line: SalesLine, values: SalesValues, *, typed: Collection[str] = ()) -> dict:
    """Both explanations of a line whose groups, document and master are known.

    typed  fields of the line that somebody typed instead of leaving them to the master: "vat_prod_posting_group"
    """
    return {"vat": _vat(line, values, typed), "account": _account(line, values)}


def explain_accounts(lines: Iterable[SalesLine], values: SalesValues) -> dict[int, dict]:
    """By line number, what an explanation says by now: since the lines were made the set-up may have changed, or they
    were copied. Of a line that explains itself already only the account, which lies over what it says.
    """
    accounts: dict[tuple, dict] = {}
    now = {}
    for line in lines:
        if not line.explained:
            now[line.line_no] = explain_posting(line, values)
            continue
        told_by = (line.type, line.gl_account_id, line.gen_bus_posting_group, line.gen_prod_posting_group)
        if told_by not in accounts:
            accounts[told_by] = {"account": _account(line, values)}
        now[line.line_no] = accounts[told_by]
    return now


def explanation_on(document: SalesDocument, explanation: dict | None) -> dict | None:
    """The explanation of a line that is copied to a document: where money goes back the other account takes it."""
    account = (explanation or {}).get("account", {})
    taken, _other = _fields(document)
    if account.get("field", taken) == taken or not account["rejected"]:
        return explanation
    was = {"account": account["account"], "name": account["name"], "field": account["field"]}
    (now,) = account["rejected"]
    named = {name: now[name] for name in ("account", "name", "field")}
    rejected = [was | {"reason": now["reason"]}]
    return explanation | {"account": account | named | {"rejected": rejected}}


def _fields(document: SalesDocument) -> tuple[str, str]:
    """The field of the set-up that names the account of a document's revenue, and that of the other kind."""
    return (CREDIT, SALES) if document.traits.receives else (SALES, CREDIT)


def _vat(line: SalesLine, values: SalesValues, typed: Collection[str]) -> dict:
    bus, prod = line.vat_bus_posting_group, line.vat_prod_posting_group
    row = values.posting.vat_rows.get((bus, prod))
    facts = _facts(row) if row is not None else {}
    return {
        "vat_bus": bus,
        "vat_prod": prod,
        "from": {"vat_bus": _bus_from(bus, line.document, values), "vat_prod": _prod_from(line, prod, typed)},
        **facts,
        "clause": row.clause if row else "",
        "clause_text": row.clause_text if row else "",
        "rejected": [
            {"vat_bus": other.bus, **_facts(other)}
            for other in values.posting.vat_rows.values()
            if other.prod == prod and other.bus != bus and not other.blocked
        ],
    }


def _facts(row: VATSetup) -> dict:
    return {
        "identifier": row.identifier,
        "percent": str(row.percent),
        "calculation": row.calculation_type,
    }


def _bus_from(bus: str, document: SalesDocument, values: SalesValues) -> list[str]:
    """Who says what kind of customer this is for VAT: a card, or the head of the document where it says otherwise."""
    if document.is_for_prospect:
        who, card = "customer_template", document.customer_template
    elif document.customer_id == document.bill_to_customer_id:
        who, card = "customer", document.customer
    elif values.posting.gl.bill_to_sell_to_vat_calculation == "bill_to":
        who, card = "bill_to_customer", document.bill_to_customer
    else:
        who, card = "sell_to_customer", document.customer
    usual = card.vat_bus_posting_group.code if card.vat_bus_posting_group else ""
    if bus != usual:
        return ["head", document.number]
    return [who, card.code if who == "customer_template" else card.number]


def _prod_from(line: SalesLine, prod: str, typed: Collection[str]) -> list[str]:
    """Who says what kind of thing this is for VAT; what was typed once stays typed while it is the same."""
    before = (line.posting_explanation or {}).get("vat", {})
    was_typed = before.get("vat_prod") == prod and before.get("from", {}).get("vat_prod", [""])[0] == "typed"
    if was_typed or "vat_prod_posting_group" in typed:
        return ["typed", ""]
    return [line.type, line.number]


def _account(line: SalesLine, values: SalesValues) -> dict:
    """The account that takes the line's revenue, and the one that the other kind of document would take."""
    taken, other = _fields(line.document)
    named = {"gen_bus": line.gen_bus_posting_group, "gen_prod": line.gen_prod_posting_group}
    row = values.posting.general_rows.get((line.gen_bus_posting_group, line.gen_prod_posting_group))
    found = {}
    for field in (taken, other):
        account_id = row.accounts.get(field) if row else None
        found[field] = values.revenue_accounts.get(account_id, ("", ""))
    if line.type == LineType.GL_ACCOUNT:
        number, name = _named_by(line)
        explained = {"account": number, "name": name, "from": "line", **named}
        passed_over, reason = taken, "line_names_account"
    else:
        number, name = found[taken]
        explained = {"account": number, "name": name, "from": "general_posting_setup", **named}
        explained["field"] = taken
        passed_over, reason = other, "other_documents"
    number, name = found[passed_over]
    lost = {"account": number, "name": name, "field": passed_over, "reason": reason}
    return explained | {"rejected": [lost]}


def _named_by(line: SalesLine) -> tuple[str, str]:
    """Number and name of the line's own account, as it was explained before or as its card says."""
    known = (line.posting_explanation or {}).get("account", {})
    if known.get("account") == line.number:
        return known["account"], known["name"]
    return line.gl_account.number, line.gl_account.name
