"""Settings, all from the environment. `docs/running.md` lists the variables."""

import os
import secrets
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


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


def _key(name: str, prefix: str = "") -> str:
    """A key for personal data: from the environment; in development made once and kept in VAR_DIR."""
    if PRODUCTION or os.environ.get(name):
        return os.environ.get(name, "")
    return prefix + embedded.stored_secret(
        VAR_DIR, make=lambda: b64encode(secrets.token_bytes(32)).decode(), name=name.lower()
    )


# `id:base64,id2:base64`, 32 bytes each: the first writes, all of them read (`core.sealing`).
FIELD_KEYS = _key("FIELD_KEYS", "local:")
# Of the blind indexes; `manage.py rotate_field_keys` follows a change of either.
INDEX_KEY = _key("INDEX_KEY")
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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
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
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.SafeHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.ForPrograms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.PersonalPages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.middleware.ReadableText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.PageLimit",
    "accounts.middleware.SessionTimes",
    "accounts.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "core.middleware.NoNumbersInAddresses",
    "accounts.middleware.OwnPagesFirst",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jurisdictions.middleware.JurisdictionMiddleware",
    "axes.middleware.AxesMiddleware",
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
            "builtins": ["core.templatetags.ui", "accounts.templatetags.personal"],
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
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# One material may be this large; the reverse proxy holds the same figure.
MAX_UPLOAD_BYTES = int(os.environ.get("MAX_UPLOAD_BYTES", 20 * 1024 * 1024))
# Where the public finds the site, "https://jsgzz.example.gov.cn": printed papers lead there by their QR code.
PUBLIC_ADDRESS = os.environ.get("PUBLIC_ADDRESS", "")
# What people without an account may bring with an objection.
PUBLIC_UPLOAD_FILES = int(os.environ.get("PUBLIC_UPLOAD_FILES", 5))
PUBLIC_UPLOAD_BYTES = int(os.environ.get("PUBLIC_UPLOAD_BYTES", 10 * 1024 * 1024))
DATA_UPLOAD_MAX_NUMBER_FILES = 30
MAX_IMAGE_PIXELS = int(os.environ.get("MAX_IMAGE_PIXELS", 40_000_000))
# Uploads wait here while their request lasts, not in a /tmp that others read or that is memory.
QUARANTINE_ROOT = VAR_DIR / "quarantine"
# A file that comes in parts may be larger: a broken connection costs one part of it.
MAX_PARTIAL_BYTES = int(os.environ.get("MAX_PARTIAL_BYTES", 50 * 1024 * 1024))
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "documents.uploading.QuarantineUploadHandler",
]
# What one application or report, and one unit over the years, may store.
DOSSIER_QUOTA_FILES = int(os.environ.get("DOSSIER_QUOTA_FILES", 500))
DOSSIER_QUOTA_BYTES = int(os.environ.get("DOSSIER_QUOTA_BYTES", 500 * 1024 * 1024))
UNIT_QUOTA_FILES = int(os.environ.get("UNIT_QUOTA_FILES", 5000))
UNIT_QUOTA_BYTES = int(os.environ.get("UNIT_QUOTA_BYTES", 5 * 1024 * 1024 * 1024))
# ClamAV's daemon, `host:port` or the path of its socket. Where there is one, only what it called
# clean is handed out; SCAN_REQUIRED=1 says so even before its address is known.
CLAMD_ADDRESS = os.environ.get("CLAMD_ADDRESS", "")
CLAMD_TIMEOUT = float(os.environ.get("CLAMD_TIMEOUT", 30))
CLAMD_MAX_BYTES = int(os.environ.get("CLAMD_MAX_BYTES", 25 * 1024 * 1024))
SCAN_REQUIRED = _flag("SCAN_REQUIRED", bool(CLAMD_ADDRESS))
# A location that the web server keeps to itself (`internal`) over MEDIA_ROOT; empty: we send ourselves.
ACCEL_LOCATION = os.environ.get("ACCEL_LOCATION", "")
SWEEP_AFTER_HOURS = float(os.environ.get("SWEEP_AFTER_HOURS", 24))

# --- people -------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
TENANT_MODEL = "jurisdictions.Jurisdiction"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.PasswordBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False

# The figures of the next three groups are those of the classified protection of information systems, level 3
# (GB/T 22239); each may be set by the environment.
PASSWORD_DAYS_OF_STAFF = _number("PASSWORD_DAYS_OF_STAFF", 90)
PASSWORD_DAYS_OF_UNITS = _number("PASSWORD_DAYS_OF_UNITS", 0)  # 0: for ever
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {
        "NAME": "accounts.password_rules.LongEnough",
        "OPTIONS": {"least": _number("PASSWORD_LENGTH", 10)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "accounts.password_rules.CharacterClasses",
        "OPTIONS": {"required": _number("PASSWORD_CLASSES", 3)},
    },
    {"NAME": "accounts.password_rules.NotTheName"},
    {
        "NAME": "accounts.password_rules.NotUsedLately",
        "OPTIONS": {"last": _number("PASSWORD_HISTORY", 5)},
    },
]
# Staff are whoever has a post or a seat on a panel; units' people may use a second factor.
SECOND_FACTOR_REQUIRED = _flag("SECOND_FACTOR_REQUIRED", True)
SECOND_FACTOR_EXEMPT_DEMO = _flag("SECOND_FACTOR_EXEMPT_DEMO", REHEARSAL and not PRODUCTION)
# Times of a session, in seconds (`accounts.sessions`); how old the last sign-in may be for a weighty act.
SESSION_IDLE_SECONDS = _number("SESSION_IDLE_SECONDS", 30 * 60)
SESSION_ABSOLUTE_SECONDS = _number("SESSION_ABSOLUTE_SECONDS", 8 * 3600)
REAUTHENTICATION_SECONDS = _number("REAUTHENTICATION_SECONDS", 5 * 60)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
# Failed tries (`accounts.guessing`).
SIGN_IN_FAILURES = _number("SIGN_IN_FAILURES", 5)
SIGN_IN_LOCK_SECONDS = _number("SIGN_IN_LOCK_SECONDS", 30 * 60)
SIGN_IN_FAILURES_OF_NAME = _number("SIGN_IN_FAILURES_OF_NAME", 20)
SIGN_IN_SLOW_SECONDS = _number("SIGN_IN_SLOW_SECONDS", 60)
SIGN_IN_NAMES_OF_ADDRESS = _number("SIGN_IN_NAMES_OF_ADDRESS", 20)
SIGN_IN_KNOWN_DAYS = _number("SIGN_IN_KNOWN_DAYS", 90)
SIGN_IN_RECORD_DAYS = _number("SIGN_IN_RECORD_DAYS", 180)
# How many proxies of ours stand in front, each adding to X-Forwarded-For whom it heard (`core.client`).
TRUSTED_PROXY_COUNT = _number("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)

AXES_HANDLER = "accounts.guessing.Counter"
AXES_CLIENT_IP_CALLABLE = "accounts.guessing.counted_address"
AXES_USERNAME_CALLABLE = "accounts.guessing.counted_name"
AXES_LOCKOUT_CALLABLE = "accounts.views.sign_in.locked"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = SIGN_IN_FAILURES
AXES_COOLOFF_TIME = timedelta(seconds=SIGN_IN_LOCK_SECONDS)
# A try that a lock refused neither counts nor prolongs the lock.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["login", "username", "ip_address", "code", "next", "csrfmiddlewaretoken"]

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# The database counts failures (above); allauth's own limits would need Valkey to be up.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {"authenticate": "accounts.forms.SecondFactorForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Phones' clocks differ: the code before and the code after are accepted, each once.
MFA_TOTP_TOLERANCE = 1

LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "portal"

# --- the log --------------------------------------------------------------------
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
    "scan-waiting": {"task": "documents.tasks.scan_waiting", "schedule": BEAT_SECONDS},
    "sweep-files": {"task": "documents.tasks.sweep_files", "schedule": max(BEAT_SECONDS, 6 * 3600)},
    "send-reminders": {"task": "deadlines.tasks.send_reminders", "schedule": BEAT_SECONDS},
    "close-notices": {"task": "notices.tasks.close_ended_notices", "schedule": BEAT_SECONDS},
    "carry-on-replays": {"task": "jurisdictions.tasks.carry_on_replays", "schedule": BEAT_SECONDS},
    "close-rounds": {"task": "applications.tasks.close_ended_rounds", "schedule": BEAT_SECONDS},
    "open-obligations": {"task": "assessments.tasks.open_obligations", "schedule": BEAT_SECONDS},
    "review-tranches": {"task": "funding.tasks.review_tranches", "schedule": BEAT_SECONDS},
    "clear-sign-ins": {"task": "accounts.tasks.clear_sign_in_records", "schedule": 3600.0},
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
# Django's own messages, in the words of this interface.
LOCALE_PATHS = [BASE_DIR / "locale"]

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
# Pages bring no script and no style of their own: everything is a file of ours. Tabler's sheet has its marks
# as data addresses.
_SELF, _NONE = ["'self'"], ["'none'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": _NONE,
        "script-src": _SELF,
        "style-src": _SELF,
        "img-src": ["'self'", "data:"],
        "font-src": _SELF,
        "connect-src": _SELF,
        "form-action": _SELF,
        "frame-ancestors": _NONE,
        "base-uri": _NONE,
        "object-src": _NONE,
    }
}
# Says the same as frame-ancestors, to browsers that do not know it.
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
ANSWER_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "browsing-topics",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "usb",
        )
    ),
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
if PRODUCTION:
    # The prefix makes browsers refuse such a cookie from a neighbouring name, or without TLS.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = _flag("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = _flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = _flag("SECURE_HSTS_PRELOAD", True)

# --- the API (`core.api`) -------------------------------------------------------
API_MAX_BODY_BYTES = _number("API_MAX_BODY_BYTES", 64 * 1024)
API_MAX_NESTING = _number("API_MAX_NESTING", 8)
# It knows nobody: who may see what a person may not is no question here.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.reading.BoundedJSON"],
    "DEFAULT_PAGINATION_CLASS": "core.api.paging.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "core.api.endpoints.to_problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "技师工作站管理系统开放接口",
    "DESCRIPTION": "各地办法及其解答，公示和站点名录。只含公众页面已公开的内容，无须登录。",
    "VERSION": "1.0.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_PUBLIC": True,
    "DISABLE_ERRORS_AND_WARNINGS": False,
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.describing.with_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "StationState": "stations.enums.StationState",
        "PublicNoticeState": "notices.api.PUBLIC_STATES",
        "ValidityState": "jurisdictions.validity.ValidityState",
    },
}

# --- limits (`core.limits`) ---------------------------------------------------
# RATE_LIMIT_SIGN_IN=10/minute changes one; RATE_LIMITING=0 counts nothing.
RATE_LIMITING = _flag("RATE_LIMITING", True)
RATE_LIMITS = {
    name: os.environ.get(f"RATE_LIMIT_{name.upper()}", usual)
    for name, usual in {
        # Whatever is asked for, by one person; or by one address, where nobody is signed in.
        "page": "600/minute",
        # By address: a whole office may stand behind one.
        "sign_in": "60/minute;600/hour",
        "register": "20/hour",
        "objection": "10/hour;30/day",
        "verify": "60/minute",
        "api": "120/minute;3000/hour",
        "question": "60/minute;1000/hour",
        "self_check": "30/minute;300/hour",
        # By person.
        "upload": "60/minute;600/hour",
        "part": "600/minute;6000/hour",
        "export": "60/minute;1000/hour",
    }.items()
}

# Nothing that looks like a number of a person gets into a report; log records: `core.redaction.install`.
DEFAULT_EXCEPTION_REPORTER = "core.redaction.RedactingReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "core.redaction.RedactingFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        # Every paper would otherwise be told step by step.
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        # Tries to sign in stand in the log of the house, not in files.
        "axes": {"level": "ERROR"},
        # What is odd in a file that was sent is told to the sender, not line by line here.
        "pypdf": {"level": "ERROR"},
        "PIL": {"level": "WARNING"},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
