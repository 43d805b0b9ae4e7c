"""Lines of drafts and of what was posted from them, as one set; posted ones have identifiers made of their keys."""

from typing import Any, ClassVar

from django.db.models import F
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Source
from erp.kernel.odata.errors import ApiError
from erp.kernel.odata.properties import Guid
from erp.kernel.odata.rowid import MadeId
from sales.api.lines import Lines
from sales.api.posted import allowed
from sales.models.base import PostedLine


class PostedLines(Lines):
    """Lines of drafts of one type together with those of posted papers."""

    permissions = {**Lines.permissions, "GET": ()}  # whoever sees either sees that
    paper_line: ClassVar[type[PostedLine]]

    def sources(self, asking: Asking) -> list[Source]:
        label = self.paper_line._meta.label_lower
        papers = Source(
            self.paper_line.objects.order_by(),
            at={"id": MadeId("pk", label=label), "lastModifiedDateTime": F("document__created_at")},
            kinds={"id": Guid("id", key="pk", of=self.paper_line)},
        )
        return allowed(asking, self.drafts(asking), papers)

    def change(self, asking: Asking, record: Any, given: dict[str, Any]) -> None:
        refuse_posted_line(record)
        super().change(asking, record, given)

    def remove(self, asking: Asking, record: Any) -> None:
        refuse_posted_line(record)
        super().remove(asking, record)


def refuse_posted_line(record: Any) -> None:
    """Lines of posted papers stay as they are."""
    if isinstance(record, PostedLine):
        message = _("{number} is posted; its lines can't be changed any more.")
        message = message.format(number=record.document.number)
        raise ApiError(400, "BadRequest_InvalidOperation", message)
