"""One clerk in a process of its own, who takes orders as JSON and answers: python -m tests.soak.worker USER.

An operation that is done leaves a row in `soak_log`, written by its own transaction; rows are numbered in the order in
which their transactions commit, so what a killed worker did, and when, is never in doubt.
"""

import json
import os
import sys
import time
import traceback
from typing import Any

LOG = """
CREATE TABLE IF NOT EXISTS soak_log (place bigserial PRIMARY KEY, op_no integer NOT NULL UNIQUE, told jsonb NOT NULL)
"""
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(20260302)"


def main(username: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.conf import settings

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # to the server of EMAIL_URL
    by = _clerk(username)
    say({"ready": True})
    for row in sys.stdin:
        order = json.loads(row)
        say({"no": order["no"], **carry_out(order, by)})


def _clerk(username: str):
    """Who works here. The database may be on its way up again after a crash."""
    from django.db import DatabaseError

    from erp.kernel.models import User

    patience = time.monotonic() + 60
    while True:
        try:
            return User.objects.get(username=username)
        except DatabaseError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.2)


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def carry_out(order: dict[str, Any], by) -> dict[str, Any]:
    """Do it; "done", "refused" with its codes, "lost" where the database did not let it happen, or "broken"."""
    from django.db import DatabaseError, InterfaceError, connection

    from erp.kernel.errors import ErpError

    try:
        return {"outcome": "done", "told": _run(order, by)}
    except ErpError as error:
        codes = sorted({error.code, *(problem.code for problem in error.problems)})
        return {"outcome": "refused", "codes": codes, "text": error.message}
    except (DatabaseError, InterfaceError) as error:
        if not connection.in_atomic_block:
            connection.close()
        return {"outcome": "lost", "text": f"{type(error).__name__}: {error}".strip()}
    except Exception:
        return {"outcome": "broken", "text": traceback.format_exc()}


def _run(order: dict[str, Any], by) -> dict[str, Any]:
    from django.db import connection, transaction

    from erp.kernel import outbox
    from tests.soak import faults
    from tests.soak.house import perform
    from tests.soak.model import Op

    if order["kind"] == "relay":
        while outbox.relay_one():
            pass
        return {}
    with transaction.atomic(), faults.inside(order.get("fault", "")):
        told = perform(Op(*order["op"]), by)
        if order["kind"] == "preview":
            transaction.set_rollback(True)
            return {}
        with connection.cursor() as cursor:
            cursor.execute(ONE_AT_A_TIME)
            cursor.execute(
                "INSERT INTO soak_log (op_no, told) VALUES (%s, %s)", [order["no"], json.dumps(told)]
            )
    return told


if __name__ == "__main__":
    main(sys.argv[1])
