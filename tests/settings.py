"""Settings of the tests: the project's own, over embedded services of their own where no variable points elsewhere."""

import os

os.environ.setdefault("HANDEL_ENV", "test")

from erp import embedded

embedded.use()

from erp.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Each xdist process keeps its cache and its tasks to itself.
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
CACHES["default"]["KEY_PREFIX"] = f"handel-test-{PROCESS}"  # noqa: F405
CELERY_TASK_DEFAULT_QUEUE = f"handel-test-{PROCESS}"

# Small tables on which the kernel shows what it can do; they exist in test databases only.
INSTALLED_APPS = ["tests.support", *INSTALLED_APPS]  # noqa: F405
