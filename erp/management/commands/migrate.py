"""`manage.py migrate`: as the owner of the tables; afterwards the application's role gets its rights."""

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from erp.kernel.roles import as_owner, grant


class Command(migrate.Command):
    """Django's own command, done by the owner where one is named apart from the application's role."""

    def execute(self, *args, **options):
        """The owner does it all, checks included: the application's role may not exist yet."""
        if not settings.DATABASE_OWNER:
            return super().execute(*args, **options)
        connection = connections[options["database"]]
        application = connection.settings_dict.copy()
        with as_owner(connection):
            done = super().execute(*args, **options)
            grant(connection, application["USER"], application["PASSWORD"])
        return done
