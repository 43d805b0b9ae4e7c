"""What the pages of every room share: who may see them, paging, refusals, and posting once."""

from erp.kernel.views.access import may
from erp.kernel.views.once import new_key, post_once
from erp.kernel.views.paging import Page, page_of
from erp.kernel.views.recent import remember_page
from erp.kernel.views.refusal import Refusal, refusal_of
from erp.kernel.views.session import work_date

__all__ = [
    "Page",
    "Refusal",
    "may",
    "new_key",
    "page_of",
    "post_once",
    "refusal_of",
    "remember_page",
    "work_date",
]
