from sales.models import ArchivedDocument, SalesDocument
from sales.plans.compare import Comparison, plan_comparison
from sales.routines.archive import read_contents

Version = ArchivedDocument | SalesDocument


def compare(one: Version, other: Version) -> Comparison:
    """Where two versions of a document differ, field by field; the document as it is now is a version too.

    one, other  two archived versions, or one of them and the working document, the earlier first
    """
    return plan_comparison(_content(one), _content(other))


def _content(version: Version) -> dict:
    if isinstance(version, ArchivedDocument):
        return version.content
    return read_contents([version])[version.pk]
