"""Settings of the tests: the project's own, over embedded services of their own where no variable points elsewhere."""

import os

os.environ.setdefault("HANDEL_ENV", "test")

from erp import embedded

embedded.use()

from erp.settings import *  # noqa: E402, F403

# The owner makes test databases and empties their tables; tests/support/roles.py has the application's role.
DATABASES["default"] |= {name: DATABASE_OWNER[name] for name in ("USER", "PASSWORD") if DATABASE_OWNER}  # noqa: F405
DATABASE_OWNER = {}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Many log in within a minute here; the tests of throttling (tests/unit/doors/test_shell.py) switch it on again.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
# Each xdist process keeps its cache and its tasks to itself.
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
CACHES["default"]["KEY_PREFIX"] = f"handel-test-{PROCESS}"  # noqa: F405
CELERY_TASK_DEFAULT_QUEUE = f"handel-test-{PROCESS}"

# Small tables on which the kernel shows what it can do; they exist in test databases only.
INSTALLED_APPS = ["tests.support", *INSTALLED_APPS]  # noqa: F405
