from django.apps import AppConfig


class ErpConfig(AppConfig):
    """The composition: loads the Celery application, so that tasks sent by a web process find their broker."""

    name = "erp"
    label = "erp"

    def ready(self) -> None:
        from erp import celery  # noqa: F401
