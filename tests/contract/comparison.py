"""Comparing a declared entity set with the frozen contract: what differs, in sentences."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from erp.kernel.odata.entity import EntitySet
from erp.kernel.odata.properties import Choice, Formula, Property

CONTRACT = yaml.safe_load((Path(__file__).parent / "fields.yaml").read_text())
ENUMS, SETS = CONTRACT["enums"], CONTRACT["sets"]
EDM = {
    "dec": "Edm.Decimal",
    "int": "Edm.Int32",
    "bool": "Edm.Boolean",
    "date": "Edm.Date",
    "dt": "Edm.DateTimeOffset",
    "guid": "Edm.Guid",
    "stream": "Edm.Stream",
}

# The set that a way to a single entity leads to; a way to many has its set's name.
SINGLE = {
    "account": "accounts",
    "agedAccountsPayable": "agedAccountsPayables",
    "agedAccountsReceivable": "agedAccountsReceivables",
    "currency": "currencies",
    "customer": "customers",
    "customerFinancialDetail": "customerFinancialDetails",
    "dimension": "dimensions",
    "dimensionValue": "dimensionValues",
    "generalProductPostingGroup": "generalProductPostingGroups",
    "inventoryPostingGroup": "inventoryPostingGroups",
    "item": "items",
    "itemCategory": "itemCategories",
    "itemVariant": "itemVariants",
    "journal": "journals",
    "location": "locations",
    "paymentMethod": "paymentMethods",
    "paymentTerm": "paymentTerms",
    "picture": "pictures",
    "shipmentMethod": "shipmentMethods",
    "unitOfMeasure": "unitsOfMeasure",
    "vendor": "vendors",
}

# Sets of which v2.0 only reads what Handel also writes: their verbs may be more, their fields may be written.
OPENED = frozenset({
    "approvalUserSetups", "blanketSalesOrderLines", "blanketSalesOrders", "salesReturnOrderLines", "salesReturnOrders",
    "workflowApprovers", "workflowResponseOptions", "workflowSteps", "workflows",
})  # fmt: skip

# What the lists leave open to writing, and Handel does not: it is calculated, and writing it had no effect.
CALCULATED = frozenset({
    ("salesOrders", "fullyShipped"),
    ("salesQuoteLines", "netAmount"),
})  # fmt: skip


def differences(
    declared: type[EntitySet] | EntitySet,
    frozen: Mapping[str, Any],
    *,
    absent: Mapping[str, str],
    values_absent: Mapping[str, dict[str, str]],
) -> list[str]:
    """Everything in which a declared set is not what the contract says; empty when clients find what they expect.

    absent         sets that Handel does not have: a way to one of them may be missing
    values_absent  values that Handel does not have: by enum, or by set and property ("pdfDocument.parentType")
    """
    return [
        *_head(declared, frozen),
        *_verbs(declared, frozen),
        *_actions(declared, frozen),
        *_ways(declared, frozen, absent),
        *_fields(declared, frozen, values_absent),
    ]


def _head(declared: EntitySet, frozen: Mapping[str, Any]) -> Iterator[str]:
    if frozen["entity"] and declared.entity != frozen["entity"]:
        yield f"entity is {declared.entity}, not {frozen['entity']}"
    if frozen["key"] and declared.key != frozen["key"]:
        yield f"key is {declared.key}, not {frozen['key']}"
    if declared.is_extension:
        yield "is no extension: v2.0 has it"


def _verbs(declared: EntitySet, frozen: Mapping[str, Any]) -> Iterator[str]:
    wanted = set(frozen["verbs"])
    if missing := wanted - declared.verbs:
        yield f"verbs missing: {', '.join(sorted(missing))}"
    if declared.name not in OPENED and (further := declared.verbs - wanted):
        yield f"verbs that v2.0 does not have: {', '.join(sorted(further))}"


def _actions(declared: EntitySet, frozen: Mapping[str, Any]) -> Iterator[str]:
    classic = {action.name for action in declared.actions if not action.extension}
    wanted = set(frozen["actions"])
    for name in sorted(wanted - classic):
        yield f"action {name} is missing, or marked as an extension"
    for name in sorted(classic - wanted):
        yield f"action {name} is not in v2.0: mark it as an extension"


def _ways(declared: EntitySet, frozen: Mapping[str, Any], absent: Mapping[str, str]) -> Iterator[str]:
    """Ways that v2.0 does not have are welcome; those that it has must be there and lead to one, or to many."""
    wanted = frozen["navigation"]
    for name, number in wanted.items() if isinstance(wanted, dict) else ():
        way = declared.way(name)
        if way is None:
            if SINGLE.get(name, name) not in absent:
                yield f"navigation {name} is missing"
        elif way.many != (number == "many"):
            yield f"navigation {name} leads to {'many' if way.many else 'one'}, not to {number}"


def _fields(
    declared: EntitySet, frozen: Mapping[str, Any], values_absent: Mapping[str, dict[str, str]]
) -> Iterator[str]:
    found = {each.name: each for each in declared.properties}
    for name, wanted in frozen["fields"].items():
        each = found.get(name)
        if each is None or each.extension:
            yield f"{name} is missing, or marked as an extension"
            continue
        absent = values_absent.get(wanted["type"][2:], {}) | values_absent.get(f"{declared.name}.{name}", {})
        yield from (f"{name} {words}" for words in _type(each, wanted["type"], absent))
        if declared.name not in OPENED and each.read_only != _is_read_only(declared.name, name, wanted):
            yield f"{name} is {'' if each.read_only else 'not '}read-only"
    for name in sorted(set(found) - set(frozen["fields"])):
        if not found[name].extension and not frozen.get("open"):
            yield f"{name} is not in v2.0: mark it as an extension"


def _is_read_only(of: str, name: str, wanted: Mapping[str, Any]) -> bool:
    """`lastModifiedDateTime` never accepts anything, although some lists leave it open."""
    return wanted.get("read_only", False) or name == "lastModifiedDateTime" or (of, name) in CALCULATED


def _type(each: Property, wanted: str, absent: Mapping[str, str]) -> Iterator[str]:
    if wanted == "?":
        return
    if wanted in EDM:
        if each.edm != EDM[wanted]:
            yield f"is {each.edm}, not {EDM[wanted]}"
    elif wanted == "formula":
        if not isinstance(each, Formula):
            yield "is not a date formula"
    elif wanted == "e" or wanted.startswith("e:"):
        if not isinstance(each, Choice):
            yield f"is {each.edm}, not one of some values"
        elif wanted != "e":
            yield from _values(each, wanted[2:], absent)
    elif isinstance(each, Choice) or each.edm != "Edm.String":
        yield f"is {each.edm if each.edm != 'Edm.String' else 'one of some values'}, not a text"
    elif len(wanted) > 1 and getattr(each, "length", None) != int(wanted[1:]):
        yield f"has at most {getattr(each, 'length', None)} characters, not {wanted[1:]}"


def _values(each: Choice, enum: str, absent: Mapping[str, str]) -> Iterator[str]:
    frozen = ENUMS[enum]
    if frozen["values"] is None:
        return
    wanted, found = set(frozen["values"]), {value or " " for value in each.values.values()}
    for value in sorted(wanted - found - set(absent)):
        yield f"lacks the value {value!r} of {enum}"
    if not frozen.get("open"):
        for value in sorted(found - wanted):
            yield f"has the value {value!r}, which is not in {enum}"
