"""The palette (Ctrl+K): go to a record by its number or words of its name, or to a page, as far as one may see it.

Answers at once whatever the tables hold: exact numbers are read by their index, words by theirs, a handful per kind,
nothing is counted, nothing long is sorted, and a search for too little to tell rows apart is given up.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.models.customer import FOUND_BY as CUSTOMER_WORDS
from erp.kernel.recent import recent
from erp.kernel.search import with_words, words_of
from erp.views.navigation import menu
from inventory.models import Item
from posting.models import GLAccount
from sales.models import SalesDocument
from sales.models.base import FOUND_BY as PAPER_WORDS
from sales.views.posted import KINDS as POSTED

HANDFUL = 5
FEW = 3  # of the posted papers of one kind
CANDIDATES = 2000  # of the rows with all the words, so many are looked at for the newest
SHORTEST = 3  # letters of the longest word, from which on words are looked for
PATIENCE = 80  # milliseconds for one question to the database
PATIENCE_IN_ALL = 0.25  # seconds, after which no further question is asked


@dataclass(frozen=True)
class Hit:
    """Something to go to. title: what it is called; kind: what it is, in words."""

    url: str
    number: str
    title: str
    kind: str


@dataclass(frozen=True)
class Source:
    """Records of one kind: who may see them, how they are found and shown."""

    permission: str
    rows: Callable[[], QuerySet]
    by_number: Callable[[list[str]], dict[str, Any]]
    words: tuple[str, ...]
    hit: Callable[[Any], Hit]
    most: int = HANDFUL


def _document(row: SalesDocument) -> Hit:
    name = row.sell_to_name or row.external_document_no
    return Hit(
        reverse("sales:document", args=[row.type, row.number]), row.number, name, row.get_type_display()
    )


def _paper(kind: str) -> Callable[[Any], Hit]:
    word = {
        "shipment": gettext_lazy("Posted shipment"),
        "invoice": gettext_lazy("Posted invoice"),
        "credit_memo": gettext_lazy("Posted credit memo"),
        "return_receipt": gettext_lazy("Posted return receipt"),
    }[kind]
    return lambda row: Hit(
        reverse("sales:posted", args=[kind, row.number]), row.number, row.sell_to_name, str(word)
    )


def _numbers(numbers: list[str]) -> dict[str, Any]:
    return {"number__in": numbers}


SOURCES = (
    Source(
        "sales.view_salesdocument",
        lambda: SalesDocument.objects.only("type", "number", "sell_to_name", "external_document_no"),
        # The index is on type and number.
        lambda numbers: {"type__in": SalesDocument.Type.values, "number__in": numbers},
        PAPER_WORDS,
        _document,
    ),
    *(
        Source(
            about.permission,
            lambda about=about: about.model.objects.only("number", "sell_to_name"),
            _numbers,
            PAPER_WORDS,
            _paper(kind),
            most=FEW,
        )
        for kind, about in POSTED.items()
    ),
    Source(
        "customers.view_customer",
        lambda: Customer.objects.only("number", "name", "city"),
        _numbers,
        CUSTOMER_WORDS,
        lambda row: Hit(
            reverse("sales:customer", args=[row.number]),
            row.number,
            ", ".join(filter(None, [row.name, row.city])),
            _("Customer"),
        ),
    ),
    Source(
        "inventory.view_item",
        lambda: Item.objects.only("number", "description"),
        _numbers,
        ("number", "description"),
        lambda row: Hit(reverse("inventory:item", args=[row.number]), row.number, row.description, _("Item")),
    ),
    Source(
        "posting.view_glentry",
        lambda: GLAccount.objects.only("number", "name"),
        _numbers,
        (),
        lambda row: Hit(
            reverse("posting:account", args=[row.number]), row.number, row.name, _("G/L account")
        ),
    ),
)
# Customers and items are named more often than papers are looked for by the customer's name.
BY_WORDS = tuple(sorted((each for each in SOURCES if each.words), key=lambda each: each.words == PAPER_WORDS))
NEW = (
    (gettext_lazy("New quote"), "quote"),
    (gettext_lazy("New order"), "order"),
    (gettext_lazy("New blanket order"), "blanket_order"),
    (gettext_lazy("New invoice"), "invoice"),
    (gettext_lazy("New return order"), "return_order"),
    (gettext_lazy("New credit memo"), "credit_memo"),
)
CHORES = (
    (gettext_lazy("Combine shipments"), "sales:combine", ("shipments",), "sales.invoice_salesdocument"),
    (gettext_lazy("Delete invoiced orders"), "sales:invoiced-orders", (), "sales.delete_salesdocument"),
    (gettext_lazy("Expired quotes"), "sales:expired-quotes", (), "sales.delete_salesdocument"),
)
# What recent records may be shown to whom, by their kind; other kinds are shown to nobody.
SEEN = {
    **{f"sales.{value}": "sales.view_salesdocument" for value in SalesDocument.Type.values},
    **{f"sales.posted-{kind}": about.permission for kind, about in POSTED.items()},
    "customer": "customers.view_customer",
    "item": "inventory.view_item",
    "account": "posting.view_glentry",
}


@login_required
def palette(request: HttpRequest) -> HttpResponse:
    """Without q: what was opened last, and every page. With q: the records it finds.

    As JSON for the palette; as a page of its own where there is no JavaScript.
    """
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    if request.headers.get("X-Requested-With") == "handel":
        if text:
            return JsonResponse(_records(request.user, text))
        return JsonResponse({"recent": _dicts(_recent(request.user)), "pages": _dicts(_pages(request))})
    found = _records(request.user, text) if text else {"exact": [], "found": [], "incomplete": False}
    words = text.casefold().split()
    pages = [page for page in _pages(request) if all(word in page.title.casefold() for word in words)]
    context = {"text": text, "pages": pages if text else [], "recent": [] if text else _recent(request.user)}
    return render(request, "palette/page.html", context | found)


def _records(user, text: str) -> dict[str, Any]:
    """What the text finds. incomplete: something was not looked for, because the text tells too little apart."""
    exact = _by_number(user, text)
    if exact and any(letter.isdigit() for letter in text):
        return {"exact": _dicts(exact), "found": [], "incomplete": False}
    found, incomplete = _by_words(user, text)
    known = set(exact)
    found = [hit for hit in found if hit not in known]
    return {"exact": _dicts(exact), "found": _dicts(found), "incomplete": incomplete}


def _by_number(user, text: str) -> list[Hit]:
    numbers, hits = sorted({text, text.upper()}), []
    for source in SOURCES:
        if user.has_perm(source.permission):
            rows = source.rows().filter(**source.by_number(numbers))
            hits += [source.hit(row) for row in rows[:HANDFUL]]
    return hits


def _by_words(user, text: str) -> tuple[list[Hit], bool]:
    if max(map(len, words_of(text)), default=0) < SHORTEST:
        return [], True
    begun, hits, incomplete = time.monotonic(), [], False
    questions = [(_newest, source) for source in BY_WORDS if user.has_perm(source.permission)]
    while questions:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
                while questions:
                    if time.monotonic() - begun > PATIENCE_IN_ALL:
                        questions, incomplete = [], True
                        break
                    question, source = questions[0]
                    hits += question(cursor, source, text)
                    questions.pop(0)
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        except DatabaseError:
            question, source = questions.pop(0)
            if question is _newest:
                questions.insert(0, (_of_many, source))
            else:
                incomplete = True
    return hits, incomplete


def _newest(cursor, source: Source, text: str) -> list[Hit]:
    """The newest of the rows with all the words, or of the first CANDIDATES where there are more."""
    every, parameters = with_words(source.rows(), text, *source.words).values("pk").query.sql_with_params()
    # Materialized: else the planner, told of a limit, reads the whole table instead of the index of the words.
    cursor.execute(f"WITH found AS MATERIALIZED ({every}) SELECT * FROM found LIMIT {CANDIDATES}", parameters)
    found = sorted((pk for (pk,) in cursor.fetchall()), reverse=True)[: source.most]
    rows = source.rows().filter(pk__in=found).order_by("-pk") if found else []
    return [source.hit(row) for row in rows]


def _of_many(_cursor, source: Source, text: str) -> list[Hit]:
    """The newest, looked for among the newest: quick where so many rows have the words that their index is slow."""
    rows = with_words(source.rows(), text, *source.words).order_by("-pk")
    return [source.hit(row) for row in rows[: source.most]]


def _recent(user) -> list[Hit]:
    kinds = dict(_kinds())
    return [
        Hit(row.url, row.number, row.title, str(kinds.get(row.kind, "")))
        for row in recent(user, 20)
        if _may_see(user, row.kind)
    ][: HANDFUL * 2]


def _kinds() -> Iterable[tuple[str, str]]:
    yield from ((f"sales.{value}", label) for value, label in SalesDocument.Type.choices)
    yield from ((f"sales.posted-{kind}", about.name) for kind, about in POSTED.items())
    yield from (("customer", _("Customer")), ("item", _("Item")), ("account", _("G/L account")))


def _may_see(user, kind: str) -> bool:
    permission = SEEN.get(kind)
    return permission is not None and user.has_perm(permission)


def _pages(request: HttpRequest) -> list[Hit]:
    user, pages = request.user, []
    if user.has_perm("sales.add_salesdocument"):
        pages += [
            Hit(reverse("sales:document-new", args=[type]), "", str(name), _("Sales")) for name, type in NEW
        ]
    for group in menu(request):
        pages += [Hit(entry.url, "", str(entry.label), str(group.label)) for entry in group.entries]
    pages += [
        Hit(reverse(view, args=args), "", str(name), _("Sales"))
        for name, view, args, permission in CHORES
        if user.has_perm(permission)
    ]
    pages += [
        Hit(reverse("settings"), "", _("My settings"), _("Personal")),
        Hit(reverse("tokens"), "", _("My access tokens"), _("Personal")),
        Hit(reverse("notices"), "", _("Notices"), _("Personal")),
    ]
    if user.is_staff:
        for app in admin.site.get_app_list(request):
            pages += [
                Hit(model["admin_url"], "", str(model["name"]), _("Set-up table"))
                for model in app["models"]
                if model["admin_url"]
            ]
    return pages


def _dicts(hits: Iterable[Hit]) -> list[dict]:
    return [asdict(hit) for hit in hits]
