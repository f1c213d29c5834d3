"""All settings, read top to bottom; every value that differs between places comes from the environment.

The defaults start on a laptop with nothing to install: SQLite, a queue in a folder, mail to the console.
Production sets DATABASE_URL, REDIS_URL, SECRET_KEY (or SECRET_KEY_FILE), ALLOWED_HOSTS and the mail server
(deploy/README.md).
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from antitrafficking.secret_key import local_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

# Where this installation keeps what it writes: the embedded database, uploads, the embedded queue.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

# --- Kind of installation -----------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# An installation that was given no key of its own is a laptop's: it makes itself one, and serves without TLS.
SECRET_KEY = env.str("SECRET_KEY", default="")
IS_CONFIGURED = bool(SECRET_KEY)
if not SECRET_KEY:
    SECRET_KEY = local_secret_key(VAR_DIR)
# Off only where the pages are served without TLS. Cookies and headers follow from it.
HTTPS = env.bool("HTTPS", default=IS_CONFIGURED)
if env.bool("PRODUCTION", default=False) and (DEBUG or not HTTPS):
    raise ImproperlyConfigured("PRODUCTION=1 时不能关闭 HTTPS，也不能打开 DEBUG。")
# How many proxies of our own stand in front. What they say about the browser is believed, so each must overwrite
# X-Forwarded-Proto and append to X-Forwarded-For (deploy/nginx.conf does).
PROXY_COUNT = env.int("PROXY_COUNT", default=1 if HTTPS else 0)

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Behind a proxy the product may live under a sub-path, such as /fanguai.
FORCE_SCRIPT_NAME = env.str("FORCE_SCRIPT_NAME", default="") or None
# The address that mails link to.
site_url_file = VAR_DIR / "site_url"
SITE_URL = env.str(
    "SITE_URL",
    # The demo writes down on which port it serves, for commands that are run beside it.
    default=site_url_file.read_text().strip() if site_url_file.exists() else "http://localhost:8000",
).rstrip("/")

# --- Applications -------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "antitrafficking.apps.ProjectConfig",
    "departments.apps.DepartmentsConfig",
    "measures.apps.MeasuresConfig",
    "reporting.apps.ReportingConfig",
    "antitrafficking.apps.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "import_export",
    "rest_framework",
]

MIDDLEWARE = [
    # From the outside in: the first five reach every answer, files and errors included.
    "antitrafficking.middleware.HeadersMiddleware",
    "antitrafficking.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "antitrafficking.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "antitrafficking.middleware.MethodNotAllowedMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "antitrafficking.middleware.SessionLimitsMiddleware",
    "antitrafficking.middleware.LoginRequiredMiddleware",
    "departments.middleware.PasswordChangeMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "antitrafficking.urls"
WSGI_APPLICATION = "antitrafficking.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reporting.context_processors.navigation",
            ],
        },
    }
]

# --- Database -----------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'tracker.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # A write takes its lock at BEGIN: two writers queue up instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A database that is gone is an error page after five seconds, not a browser that waits.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Who is who ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "departments.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email"), "max_similarity": 0.5},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "departments:login"
LOGIN_REDIRECT_URL = "reporting:home"
LOGOUT_REDIRECT_URL = "departments:login"

# Five wrong passwords lock the pair of name and address, and the name from anywhere, for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username", ["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "departments/locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429
# Every failed name would be kept for ever, and people type passwords into the wrong field; our trail has the lockouts.
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "antitrafficking.addresses.client_address"

# --- Sessions, cookies, headers -----------------------------------------------------------------------------------

SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_ABSOLUTE_SECONDS = env.int("SESSION_ABSOLUTE_SECONDS", default=12 * 60 * 60)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "antitrafficking.views.csrf_failure"
if HTTPS:
    # The __Host- prefix makes the browser itself refuse a cookie that is not Secure or is set by a sub-domain;
    # it forbids a path, so an installation under a sub-path keeps the plain names.
    prefix = "" if FORCE_SCRIPT_NAME else "__Host-"
    SESSION_COOKIE_NAME = f"{prefix}sessionid"
    CSRF_COOKIE_NAME = f"{prefix}csrftoken"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Language and time --------------------------------------------------------------------------------------------

# Texts are written in Chinese in the code itself; locale/en holds their English.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
USE_I18N = True
USE_TZ = True
# A deadline is a date in this zone, wherever the server stands.
TIME_ZONE = "Asia/Shanghai"

# --- Files --------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Never served by a web server: attachments leave through a view that asks who wants them.
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
# Far above any text that is accepted, so that a text that is too long is refused beside its field and not lost.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- Mail ---------------------------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
if vars()["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend":
    EMAIL_BACKEND = "antitrafficking.mail.StderrBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="反拐工作联席会议办公室 <fanguai@localhost>")

# --- Celery -------------------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
if urlsplit(CELERY_BROKER_URL).scheme == "filesystem":
    # A queue in a folder: one process (`celery worker -B -P solo`), no server to install.
    queue_dir = VAR_DIR / "queue"
    for name in ("messages", "control"):
        (queue_dir / name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(queue_dir / "messages"),
        "data_folder_out": str(queue_dir / "messages"),
        "control_folder": str(queue_dir / "control"),
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
# All that runs by the clock. Each is harmless when it runs twice, late, or not at all for a while.
# A nudge that no worker took before the next one came says nothing new: it expires, so that a slow mail server does
# not fill the queue and keep the reminders waiting.
CELERY_BEAT_SCHEDULE = {
    "send-reminders": {
        "task": "reporting.tasks.send_reminders",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 540},
    },
    "deliver-mail": {"task": "reporting.tasks.deliver_mail", "schedule": 30.0, "options": {"expires": 25}},
    "read-imports": {"task": "reporting.tasks.read_imports", "schedule": 30.0, "options": {"expires": 25}},
    "run-jobs": {"task": "reporting.tasks.run_jobs", "schedule": 30.0, "options": {"expires": 25}},
    "seal-events": {"task": "reporting.tasks.seal_events", "schedule": 60.0, "options": {"expires": 55}},
    "clear-sessions": {"task": "antitrafficking.tasks.clear_sessions", "schedule": crontab(hour="3", minute="30")},
}

# --- The year -----------------------------------------------------------------------------------------------------

# Days before a deadline on which whoever still owes it is reminded; 0 is the day itself. Once overdue: once more.
REMINDER_DAYS = [30, 15, 7, 3, 1, 0]

# --- Health and logs ----------------------------------------------------------------------------------------------

# Called by /readyz beside the database check: dotted paths of functions that return a problem or None.
HEALTH_CHECKS = ["reporting.health.clockwork_is_running"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"incident": {"()": "antitrafficking.logs.IncidentFilter"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(incident)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["incident"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}

# --- Libraries ----------------------------------------------------------------------------------------------------

IMPORT_EXPORT_USE_TRANSACTIONS = True
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
