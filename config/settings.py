"""Settings, all from the environment. `docs/running.md` lists the variables."""

import os
import secrets
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part for part in os.environ.get(name, default).split(",") if part]


# --- mode ---------------------------------------------------------------------
# Development is the default, so that `make run` works out of the box; a server sets
# PRODUCTION=1 and must then bring its own SECRET_KEY and ALLOWED_HOSTS.
PRODUCTION = _flag("PRODUCTION", False)
DEBUG = _flag("DEBUG", False)
# Rehearsal mode lets each jurisdiction move its own clock (`core.clock`).
REHEARSAL = _flag("REHEARSAL", not PRODUCTION)
# Shows /components/, the page of all template components.
SHOW_COMPONENTS = _flag("SHOW_COMPONENTS", not PRODUCTION)

SECRET_KEY = os.environ.get("SECRET_KEY") or (
    "" if PRODUCTION else embedded.stored_secret(VAR_DIR, make=secrets.token_urlsafe)
)
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS")

# --- rooms --------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "rest_framework",
    "django_htmx",
    "core",
    "accounts",
    "jurisdictions",
    "documents",
    "deadlines",
    "notices",
    "panels",
    "stations",
    "applications",
    "assessments",
    "funding",
    "config",
]

MIDDLEWARE = [
    "core.middleware.Acting",
    "jurisdictions.middleware.Refusals",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.middleware.ReadableText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.OneTimePasswordMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jurisdictions.middleware.JurisdictionMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ]
            if not DEBUG
            else ["django.template.loaders.filesystem.Loader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page",
            ],
            "builtins": ["core.templatetags.ui"],
        },
    }
]

# --- data ---------------------------------------------------------------------


def _database(url: str) -> dict[str, Any]:
    """Django's database settings from a libpq URL or connection string."""
    info = conninfo_to_dict(url)
    known = {key: info.pop(key, "") for key in ("dbname", "user", "password", "host", "port")}
    return {
        "ENGINE": "core.database",
        "NAME": known["dbname"] or "postgres",
        "USER": known["user"],
        "PASSWORD": known["password"],
        "HOST": known["host"],
        "PORT": known["port"],
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": info,
    }


SERVICES = embedded.service_urls(VAR_DIR)
DATABASES = {"default": _database(SERVICES.database_url)}
# The role that owns the tables; known only where migrations run, never to what serves people.
DATABASE_OWNER = (
    {name: _database(SERVICES.owner_url)[name] for name in ("USER", "PASSWORD")} if SERVICES.owner_url else {}
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = VAR_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# One material may be this large; the reverse proxy holds the same figure.
MAX_UPLOAD_BYTES = int(os.environ.get("MAX_UPLOAD_BYTES", 20 * 1024 * 1024))

# --- people -------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
TENANT_MODEL = "jurisdictions.Jurisdiction"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "portal"

# --- the log --------------------------------------------------------------------
# How many proxies stand in front; each appends to X-Forwarded-For the address that called it.
TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", 0))
# Seals the daily heads of the log; keys it was sealed with before still verify.
AUDIT_SEAL_KEY = os.environ.get("AUDIT_SEAL_KEY", "")
AUDIT_SEAL_OLD_KEYS = _list("AUDIT_SEAL_OLD_KEYS")
AUDIT_SEAL_DIR = Path(os.environ.get("AUDIT_SEAL_DIR") or VAR_DIR / "seals")
# So many refusals of one session (or, not signed in, of one address) are logged in an hour.
AUDIT_REFUSALS_PER_HOUR = int(os.environ.get("AUDIT_REFUSALS_PER_HOUR", 60))
# The largest export of the log, and the longest chain that a page verifies while somebody waits.
AUDIT_EXPORT_ROWS = int(os.environ.get("AUDIT_EXPORT_ROWS", 100_000))
AUDIT_VERIFY_ROWS = int(os.environ.get("AUDIT_VERIFY_ROWS", 200_000))

# --- Celery -------------------------------------------------------------------
REDIS_URL = SERVICES.redis_url
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request never waits for a broker that is down: what it wanted to send stands in the outbox.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Shanghai"
BEAT_SECONDS = float(os.environ.get("BEAT_SECONDS", 60))
CELERY_BEAT_SCHEDULE = {
    "relay-outbox": {"task": "core.tasks.relay_outbox", "schedule": BEAT_SECONDS},
    "send-reminders": {"task": "deadlines.tasks.send_reminders", "schedule": BEAT_SECONDS},
    "close-notices": {"task": "notices.tasks.close_ended_notices", "schedule": BEAT_SECONDS},
    "close-rounds": {"task": "applications.tasks.close_ended_rounds", "schedule": BEAT_SECONDS},
    "open-obligations": {"task": "assessments.tasks.open_obligations", "schedule": BEAT_SECONDS},
    "review-tranches": {"task": "funding.tasks.review_tranches", "schedule": BEAT_SECONDS},
    "release-tranches": {"task": "funding.tasks.release_ordered_tranches", "schedule": BEAT_SECONDS},
    "seal-log": {"task": "core.tasks.seal_log", "schedule": max(BEAT_SECONDS, 600)},
}

# --- mail ---------------------------------------------------------------------
EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", 25))
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "noreply@localhost")

# --- language and time --------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- static files -------------------------------------------------------------
# Assets come from npm (package.json) and are served by ourselves: government
# networks reach no CDN.
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or VAR_DIR / "static")
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("tabler", NODE_MODULES / "@tabler/core/dist"),
    ("tabler-icons", NODE_MODULES / "@tabler/icons-webfont/dist"),
    ("htmx", NODE_MODULES / "htmx.org/dist"),
]
# A server collects the files into STATIC_ROOT when its image is built.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

# --- web ----------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = _flag("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        # Every paper would otherwise be told step by step.
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
