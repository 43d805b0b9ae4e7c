"""What other rooms offer on a document's page where they are installed: sending it, having it approved."""

from functools import cache

from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse


def address_of(name: str, *args: str) -> str:
    """The address of a page, or nothing where there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@cache
def template_of(name: str) -> str:
    """The name of a template that is there; else nothing."""
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return ""
    return name
