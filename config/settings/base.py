"""Settings shared by every environment; whatever differs between machines is read from the environment."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from config.observation import error_reports

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# Whether this is a machine of a developer or a demo: known passwords, local files, no proxy.
IS_DEMO = False
# Whether a web process asks the checks of config.checks before it serves, and does not start when one finds an error.
REFUSES_UNSAFE_START = False
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "portal",
    "home",
    "cms",
    "membership.tracking",
    "membership.dues",
    "membership.units",
    "membership.accounts",
    "membership.messaging",
    "membership.jobs",
    "membership.audit",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.contrib.redirects",
    "wagtail.contrib.forms",
    "wagtail.api.v2",
    "wagtail.embeds",
    "wagtail.sites",
    "membership.accounts.apps.StaffConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtail_modeladmin",
    "modelcluster",
    "taggit",
    "rest_framework",
    "phonenumber_field",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "captcha",
    "ninja",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "django_bootstrap5",
    "bootstrap",
    "heroicons",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "membership.audit.middleware.RequestIdMiddleware",
    "config.observation.probes.ObservationMiddleware",
    "home.kept_pages.KeptPagesMiddleware",
    "portal.middleware.MemberApiMiddleware",
    "portal.middleware.AuthApiMiddleware",
    "config.headers.RefusalsOfTheBrowserMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.middleware.RefuseImpossibleMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "membership.audit.middleware.RequestOriginMiddleware",
    "portal.middleware.MemberLoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "membership.accounts.middleware.SessionLifetimeMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "membership.accounts.middleware.TooManyTriesMiddleware",
    "membership.accounts.middleware.StaffSecondFactorMiddleware",
    "portal.middleware.NoStoreMiddleware",
    "cms.middleware.RefusalMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

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
                "cms.context_processors.association",
                "portal.context_processors.shell",
            ],
        },
    },
]

# --- Data -----------------------------------------------------------------------------------------------------------
EMBEDDED = f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
DATABASES = {"default": env.db_url_config(env.str("DATABASE_URL", default="") or EMBEDDED)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # No SELECT … FOR UPDATE here: correctness rests on conditional updates, constraints and IMMEDIATE transactions.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)  # seconds

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        # allauth counts tries here: Django's usual 300 would let anybody push the counts of others out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Facts that every page needs and that change once a year (association settings): one copy in each process.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "process", "TIMEOUT": 30},
    # How often who has asked within a minute: counted in each process, so that counting costs no query.
    "limits": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "limits",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
# Open pages are kept by each process until the mark is renewed: in a file beside the uploads, for all processes of a
# machine, and in the shared cache, for those of others; a table of the database is asked once a second, Redis always.
OPEN_PAGES_KEPT = env.bool("OPEN_PAGES_KEPT", default=True)
OPEN_PAGES_STAMP = env.str("OPEN_PAGES_STAMP", default=str(BASE_DIR / "media" / "open-pages.stamp"))
OPEN_PAGES_LOOK_EVERY = 1.0  # seconds
if env.str("REDIS_URL", default=""):
    CACHES["lasting"] = CACHES["default"]
    CACHES["default"] = {"BACKEND": "config.caching.SharedCache", "LOCATION": env.str("REDIS_URL")}
    OPEN_PAGES_LOOK_EVERY = 0

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = str(BASE_DIR / "media" / "public")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Members' files: no URL leads here, they leave through views that check permission.
    "private": {
        "BACKEND": "membership.private_files.PrivateFileSystemStorage",
        "OPTIONS": {"location": str(BASE_DIR / "media" / "private")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")  # empty: uploads are not looked through for viruses

# --- Language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "wagtail"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# --- Accounts -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["membership.accounts.backends.AuthenticationBackend"]
SESSION_ENGINE = "membership.accounts.backends"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "membership.accounts.passwords.LongEnough"},
    {"NAME": "membership.accounts.passwords.NotTheOwnNumber"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {  # what somebody who knows the house would try first; one word a line, in small letters
        "NAME": "django.contrib.auth.password_validation.CommonPasswordValidator",
        "OPTIONS": {"password_list_path": BASE_DIR / "membership" / "accounts" / "own_words.txt"},
    },
]
SESSION_IDLE_SECONDS = 30 * 60
SESSION_REMEMBERED_SECONDS = 14 * 86_400
SESSION_STAFF_SECONDS = 12 * 3_600
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=False)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "membership.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FORM_CLASS = "membership.accounts.signup.SignUpFields"
ACCOUNT_FORMS = {
    "login": "membership.accounts.allauth_forms.LoginForm",
    "signup": "membership.accounts.allauth_forms.SignUpForm",
    "request_login_code": "membership.accounts.allauth_forms.RequestLoginCodeForm",
    "confirm_login_code": "membership.accounts.allauth_forms.ConfirmLoginCodeForm",
    "verify_phone": "membership.accounts.allauth_forms.VerifyPhoneForm",
    "change_phone": "membership.accounts.allauth_forms.ChangePhoneForm",
}
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_TIMEOUT = 1_800  # a code may be asked for three times, each good for ten minutes
# Drawn large, shown at 160 × 56: sharp on every screen, and still when it is enlarged twice.
CAPTCHA_FONT_SIZE, CAPTCHA_IMAGE_SIZE, CAPTCHA_2X_IMAGE = 84, (400, 140), False
CAPTCHA_LETTER_ROTATION = (-20, 20)
CAPTCHA_CHALLENGE_FUNCT = "membership.accounts.captcha.challenge"
# Reads the characters aloud for who cannot see them; without the program the pages offer no such link.
CAPTCHA_FLITE_PATH = env.str("CAPTCHA_FLITE_PATH", default="") or None
HEADLESS_CLIENTS = ("browser", "app")
MFA_ADAPTER = "membership.accounts.second_factor.SecondFactorAdapter"
HEADLESS_TOKEN_STRATEGY = "membership.accounts.tokens.TokenStrategy"  # noqa: S105 - a class
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "会员之家"
MFA_PASSKEY_LOGIN_ENABLED = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Sends and failed logins are limited by our own rows (membership.accounts.actions), which no full cache forgets.
ACCOUNT_RATE_LIMITS = {"verify_phone": None, "request_login_code": None, "change_phone": None}
# The adapter spends this one on codes of the second factor alone: they are asked only after the first.
ACCOUNT_RATE_LIMITS["login_failed"] = "5/5m/key"
# Raise a version when its text changes: the consent given at sign-up names it.
TERMS_VERSION = PRIVACY_VERSION = "2026-11"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
PHONENUMBER_DEFAULT_REGION = "CN"
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "E164"

# --- Content API ----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {"NUM_PROXIES": env.int("TRUSTED_PROXY_COUNT", default=0)}

# --- Member API ------------------------------------------------------------------------------------------------------
MEMBER_API_REQUESTS_A_MINUTE = env.int("MEMBER_API_REQUESTS_A_MINUTE", default=300)  # of one person
MEMBER_API_STRANGERS_A_MINUTE = env.int("MEMBER_API_STRANGERS_A_MINUTE", default=60)  # of one address, not logged in

# --- Wagtail --------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "会员之家"
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000")
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai"]
WAGTAILADMIN_COMMENTS_ENABLED = True
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "cms.searching"}}
WAGTAILEMBEDS_FINDERS = []
WAGTAILAPI_LIMIT_MAX = 50
WAGTAILAPI_SEARCH_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "cms.PortalImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.forms.library.PictureForm"
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"bmp": "webp", "jpeg": "webp", "png": "webp"}  # every rendition; GIFs may move
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.forms.library.DocumentForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- Work that leaves the process -----------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
JOB_MAX_ATTEMPTS = 5
JOB_LEASE_SECONDS = 300
JOB_KEEP_DAYS = 14
SMS_GATEWAY = env.str("SMS_GATEWAY", default="console")
SNS_ENDPOINT_URL = env.str("SNS_ENDPOINT_URL", default="") or None
ALIYUN_SMS_ENDPOINT = env.str("ALIYUN_SMS_ENDPOINT", default="dysmsapi.aliyuncs.com")
ALIYUN_SMS_CLIENT = "membership.messaging.gateways.aliyun.OfficialClient"
SMS_SIGNATURE = env.str("SMS_SIGNATURE", default="会员之家")
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")

# --- Logs -----------------------------------------------------------------------------------------------------------
# Every handler masks mobile numbers and codes. Those of Django's own loggers are replaced for it and the root gets one,
# so that no record of ours or of a package is printed by a handler that does not. The worker sets the level of its
# loggers itself: only a handler can keep its line for every task out of the terminal.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "membership.audit.logs.MaskPersonalData"}},
    "formatters": {
        "json": {"()": "membership.audit.logs.JsonLines"},
        "server": {"()": "django.utils.log.ServerFormatter", "format": "[{server_time}] {message}", "style": "{"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "level": "INFO", "filters": ["mask"]},
        "server": {"class": "logging.StreamHandler", "level": "INFO", "filters": ["mask"], "formatter": "server"},
        "tasks": {"class": "logging.StreamHandler", "level": "WARNING", "filters": ["mask"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": ["server"], "level": "INFO", "propagate": False},
        **{name: {"handlers": ["tasks"], "propagate": False} for name in ("django_tasks", "django_tasks_db")},
    },
}

# --- Observation ----------------------------------------------------------------------------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_FROM = env.list("METRICS_FROM", default=[])
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", default=500)
if env.str("SENTRY_DSN", default=""):
    error_reports.start(
        env.str("SENTRY_DSN"),
        environment=env.str("SENTRY_ENVIRONMENT", default="production"),
        release=env.str("SENTRY_RELEASE", default=""),
    )

SILENCED_SYSTEM_CHECKS = []
