"""One settings file; what differs between installations comes from the environment (env.py)."""

from __future__ import annotations

from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from servicecenter import env as environment

ENV = environment.read()
BASE_DIR = environment.BASE_DIR
DATA_DIR = ENV.data_dir

SECRET_KEY = ENV.secret_key
VAULT_KEYS = ENV.vault_keys
DEBUG = False
DEMO = ENV.is_demo
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins

INSTALLED_APPS = [
    "servicecenter.accounts",
    "servicecenter.audit",
    "servicecenter.sla",
    "servicecenter.notifications",
    "servicecenter.attachments",
    "servicecenter.incidents",
    "servicecenter.bulletins",
    "servicecenter.ledger",
    "owners",
    "surveys",
    "repairs",
    "complaints",
    "decoration",
    "handovers",
    "servicecenter.lib",
    "servicecenter.workflow",
    "servicecenter.desk",
    "servicecenter.board",
    "servicecenter.portal",
    "servicecenter.field",
    "servicecenter.operations",
    "servicecenter.demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "servicecenter.operations.middleware.MeasureMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "servicecenter.accounts.middleware.LanguageMiddleware",
    "servicecenter.lib.middleware.AddressMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "servicecenter.lib.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "servicecenter.urls"
WSGI_APPLICATION = "servicecenter.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "servicecenter.lib.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "servicecenter.accounts.context.face",
                "servicecenter.operations.context.promises",
            ],
        },
    }
]

# Timeouts belong to the connection so that no query, lock or forgotten transaction can hold a promise up for long.
DATABASES = {"default": ENV.database}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"]["OPTIONS"],
    "connect_timeout": 5,
    # A peer that vanished without a word (over TCP) is given up after some ten seconds, not after two hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10000,
    "options": " ".join(
        [
            "-c statement_timeout=20000",
            "-c lock_timeout=5000",
            "-c idle_in_transaction_session_timeout=60000",
            "-c timezone=UTC",
        ]
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.secure_cookies
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "servicecenter.lib.views.csrf_failure"

SECURE_SSL_REDIRECT = ENV.secure_cookies
SECURE_HSTS_SECONDS = 31536000 if ENV.secure_cookies else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.secure_cookies
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if ENV.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-ancestors": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".build" / "collected"
STATICFILES_DIRS = [BASE_DIR / "servicecenter" / "static", BASE_DIR / ".build" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # A test renders pages without a collectstatic before it.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ENV.name == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
# A test looks files up as they are asked for: nothing was collected before it.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = ENV.name == "test"
MEDIA_ROOT = DATA_DIR / "media"
# Photos: at most 9 of 10 MB in one form; a form's text never needs more than 1 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Where messages leave by; an empty one is a channel that this installation does not have.
SMS_URL = ENV.sms_url
METRICS_TOKEN = ENV.metrics_token
EMAIL_URL = bool(ENV.email)
EMAIL_HOST, EMAIL_PORT = ENV.email.get("host", ""), ENV.email.get("port", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENV.email.get("user", ""), ENV.email.get("password", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = ENV.email.get("tls", False), ENV.email.get("ssl", False)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
# Links in messages begin with it.
SITE_URL = ENV.site_url
# Hosts that a group robot of the kind "own gateway" may be at.
ROBOT_HOSTS = ENV.robot_hosts

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "servicecenter.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["servicecenter.lib.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "servicecenter.lib.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Customer service center",
    "DESCRIPTION": "Repairs, follow-ups, owner records and promises of a property-management company.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # One name for each list of codes, wherever a field of any name uses it.
    "ENUM_NAME_OVERRIDES": {
        "RepairStatus": "repairs.workflow.Status",
        "FollowUpStatus": "surveys.workflow.FollowUpStatus",
        "Urgency": "repairs.models.Urgency",
        "PolicyUrgency": ["", "emergency", "normal"],
        "Role": "servicecenter.accounts.models.Role",
        "LadderRole": "servicecenter.accounts.queries.LADDER",
        "OccupancyRole": "owners.models.OccupancyRole",
        "Place": "repairs.models.Place",
        "ConfirmMethod": "repairs.workflow.ConfirmMethod",
        "PhotoKind": "servicecenter.attachments.models.PhotoKind",
        "ArticleKind": "servicecenter.bulletins.models.ArticleKind",
        "SegmentKind": "servicecenter.sla.segments.SegmentKind",
        "RepairChannel": "repairs.models.Channel",
        "LadderChannel": "servicecenter.sla.models.rungs.Way",
        "WarrantyStanding": "owners.queries.warranty.Standing",
        "CorrectableField": "owners.workflow.changes.Field",
        "RevealedField": "owners.api.people.REVEALED",
        "CorrectionStatus": "owners.workflow.changes.ChangeStatus",
        "PromiseStatus": "servicecenter.desk.workflow.PromiseStatus",
        "CheckReason": "repairs.models.CheckReason",
        "HoldReason": "repairs.workflow.HoldReason",
        "OutageStatus": "repairs.outage_workflow.OutageStatus",
        "OutageKind": "repairs.models.OutageKind",
        "PayMethod": "servicecenter.ledger.models.Method",
        "ChargeKind": "servicecenter.ledger.models.Kind",
        "BilledKind": "servicecenter.ledger.models.BILLED",
        "ChargeState": "servicecenter.ledger.models.ChargeState",
        "WhoPays": "repairs.models.Payer",
        "ComplaintStatus": "complaints.workflow.Status",
        "PermitStatus": "decoration.workflow.Status",
        "InquiryStatus": "complaints.workflow.InquiryStatus",
        "VoiceKind": "complaints.models.Kind",
        "InquiryKind": ["suggestion", "inquiry", "praise"],
        "VoiceChannel": "complaints.models.Channel",
        "CampaignStatus": "surveys.workflow.CampaignStatus",
        "MeasureStatus": "surveys.workflow.MeasureStatus",
        "SurveyChannel": "surveys.models.Channel",
        "QuestionKind": "surveys.questions.Kind",
    },
}

# Celery carries work whose loss is harmless: PostgreSQL can make all of it again.
CELERY_BROKER_URL = ENV.redis_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A broker that answers with an error (it became a replica, it is read-only) ends the connection, not the worker: the
# clock inside goes on.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    # Looks for work of dead workers every 30 s; the throttle would make it every tenth time.
    "unacked_restore_interval": 30,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "health_check_interval": 10,
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "servicecenter.lib.keyed_paths.Line",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ENV.log_level},
    # It logs addresses, which are personal data or passwords; what matters is in the delivery log.
    "loggers": {"apprise": {"level": "CRITICAL", "propagate": False}},
}
