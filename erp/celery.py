"""Celery for Handel: the worker says every few seconds that it lives, which /healthz reads."""

import os

from celery import Celery, Task
from celery.signals import heartbeat_sent, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")


class NotedTask(Task):
    """What a task is denied, because of whoever asked for it, is noted like anywhere else."""

    def __call__(self, *args, **kwargs):
        from erp.kernel.denied import Channel, noting

        with noting(Channel.JOB, place=self.name):
            return super().__call__(*args, **kwargs)


app = Celery("handel", task_cls=NotedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["erp.kernel"], related_name="outbox")


@worker_ready.connect
@heartbeat_sent.connect
def tell_that_a_worker_lives(**_: object) -> None:
    """Renew the sign of life; it fades by itself when no worker is left to renew it."""
    from erp.health import renew_sign_of_life

    renew_sign_of_life()
