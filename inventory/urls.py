from django.urls import path

from erp.kernel import paths  # noqa: F401
from inventory.views import items

app_name = "inventory"

urlpatterns = [
    path("items/", items.item_list, name="items"),
    path("items/<number:number>/", items.item_page, name="item"),
]
