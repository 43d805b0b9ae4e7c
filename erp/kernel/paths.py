"""Numbers in addresses: customers/C00010/. A number may hold what an address may not, such as a slash."""

from django.urls import register_converter


class NumberConverter:
    """A document's or master's number; ~2F stands for a slash, ~7E for the tilde itself."""

    regex = r"[^/\x00]+"

    def to_python(self, value: str) -> str:
        return value.replace("~2F", "/").replace("~7E", "~")

    def to_url(self, value: str) -> str:
        return str(value).replace("~", "~7E").replace("/", "~2F")


register_converter(NumberConverter, "number")
