"""Following a parcel on the page of its carrier."""

from urllib.parse import quote


def tracking_url(address: str, number: str) -> str:
    """The carrier's page of a parcel: its address with the number for %1; blank without one that is safe to follow."""
    if not number or not address.startswith(("https://", "http://")):
        return ""
    return address.replace("%1", quote(number))
