"""Settings, from the environment; docs/operations.md lists every variable."""

from datetime import timedelta

import dj_database_url
from django.utils.translation import gettext_lazy as _

from bonus_tracker.environment import (
    BASE_DIR,
    boolean,
    choice,
    integer,
    openid_provider,
    origins,
    platform,
    secret,
    services,
    text,
    var_dir,
    words,
    zone,
)

# Where things are
SERVICES = services()
VAR_DIR = var_dir()
DATABASES = {
    "default": {
        **dj_database_url.parse(SERVICES.database_url, conn_max_age=60, conn_health_checks=True),
        "ENGINE": "bonus_tracker.postgresql",
    },
}
DATABASE_OWNER_URL = SERVICES.database_owner_url  # migrates; owns what the app role may not change
DATABASE_APP_ROLE = str(DATABASES["default"].get("USER", ""))  # is granted what it needs after each migration
REDIS_URL = SERVICES.redis_url
REDIS_PREFIX = text("REDIS_PREFIX", "bonus_tracker:")  # of every key, so that one server can serve several
CACHES = {
    "default": {
        "BACKEND": "apps.sign_in.limits.Cache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
    },
}

# What the company decides once, for the whole installation
COMPANY_TIME_ZONE = zone("COMPANY_TIME_ZONE", "Asia/Shanghai")  # the one calendar; stamped in the database
MAX_ROOM_SIZE = integer("MAX_ROOM_SIZE", 2, low=2, high=10_000)  # people in a room that still count as talk
DEFAULT_PLATFORM = platform("DEFAULT_PLATFORM", "im")  # of handles in files that name none
RANKING_SHARDS = integer("RANKING_SHARDS", 1, low=1, high=64)  # of one ranking; see docs/scaling.md
RETENTION_RUNS_DAYS = integer(  # after the deadline of a campaign that is over; 0 keeps them for good
    "RETENTION_RUNS_DAYS", 180, low=0, high=36_500
)
RETENTION_LEDGER_DAYS = integer(  # after a month's newest arrival; 0 keeps all of them for good
    "RETENTION_LEDGER_DAYS", 400, low=0, high=36_500
)
RETENTION_TIES_DAYS = integer(  # after a tie's newest day; 0 keeps them for good
    "RETENTION_TIES_DAYS", 800, low=0, high=36_500
)
BOARD_POLL_SECONDS = integer("BOARD_POLL_SECONDS", 5, low=1, high=3600)  # between two looks of an open board
BOARD_POLL_SECONDS_BUSY = integer(  # while web processes have much to do
    "BOARD_POLL_SECONDS_BUSY", max(BOARD_POLL_SECONDS, 20), low=BOARD_POLL_SECONDS, high=3600
)
BOARD_KEPT_SECONDS = integer("BOARD_KEPT_SECONDS", 1, low=0, high=60)  # a web process may be so far behind
TAX_SCHEDULES_DIR = text("TAX_SCHEDULES_DIR", "")  # the company's own, besides those of apps.awards.tax
CLOCK = text("CLOCK", "")  # demo only: see bonus_tracker.clock

# Secrets
SECRET_KEY = secret("SECRET_KEY")
PSEUDONYM_KEY = secret("PSEUDONYM_KEY")  # HMAC key of outside handles; never in the database
EVIDENCE_KEY_FILE = text(  # signs evidence; the web process need not be able to read it
    "EVIDENCE_KEY_FILE", str(VAR_DIR / "secrets" / "evidence.pem") if SERVICES.embedded else ""
)

# Web
WEB_THREADS = integer("GRANIAN_BLOCKING_THREADS", 4, low=1, high=64)  # of each web process, as the server has
DEBUG = boolean("DEBUG", False)
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = origins("CSRF_TRUSTED_ORIGINS")
HTTPS = boolean("HTTPS", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0  # one year
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # the one truth; a cache would outlive what it copies
SESSION_COOKIE_AGE = 14 * 86_400  # seconds
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"  # as the session's
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_485_760  # bytes; files are limited by their pages
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "bonus_tracker.unnamed.UnnamedFileUploadHandler",
]
UPLOAD_MIB = integer("UPLOAD_MIB", 100, low=1, high=2_000)  # of a file of messages

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "bonus_tracker.admin_site.apps.RolesAdminConfig",
    "bonus_tracker.postgresql",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django_celery_beat",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "apps.audit",
    "apps.jobs",
    "apps.directory",
    "apps.activity",
    "apps.sources",
    "apps.campaigns",
    "apps.ranking",
    "apps.integrity",
    "apps.awards",
    "apps.leaderboard",
    "apps.sign_in",
    "apps.console",
    "apps.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.sign_in.authentication.Authentication",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "apps.leaderboard.middleware.ContentSecurityPolicy",
    "apps.leaderboard.middleware.NoNul",
    "apps.leaderboard.middleware.CompanyCalendar",
    "apps.audit.address.AddressOfAdministration",
    "apps.sign_in.authentication.LeadToSecondFactor",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "bonus_tracker.urls"
WSGI_APPLICATION = "bonus_tracker.wsgi.application"
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
            ],
        },
    },
]
STATIC_URL = "/static/"
STATIC_ROOT = text("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # no collectstatic needed for a first look

# People
AUTH_USER_MODEL = "directory.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "home", "login"

# Signing in: by password, and through the company's OpenID provider where there is one; django-allauth does both,
# with the pages of apps.sign_in alone
AUTHENTICATION_BACKENDS = ["apps.sign_in.backend.Backend"]
OPENID_PROVIDER = openid_provider()
REQUIRE_SECOND_FACTOR = boolean("REQUIRE_SECOND_FACTOR", True)  # of everybody with a role
ACCOUNT_ADAPTER = "apps.sign_in.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "apps.sign_in.adapters.ProviderAdapter"
MFA_ADAPTER = "apps.sign_in.adapters.SecondFactorAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "300/m/ip,5/5m/key"}  # a whole company may come from one address
ACCOUNT_LOGIN_TIMEOUT = 600  # seconds from the password to the code of the second factor
SOCIALACCOUNT_LOGIN_ON_GET = (
    True  # a form would be refused by form-action, which also judges where it leads on
)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Bonus Tracker"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a phone's clock may be off
MFA_RECOVERY_CODES_SHOW_ONCE = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

# Languages and time: stored and compared in UTC, shown on the company's calendar
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = choice("LANGUAGE_CODE", "en", ("en", "zh-hans"))
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LANGUAGE_COOKIE_AGE = 365 * 86_400  # seconds; the language chosen on a page is remembered
LOCALE_PATHS = [BASE_DIR / "locale"]

# Celery: PostgreSQL is the truth, Redis carries jobs and may be flushed at any moment
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_BEAT_SCHEDULER = "bonus_tracker.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {  # first values; HR edits them in the admin
    "tick": {"task": "apps.awards.tasks.tick", "schedule": timedelta(minutes=1)},
    "rank running campaigns": {
        "task": "apps.ranking.tasks.refresh_running",
        "schedule": timedelta(minutes=1),
    },
    "check the audit log and sign its head": {  # once a day; the other times find it done
        "task": "apps.audit.tasks.sign_head_of_today",
        "schedule": timedelta(hours=1),
    },
    "do what was asked for, drop its old files": {
        "task": "apps.jobs.tasks.look_after_jobs",
        "schedule": timedelta(minutes=1),
    },
    "drop old rankings": {
        "task": "apps.ranking.tasks.drop_what_is_old",
        "schedule": timedelta(days=1),
    },
    "send mail that is due": {
        "task": "apps.awards.tasks.send_mail_that_is_due",
        "schedule": timedelta(minutes=1),
    },
    "drop old messages, ties and contacts": {
        "task": "apps.integrity.tasks.drop_what_is_over",
        "schedule": timedelta(days=1),
    },
}
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {
    "celery": {},
    "shards": {},
}  # a worker serves both unless told otherwise with -Q
CELERY_TASK_ROUTES = {"apps.ranking.tasks.help_count": {"queue": "shards"}}  # no other job holds hands up
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 240, 270  # seconds; below half the visibility timeout
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,  # seconds until a lost job is handed out again
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "global_keyprefix": REDIS_PREFIX,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# Mail: without a server none is sent
EMAIL_HOST = text("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
EMAIL_PORT = integer("EMAIL_PORT", 587, low=1, high=65_535)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = text("EMAIL_HOST_USER", ""), text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_TIMEOUT = boolean("EMAIL_USE_TLS", True), 20  # seconds
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "bonus-tracker@localhost")
AUDIT_MAIL_TO = words("AUDIT_MAIL_TO", "")  # besides the auditors: who gets the log's head and its alarm

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.URLPathVersioning",
    "DEFAULT_VERSION": "v1",
    "ALLOWED_VERSIONS": ["v1"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Bonus Tracker",
    "VERSION": "1",
    "DESCRIPTION": "Campaigns, standings and one's own contacts.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Admin
UNFOLD = {
    "SITE_TITLE": _("Bonus Tracker"),
    "SITE_HEADER": _("Bonus Tracker"),
    "SITE_SYMBOL": "emoji_events",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": STATIC_URL + "leaderboard/icon.svg"}],
    "SITE_URL": "/",
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"navigation": "bonus_tracker.admin_site.navigation.sidebar"},
    "BORDER_RADIUS": "8px",
    "COLORS": {  # the leaderboard's green, as in static/leaderboard/tokens.css
        "primary": {
            "50": "#f0f9f6",
            "100": "#e0f1ec",
            "200": "#bce3d8",
            "300": "#8fd3c1",
            "400": "#63d2b7",
            "500": "#2fa98d",
            "600": "#0b6a57",
            "700": "#095a4a",
            "800": "#08493c",
            "900": "#063a30",
            "950": "#04231b",
        },
    },
}

# Log: one line an event, to standard error
LOG_LEVEL = choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
