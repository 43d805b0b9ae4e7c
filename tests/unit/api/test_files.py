"""Papers, files and pictures over the API: two steps for a file, one for a picture, none for a paper."""

from base64 import urlsafe_b64decode
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from erp.kernel.models import Attachment, Picture
from sales.models import SalesInvoice
from tests.unit.api.test_door import ask, refused

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 a confirmation"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def order(world):
    adatum = world.customer("Adatum", number="C1")
    return world.order(adatum).sells(2, world.item("BICYCLE", stock=10, cost=240, price=400))


def uuid_of(story):
    from sales.models import SalesDocument

    return SalesDocument.objects.get(number=story.number).uuid


def png(width=3, height=2) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def put(api, path, data, **headers):
    return api.client.generic("PATCH", f"{api.base}/{path}", data, content_type="application/octet-stream",
                                 headers={"If-Match": "*", **headers})  # fmt: skip


def test_the_paper_of_an_order_and_of_its_invoice(api, order):
    id = uuid_of(order)
    row = ask(api, "GET", f"pdfDocument?$filter=parentId eq {id}").body["value"][0]
    assert (row["id"], row["parentType"]) == (str(id), "Sales_x0020_Order")
    answer = api.client.get(f"{api.base}/pdfDocument({id})/pdfDocumentContent")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")

    order.release().post()
    invoice = SalesInvoice.objects.get()
    row = ask(api, "GET", f"pdfDocument({invoice.uuid})").body
    assert row["parentType"] == "Sales_x0020_Invoice"
    assert refused(api, "GET", "pdfDocument") == (400, "BadRequest_RequiredParamNotProvided")


def test_a_file_is_announced_then_sent(api, order):
    id = str(uuid_of(order))
    body = {"fileName": "confirmation.pdf", "parentType": "Sales_x0020_Order", "parentId": id}
    made = ask(api, "POST", "documentAttachments", body)
    assert made.status_code == 201, made.content
    row = made.body
    assert (row["parentId"], row["parentType"], row["byteSize"]) == (id, "Sales_x0020_Order", 0)
    content = f"documentAttachments({row['id']})/attachmentContent"
    assert ask(api, "GET", content).status_code == 404
    assert put(api, content, PDF).status_code == 204
    answer = api.client.get(f"{api.base}/{content}")
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/octet-stream")
    assert "confirmation.pdf" in answer["Content-Disposition"]

    listed = ask(api, "GET", f"attachments?$filter=parentId eq {id}").body["value"]
    assert [(each["fileName"], each["byteSize"]) for each in listed] == [("confirmation.pdf", len(PDF))]
    assert ask(api, "DELETE", f"attachments({row['id']})").status_code == 204
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("change", "code", "target"),
    [
        ({"fileName": "virus.exe"}, "Application_DialogException", ""),
        ({"fileName": ""}, "BadRequest_RequiredParamNotProvided", "fileName"),
        (
            {"parentId": "22b4b57e-9983-491a-b835-cd84b6611a2e"},
            "BadRequest_RequiredParamNotProvided",
            "parentId",
        ),
        ({"parentType": "Customer"}, "BadRequest", "parentType"),
        ({"lineNumber": 10000}, "BadRequest", "lineNumber"),
        ({"parentType": "Spaceship"}, "Application_EvaluateException", "parentType"),
    ],
)
def test_what_is_no_file(api, order, change, code, target):
    body = {"fileName": "a.pdf", "parentType": "Sales_x0020_Order", "parentId": str(uuid_of(order))} | change
    answer = ask(api, "POST", "documentAttachments", body)
    assert (answer.status_code, answer.body["error"]["code"], answer.body["error"]["target"]) == (
        400,
        code,
        target,
    )
    assert not Attachment.objects.exists()


def test_a_file_is_what_its_name_says_and_stays_with_its_record(api, order):
    row = ask(api, "POST", "attachments", {"fileName": "a.pdf", "parentId": str(uuid_of(order))}).body
    assert put(api, f"attachments({row['id']})/attachmentContent", b"MZ no pdf").status_code == 400
    path = f"attachments({row['id']})"
    other = "22b4b57e-9983-491a-b835-cd84b6611a2e"
    assert refused(api, "PATCH", path, {"parentId": other}, **{"If-Match": "*"}) == (400, "BadRequest")
    assert refused(api, "PATCH", path, {"fileName": "a.png"}, **{"If-Match": "*"})[0] == 400
    assert ask(api, "PATCH", path, {"fileName": "b.pdf"}, **{"If-Match": "*"}).body["fileName"] == "b.pdf"


def test_a_picture_is_there_with_its_item(api, order):
    from inventory.models import Item

    id = Item.objects.get(number="BICYCLE").uuid
    empty = ask(api, "GET", f"pictures({id})").body
    assert (empty["parentType"], empty["width"], empty["contentType"]) == ("Item", 0, "")
    content = f"pictures({id})/pictureContent"
    assert ask(api, "GET", content).status_code == 404
    assert put(api, content, png()).status_code == 204
    full = ask(api, "GET", f"pictures({id})").body
    assert (full["width"], full["height"], full["contentType"]) == (3, 2, "image/png")
    assert api.client.get(f"{api.base}/{content}").content == png()
    assert put(api, content, b"no picture").status_code == 400
    assert put(api, content, png(5, 5)).status_code == 204
    assert Picture.objects.get().width == 5
    assert ask(api, "DELETE", f"pictures({id})").status_code == 204
    assert not Picture.objects.exists()
    assert Item.objects.filter(uuid=id).exists()


def test_the_address_of_a_content_makes_nothing(api, order):
    """POST to a content was taken for POST to its set, with the permission to change alone."""
    row = ask(api, "POST", "attachments", {"fileName": "a.pdf", "parentId": str(uuid_of(order))}).body
    body = {"fileName": "b.pdf", "parentId": str(uuid_of(order))}
    assert refused(api, "POST", f"attachments({row['id']})/attachmentContent", body)[0] == 405
    assert Attachment.objects.count() == 1


def test_files_are_for_tokens_that_may_read_their_record(api, order, client):
    """A token for orders reads the files of orders, not those of customers."""
    from customers.models import Customer
    from erp.kernel.access_tokens import issue

    adatum = Customer.objects.get(number="C1")
    for parent in (uuid_of(order), adatum.uuid):
        assert (
            ask(api, "POST", "attachments", {"fileName": "a.pdf", "parentId": str(parent)}).status_code == 201
        )
    now = timezone.now()
    assert put(api, f"pictures({adatum.uuid})/pictureContent", png()).status_code == 204

    def bearer(*scopes):
        return f"Bearer {issue(api.user, 'try', scopes, expires_at=now + timedelta(days=1), at=now)[1]}"

    def kinds(*scopes):
        path = f"{api.base}/attachments?$filter=lastModifiedDateTime gt 2000-01-01T00:00:00Z"
        answer = client.get(path, headers={"Authorization": bearer(*scopes)})
        return sorted(row["parentType"] for row in answer.json()["value"])

    def picture(*scopes):
        path = f"{api.base}/pictures({adatum.uuid})/pictureContent"
        return client.get(path, headers={"Authorization": bearer(*scopes)}).status_code

    assert kinds("sales.orders.read") == ["Sales_x0020_Order"]
    assert kinds("sales.orders.read", "customers.read") == ["Customer", "Sales_x0020_Order"]
    assert (picture("items.read"), picture("items.read", "customers.read")) == (404, 200)
    path = f"{api.base}/attachments"
    body = {"fileName": "c.pdf", "parentId": str(adatum.uuid)}
    headers = {"Authorization": bearer("sales.orders.write", "customers.read")}
    assert client.post(path, body, content_type="application/json", headers=headers).status_code == 403


def test_files_of_many_customers_in_few_queries(api, world):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            rows = api.rows("customers?$expand=documentAttachments")
        assert [each["fileName"] for row in rows for each in row["documentAttachments"]] == ["a.pdf"] * len(
            rows
        )
        return len(queries)

    def customers(*numbers):
        for number in numbers:
            customer = world.customer(number, number=number)
            ask(api, "POST", "attachments", {"fileName": "a.pdf", "parentId": str(customer.uuid)})

    customers("C1", "C2")
    few = asked()
    customers(*(f"D{number}" for number in range(8)))
    assert asked() == few


def test_contents_within_a_batch(api, order):
    """A file goes in by multipart, and comes out of both forms, byte for byte."""
    row = ask(api, "POST", "attachments", {"fileName": "a.pdf", "parentId": str(uuid_of(order))}).body
    content, data = f"attachments({row['id']})/attachmentContent", PDF + b"\xe2\xff\r\n"
    head = f"--a\r\nContent-Type: application/http\r\n\r\nPATCH {content} HTTP/1.1\r\nIf-Match: *\r\n"
    head += f"Content-Type: application/octet-stream\r\nContent-Length: {len(data)}\r\n\r\n"
    body = head.encode() + data + b"\r\n--a--\r\n"
    answer = api.client.post(f"{api.base}/$batch", body, content_type="multipart/mixed; boundary=a")
    assert b"HTTP/1.1 204" in answer.content
    assert api.client.get(f"{api.base}/{content}").content == data
    requests = [{"id": "1", "method": "GET", "url": content}]
    told = ask(api, "POST", "$batch", {"requests": requests}).body["responses"][0]["body"]
    assert urlsafe_b64decode(told) == data
