from django.urls import path

from erp.kernel import paths  # noqa: F401
from inventory.views import card, card_edit, journals, lists

app_name = "inventory"

BATCH = "journals/items/<number:name>/"
LINE = f"{BATCH}lines/<int:line_no>/"

urlpatterns = [
    path("items/", lists.item_list, name="items"),
    path("items/new/", card_edit.item_new, name="item-new"),
    path("items/<number:number>/", card.item_page, name="item"),
    path("items/<number:number>/edit/", card_edit.item_edit, name="item-edit"),
    path("stock/entries/", lists.item_entry_list, name="item-entries"),
    path("stock/values/", lists.value_entry_list, name="value-entries"),
    path("resources/", lists.resource_list, name="resources"),
    path("journals/items/", journals.journal_page, name="journals"),
    path("journals/items/new/", journals.batch_new, name="journal-batch-new"),
    path(BATCH, journals.journal_page, name="journal"),
    path(f"{BATCH}defaults/", journals.batch_edit, name="journal-batch"),
    path(f"{BATCH}columns/", journals.journal_columns, name="journal-columns"),
    path(f"{BATCH}save/", journals.journal_save, name="journal-save"),
    path(f"{BATCH}preview/", journals.journal_preview, name="journal-preview"),
    path(f"{BATCH}post/", journals.journal_post, name="journal-post"),
    path(f"{BATCH}lines/new/", journals.line_new, name="journal-line-new"),
    path(LINE, journals.line_page, name="journal-line"),
    path(f"{LINE}remove/", journals.line_remove, name="journal-line-remove"),
]
