"""Settings, all of them from the environment; docs/operations.md lists every variable.

HANDEL_ENV says where we are. `production` is what counts when nothing is said: it insists on SECRET_KEY, DATABASE_URL
and REDIS_URL, on TLS and on secure cookies. `demo` (make run) and `test` (make test) run over plain http on this
machine and fall back to the embedded services.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from erp import embedded

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
HANDEL_ENV = env("HANDEL_ENV", default="production")
if HANDEL_ENV not in ("production", *embedded.ENVIRONMENTS):
    raise environ.ImproperlyConfigured(f"HANDEL_ENV is production, demo or test, not {HANDEL_ENV!r}.")
LOCAL = HANDEL_ENV in embedded.ENVIRONMENTS


def needed(variable: str, fallback) -> str:
    """The variable; where we run locally and it is not set, what `fallback` gives."""
    value = env(variable, default="")
    if value:
        return value
    if LOCAL:
        return fallback()
    raise environ.ImproperlyConfigured(f"Set {variable}: in production there is no default for it.")


# --- Who may speak to us -------------------------------------------------------------------------------------------
SECRET_KEY = needed("SECRET_KEY", embedded.home().secret_key)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- What Handel is made of ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "erp.apps.ErpConfig",
    "integration",
    "sales",
    "receivables",
    "customers",
    "inventory",
    "posting",
    "erp.kernel",
    "django_htmx",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "erp.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "erp.kernel.changelog.ActingUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "erp.urls"
WSGI_APPLICATION = "erp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "erp.views.navigation.company",
            ],
        },
    },
]
AUTH_USER_MODEL = "kernel.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(needed("DATABASE_URL", embedded.home().database_url))}
DATABASE = DATABASES["default"]
DATABASE.setdefault("OPTIONS", {})
DATABASE["HOST"] = DATABASE["OPTIONS"].pop(
    "host", DATABASE["HOST"]
)  # the way libpq writes a folder of sockets
DATABASE["OPTIONS"].setdefault("connect_timeout", 5)
DATABASE["CONN_MAX_AGE"] = env.int("DB_CONN_MAX_AGE", default=60)
DATABASE["CONN_HEALTH_CHECKS"] = True
# Behind PgBouncer in transaction mode a cursor on the server would outlive its transaction.
DATABASE["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("DB_POOLED", default=False)

# --- Redis: cache, broker ------------------------------------------------------------------------------------------
REDIS_URL = needed("REDIS_URL", embedded.home().redis_url)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env("CACHE_PREFIX", default="handel"),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_DEFAULT_QUEUE = "handel"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = env.int("TASK_TIME_LIMIT", default=15 * 60)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 60 * 60}
CELERY_BEAT_SCHEDULE = {
    "relay-outbox": {"task": "erp.kernel.outbox.relay_outbox", "schedule": 60.0},
    "post-queued": {"task": "sales.tasks.post_queued", "schedule": 60.0},
}

# --- Language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = env("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English")), ("nb", _("Norwegian")), ("sv", _("Swedish")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Europe/Oslo")
CELERY_TIMEZONE = TIME_ZONE

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = None if LOCAL else env.path("STATIC_ROOT", default=str(BASE_DIR / "build" / "static"))()
STATICFILES_DIRS = [folder for folder in [BASE_DIR / "static"] if folder.is_dir()]
MEDIA_ROOT = env.path(
    "MEDIA_ROOT", default=str(embedded.home().folder / "media" if LOCAL else BASE_DIR / "media")
)()
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if LOCAL
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# --- E-mail --------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="handel@localhost")

# --- Fences in the browser -----------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not LOCAL)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if LOCAL else 365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
if env.bool("TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Logging: one line per event on standard error, for whoever collects it ----------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
