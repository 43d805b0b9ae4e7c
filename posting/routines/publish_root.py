"""Write down, outside of the database, how far the ledgers are and what seals them."""

from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from erp.kernel import mail
from erp.kernel.durability import make_durable
from posting.seal_root import Root, current_root


def publish_root(*, on: date, at: datetime, file: Path | None = None, mail_to: str = "") -> Root | None:
    """Add the root of a day to a file and mail it, as wished; returns it, None where nothing is posted yet.

    raises  OSError for a file that cannot be written, ProblemsFound for an address that is none
    """
    root = current_root(on=on)
    if root is None:
        return None
    make_durable()  # a register that a crash of the server takes back would never fit its root
    if file:
        with file.open("a", encoding="utf-8") as roots:
            roots.write(f"{root}\n")
    if mail_to:
        keep = _("Keep this mail: it proves later that nothing was changed.")
        mail.queue(
            ("posting.root", str(root.register_no)),
            to=mail_to,
            title=_("Root of the ledgers of {date}: register {number}").format(
                date=root.day, number=root.register_no
            ),
            body=f"{keep}\n\n{root}\n",
            by=None,
            at=at,
        )
    return root
