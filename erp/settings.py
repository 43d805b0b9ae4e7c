"""Settings, all of them from the environment; docs/operations.md lists every variable.

HANDEL_ENV says where we are. `production` is what counts when nothing is said: it insists on SECRET_KEY, DATABASE_URL
and REDIS_URL, on TLS and on secure cookies. `demo` (make run) and `test` (make test) run over plain http on this
machine and fall back to the embedded services.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
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
    "reporting",
    "sales",
    "receivables",
    "customers",
    "inventory",
    "posting",
    "approvals",
    "erp.kernel",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "oauth2_provider",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
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
    "erp.kernel.views.session.SessionEndedMiddleware",
    "erp.kernel.views.session.UserLanguageMiddleware",
    "erp.kernel.denied.DeniedAttemptsMiddleware",
    "erp.kernel.changelog.ActingUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
AUTHENTICATION_BACKENDS = ["erp.kernel.rights.KeptRights"]
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
CSRF_FAILURE_VIEW = "erp.views.account.csrf_failure"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Log-in: user name and password, a second factor, passkeys (erp/account) ----------------------------------------
ACCOUNT_ADAPTER = "erp.account.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "erp.account.forms.LoginForm",
    "reauthenticate": "erp.account.forms.ReauthenticateForm",
    "reset_password": "erp.account.forms.ResetPasswordForm",
    "reset_password_from_key": "erp.account.forms.ResetPasswordKeyForm",
    "change_password": "erp.account.forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if LOCAL else "https"
# How often per address of the network, per user name ("key") or per user; then it is said to wait.
ACCOUNT_RATE_LIMITS = {
    "login": env("LOGIN_RATE", default="60/m/ip"),
    "login_failed": env("LOGIN_FAILED_RATE", default="20/m/ip,5/5m/key"),
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "erp.account.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "erp.account.forms.AuthenticateForm",
    "reauthenticate": "erp.account.forms.ReauthenticateWithCodeForm",
    "activate_totp": "erp.account.forms.ActivateTOTPForm",
    "add_webauthn": "erp.account.forms.AddPasskeyForm",
    "edit_webauthn": "erp.account.forms.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
PASSKEY_DOMAIN = env("PASSKEY_DOMAIN", default="")

# --- Who may use the API (erp/kernel/api/auth.py) --------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "erp.kernel.api.auth.TokenAuthentication",
        "erp.kernel.api.auth.OAuthAuthentication",
        "erp.kernel.api.auth.SessionAuthentication",
    ],
}

# --- What the API says of itself (erp/kernel/api/openapi/) -----------------------------------------------------------
SPECTACULAR_SETTINGS = {
    "TITLE": "Handel",
    "VERSION": "2.0",
    "DESCRIPTION": "Sales, from quote to payment, with the names, types and answers of Business Central's API v2.0; "
    "what that lacks is marked x-extension.",
    "OAS_VERSION": "3.1.1",
    "DEFAULT_GENERATOR_CLASS": "erp.kernel.api.openapi.generator.Generator",
    "SERVERS": [{"url": "/"}],
    "POSTPROCESSING_HOOKS": [],
}

# --- Connected applications (erp/kernel/api/oauth.py): OAuth 2.0 as RFC 9700 wants it --------------------------------
OAUTH2_PROVIDER_APPLICATION_MODEL = "kernel.Application"
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "erp.kernel.api.oauth.Validator",
    "SCOPES_BACKEND_CLASS": "erp.kernel.api.oauth.Scopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 60 * 60,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 30 * 24 * 60 * 60,  # after the last time it was used
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],  # each application's own: erp/kernel/applications.py
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "client_credentials", "refresh_token"],
    "PKCE_REQUIRED": True,
    **{
        f"COMPLIANT_BCP_RFC9700_{name}": True
        for name in (
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "PKCE_REQUIRED",
            "REDIRECT_URI_MATCHING",
            "REDIRECT_URI_SCHEME",
            "REFRESH_TOKEN",
            "TOKEN_STORAGE",
        )
    },
}


# --- Database ------------------------------------------------------------------------------------------------------
def database(url: str) -> dict:
    """The parts of a database's address; libpq writes a folder of sockets as an option named host."""
    facts = {"OPTIONS": {}, **env.db_url_config(url)}
    facts["HOST"] = facts["OPTIONS"].pop("host", facts["HOST"])
    return facts


DATABASES = {"default": database(needed("DATABASE_URL", embedded.home().database_url))}
DATABASE = DATABASES["default"]
# Who owns the tables and migrates them; empty where the application's own role does (erp/kernel/roles.py).
OWNER_DATABASE_URL = env("OWNER_DATABASE_URL", default="")
if LOCAL and not OWNER_DATABASE_URL and not env("DATABASE_URL", default=""):
    OWNER_DATABASE_URL = embedded.home().owner_database_url()
DATABASE_OWNER = database(OWNER_DATABASE_URL) if OWNER_DATABASE_URL else {}
DATABASE["OPTIONS"].setdefault("connect_timeout", 5)
DATABASE["CONN_MAX_AGE"] = env.int("DB_CONN_MAX_AGE", default=60)
DATABASE["CONN_HEALTH_CHECKS"] = True
# Behind PgBouncer in transaction mode a cursor on the server would outlive its transaction.
DATABASE["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("DB_POOLED", default=False)
if not DATABASE["DISABLE_SERVER_SIDE_CURSORS"]:
    # Compiling a query takes longer than any of ours runs; behind a pool the role is told instead.
    DATABASE["OPTIONS"].setdefault("options", "-c jit=off")

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
# Seconds for which role centres show the same figures; tests want to see what they have just done.
CUES_KEPT = env.int("CUES_KEPT", default=0 if HANDEL_ENV == "test" else 60)

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
    "mind-reports": {"task": "reporting.tasks.mind", "schedule": 60.0},
    "collect-webhooks": {
        "task": "integration.tasks.collect_webhooks",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "deliver-webhooks": {
        "task": "integration.tasks.deliver_webhooks",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "sweep-webhooks": {"task": "integration.tasks.sweep_webhooks", "schedule": 600.0},
    "tidy": {"task": "erp.kernel.tasks.tidy", "schedule": crontab(hour=3, minute=0)},
    "publish-root": {"task": "posting.tasks.publish_daily_root", "schedule": crontab(hour=23, minute=30)},
    "delegate-approvals": {"task": "approvals.tasks.delegate_late", "schedule": crontab(hour=6, minute=0)},
    "remind-approvals": {
        "task": "approvals.tasks.remind_overdue",
        "schedule": crontab(hour=7, minute=0, day_of_week="mon-fri"),
    },
}

# --- The root of the ledgers: where it is kept once a day, outside of the database; blank: nowhere ------------------
LEDGER_ROOT_FILE = env("LEDGER_ROOT_FILE", default="")
LEDGER_ROOT_MAIL = env("LEDGER_ROOT_MAIL", default="")

# --- The API: what one user may ask for ----------------------------------------------------------------------------
API_RATE = env.int("API_RATE", default=6000)  # requests in five minutes
API_CONCURRENT = env.int("API_CONCURRENT", default=5)  # requests at the same moment
API_QUEUE = env.int("API_QUEUE", default=50)  # requests that wait for one of these places
API_BODY = 25 * 1024 * 1024  # bytes of a request's body
API_STREAM = 100 * 1024 * 1024  # bytes of a file or a picture

# --- Webhooks ------------------------------------------------------------------------------------------------------
# Whether notices may go to this machine and its network, and over plain http.
WEBHOOK_ALLOW_PRIVATE = env.bool("WEBHOOK_ALLOW_PRIVATE", default=LOCAL)

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
            else "erp.static_files.ModuleStaticFilesStorage"
        )
    },
}

# --- E-mail --------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="handel@localhost")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000" if LOCAL else "")  # where links in mails lead

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
