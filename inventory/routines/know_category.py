"""A category that an item names for the first time is one from then on."""

from inventory.models import Item, ItemCategory


def know_category(item: Item) -> None:
    """Make the category of an item where there is none of that code yet; its description can follow."""
    if item.category_code:
        ItemCategory.objects.get_or_create(code=item.category_code)
