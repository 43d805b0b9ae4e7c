"""One field of a head at a time: saved, refused, asked about, merged with what others did, and who may at all."""

import json

import pytest
from django.core.cache import cache
from django.urls import reverse

from sales.models import SalesDocument


@pytest.fixture(autouse=True)
def nobody_is_here():
    cache.clear()


@pytest.fixture
def order(shop) -> SalesDocument:
    return shop.order().document


def send(browser, order, answers=None, **fields):
    """Send what was typed over what, as (old, new)."""
    address = reverse("sales:document-fields", args=[order.type, order.number])
    body = {"fields": {name: {"old": old, "new": new} for name, (old, new) in fields.items()}}
    if answers:
        body["answers"] = answers
    return browser.post(address, json.dumps(body), content_type="application/json")


def test_a_field_is_saved_and_what_follows_comes_along(shop, browser, order):
    """Other terms move the due date; the page is told all values, in the reader's own way of writing them."""
    now = browser.get(reverse("sales:document-fields", args=["order", order.number])).json()["fields"]
    assert (now["order_date"], now["allow_line_discount"]) == ("02 Mar 2026", "true")
    answer = send(browser, order, payment_terms_code=(now["payment_terms_code"], "60D"))
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["saved"] == ["payment_terms_code"] and not told["reload"]
    assert told["fields"]["due_date"] == "01 May 2026"
    assert told["version"] == SalesDocument.objects.get().modified_at.isoformat()


def test_days_are_typed_as_clerks_type_them(browser, order):
    answer = send(browser, order, requested_delivery_date=("", "t+3"), answers={"cascade": False})
    assert answer.status_code == 200, answer.content
    assert answer.json()["fields"]["requested_delivery_date"] == "05 Mar 2026"


def test_a_box_and_a_customer(shop, browser, order):
    """The page sends true and false; a part of a name becomes the number."""
    assert send(browser, order, allow_line_discount=("true", "false")).status_code == 200
    shop.world.customer("Contoso", number="C2")
    answer = send(browser, order, sell_to=("C1", "conto"))
    asked = answer.json()["question"]
    assert answer.status_code == 422 and asked["field"] == "recreate_lines"
    answer = send(browser, order, sell_to=("C1", "conto"), answers={"recreate_lines": True})
    told = answer.json()
    assert told["fields"]["sell_to"] == "C2" and told["reload"]


@pytest.mark.parametrize(
    ("field", "old", "new", "code"),
    [
        ("requested_delivery_date", "", "someday", "E-FORM"),
        ("payment_terms_code", "", "NOPE", "E-CODE-NONE"),
        ("sell_to", "C1", "nobody", "E-CU-NONE"),
        ("nonsense", "", "x", "E-FIELD"),
        ("external_document_no", "", "x" * 36, "E-FORM"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(browser, order, field, old, new, code):
    if field == "payment_terms_code":
        old = order.payment_terms_code
    answer = send(browser, order, **{field: (old, new)})
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert (problem["code"], problem["field"]) == (code, field) and problem["message"]


def test_others_changed_the_same_field(browser, sign_in, order):
    """Both values come back, and nothing is overwritten; typed once more over theirs, mine is kept."""
    assert send(sign_in("CLERK"), order, your_reference=("", "Eva")).status_code == 200
    answer = send(browser, order, your_reference=("", "Adam"))
    assert answer.status_code == 409
    assert answer.json()["conflicts"] == [{"field": "your_reference", "mine": "Adam", "theirs": "Eva"}]
    assert SalesDocument.objects.get().your_reference == "Eva"
    assert send(browser, order, your_reference=("Eva", "Adam")).status_code == 200
    assert SalesDocument.objects.get().your_reference == "Adam"


def test_other_fields_merge_by_themselves(browser, sign_in, order):
    assert send(sign_in("CLERK"), order, your_reference=("", "Eva")).status_code == 200
    answer = send(browser, order, external_document_no=("", "PO-1"), your_reference=("", "Adam"))
    assert answer.status_code == 409 and answer.json()["saved"] == ["external_document_no"]
    order = SalesDocument.objects.get()
    assert (order.external_document_no, order.your_reference) == ("PO-1", "Eva")


def test_the_same_value_typed_twice_is_no_conflict(browser, sign_in, order):
    assert send(sign_in("CLERK"), order, your_reference=("", "Eva")).status_code == 200
    answer = send(browser, order, your_reference=("", "Eva"))
    assert answer.status_code == 200 and answer.json()["saved"] == ["your_reference"]


@pytest.mark.parametrize(
    ("field", "typed", "shown"),
    [("requested_delivery_date", "t+3", "05 Mar 2026"), ("external_document_no", " PO 7 ", "PO 7")],
)
def test_sent_again_after_a_lost_answer_is_no_conflict(browser, order, field, typed, shown):
    """The page sends what was typed once more when the connection broke before the answer came."""
    for _time in range(2):
        answer = send(browser, order, **{field: ("", typed)}, answers={"cascade": False})
        assert answer.status_code == 200, answer.content
        assert answer.json()["saved"] == [field] and answer.json()["fields"][field] == shown


def test_a_released_document_keeps_what_others_rely_on(shop, browser):
    order = shop.order().release().document
    answer = send(browser, order, location_code=("", "MAIN"))
    assert answer.status_code == 409 and "conflicts" not in answer.json()
    assert "Location" in answer.json()["problems"][0]["message"]
    assert send(browser, order, your_reference=("", "Eva")).status_code == 200


def test_who_may_not_change_documents_does_not(sign_in, order):
    assert send(sign_in("WAREHOUSE"), order, your_reference=("", "Eva")).status_code == 403
    text = sign_in("WAREHOUSE").get(reverse("sales:document", args=["order", order.number])).content.decode()
    head = text[text.index('id="document-fields"') : text.index('id="lines"')]
    assert head.count("data-locked") == head.count("data-field=") > 50


def test_a_document_that_is_gone_says_so(browser, order):
    SalesDocument.objects.filter(pk=order.pk).update(number="SO-X")
    answer = send(browser, order, your_reference=("", "Eva"))
    assert answer.status_code == 404 and answer.json()["problems"][0]["code"] == "E-DOC-GONE"


@pytest.mark.parametrize(
    "body", ["", "[]", '{"fields": 1}', '{"fields": {"a": "b"}}', '{"fields": {}, "answers": {"a": "b"}}']
)
def test_nonsense_is_refused(browser, order, body):
    address = reverse("sales:document-fields", args=["order", order.number])
    answer = browser.post(address, body, content_type="application/json")
    assert answer.status_code == 422 and answer.json()["problems"][0]["code"] == "E-JSON"


class TestPresence:
    def test_others_are_told_who_is_here_and_who_changed_it(self, browser, sign_in, order):
        clerk, address = sign_in("CLERK"), reverse("sales:document-presence", args=["order", order.number])

        def here(who, **said):
            return who.post(address, json.dumps(said), content_type="application/json").json()

        assert here(browser)["others"] == []
        assert here(clerk, editing=True)["others"] == [{"name": "door-all", "editing": False}]
        assert here(browser)["others"] == [{"name": "door-clerk", "editing": True}]
        send(clerk, order, your_reference=("", "Eva"))
        told = here(browser)
        assert told["changed_by"] == "door-clerk"
        assert told["version"] == SalesDocument.objects.get().modified_at.isoformat()
        assert here(clerk)["changed_by"] == ""  # nobody is told what they did themselves
        here(clerk, leaving=True)
        assert here(browser)["others"] == []

    def test_a_document_that_is_gone_has_no_version(self, browser):
        address = reverse("sales:document-presence", args=["order", "SO-NONE"])
        answer = browser.post(address, "{}", content_type="application/json")
        assert answer.json() == {"others": [], "version": "", "changed_by": ""}

    def test_strangers_are_not_told(self, sign_in, shop, order):
        nobody = shop.world.user("nobody", role="ACCOUNTANT")
        nobody.groups.clear()
        sign_in("CLERK").logout()
        sign_in("CLERK").force_login(nobody)
        address = reverse("sales:document-presence", args=["order", order.number])
        assert sign_in("CLERK").post(address, "{}", content_type="application/json").status_code == 403


class TestPreferences:
    def put(self, browser, body):
        return browser.post(reverse("preference"), json.dumps(body), content_type="application/json")

    def test_what_is_folded_stays_folded(self, browser, order):
        page = reverse("sales:document", args=["order", order.number])
        assert 'data-section="general"\n           open' in browser.get(page).content.decode()
        for name in ("general", "side"):
            body = {"key": "sales.document.folds", "merge": {name: False}}
            assert self.put(browser, body).status_code == 200
        text = browser.get(page).content.decode()
        assert 'data-section="general"\n           open' not in text and 'data-side="folded"' in text

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"key": "sales.document.folds"},
            {"key": "Not a key", "value": 1},
            {"key": "a.b", "value": "x" * 5000},
            {"key": "a.b", "merge": [1]},
            {"key": "a.b", "value": 1, "merge": {}},
        ],
    )
    def test_nonsense_is_not_remembered(self, browser, body):
        assert self.put(browser, body).status_code == 422
