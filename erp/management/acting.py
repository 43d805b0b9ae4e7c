"""Commands that change something: in the name of a user, with what that user may; without one, the machine's."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from erp.kernel.denied import Channel, noting


class ActingCommand(BaseCommand):
    """A command with --user; what it is denied is noted like anywhere else."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--user", metavar="NAME", help="who does it, with whose rights; default: the machine itself"
        )

    def execute(self, *args, **options):
        with noting(Channel.COMMAND, place=f"manage.py {self.__module__.rpartition('.')[2]}"):
            return super().execute(*args, **options)
