"""Django's settings. Everything that differs between installations comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from trueline.config.installation import Installation
from trueline.evaluations.language_model import ChatModel, model_of
from trueline.kit.http import Outgoing, networks
from trueline.kit.sealing import KeyFile, LocalKeys

INSTALLATION = Installation.of(os.environ)
_PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = INSTALLATION.secret
SEALING_KEYS_VARIABLE = "TRUELINE_SEALING_KEYS"
# What wraps the data keys of secrets at rest. A key service goes here: see `kit.sealing.KeyEncryption`.
KEY_ENCRYPTION: LocalKeys = KeyFile(INSTALLATION.home / "sealing.keys")
if os.environ.get(SEALING_KEYS_VARIABLE):
    KEY_ENCRYPTION = LocalKeys(lambda: os.environ[SEALING_KEYS_VARIABLE])
KEY_ENCRYPTION.held()  # made at the first start, and an unusable one refuses to start
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("TRUELINE_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
PUBLIC_URL = os.environ.get("TRUELINE_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
IS_HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

ROOT_URLCONF = "trueline.config.urls"
WSGI_APPLICATION = "trueline.config.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # the pages of second factors load it
    "django.contrib.staticfiles",
    "trueline.web",  # before allauth, so that its pages wear our templates
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "trueline.vault",
    "trueline.audit",
    "trueline.operations",
    "trueline.workspaces",
    "trueline.connections",
    "trueline.evidence",
    "trueline.traces",
    "trueline.systems",
    "trueline.inventory",
    "trueline.findings",
    "trueline.evaluations",
    "trueline.reviews",
    "trueline.notices",
    "trueline.casework",
    "trueline.api",
    "trueline.config",
]
MIDDLEWARE = [
    "trueline.web.middleware.response_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trueline.api.middleware.limited_requests",  # before the transaction of the request, which it must not lengthen
    "trueline.web.middleware.RequestTransaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trueline.web.middleware.reader_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "trueline.web.context.page",
            ]
        },
    }
]


def _database(variable: str, **options: Any) -> dict[str, Any]:
    parts = urlsplit(os.environ.get(variable, ""))
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "trueline.kit.database",
        "NAME": unquote(parts.path.lstrip("/")) or "trueline",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or (parts.hostname or ""),
        "PORT": query.pop("port", "") or (str(parts.port) if parts.port else ""),
        "CONN_MAX_AGE": 0,
        # A pooled connection that the server has dropped is noticed before a request gets it.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **query,
            # A process that stands still inside a transaction loses its locks, so that another can take its run up.
            "options": f"-c statement_timeout={os.environ.get('TRUELINE_STATEMENT_TIMEOUT_MS', '5000')} "
            f"-c idle_in_transaction_session_timeout={os.environ.get('TRUELINE_IDLE_TRANSACTION_MS', '30000')}",
            "application_name": f"trueline {variable.split('_')[-2].lower()}",
            **options,
        },
    }


_POOL = {"min_size": 1, "max_size": int(os.environ.get("TRUELINE_POOL_SIZE", "8")), "timeout": 5}
DATABASES = {
    "default": _database("TRUELINE_DATABASE_APP_URL", **({"pool": _POOL} if os.environ.get("TRUELINE_POOL") else {})),
    "owner": _database("TRUELINE_DATABASE_OWNER_URL"),
    "system": _database("TRUELINE_DATABASE_SYSTEM_URL"),
}
DATABASES["owner"]["OPTIONS"]["options"] = "-c lock_timeout=10000"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "trueline.config.wiring.queue_is_ready"

AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "trueline.web.sign_in.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
MFA_ADAPTER = "trueline.web.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Accounts come by invitation only, so nobody can lock somebody else's address by a second factor on it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
SOCIALACCOUNT_PROVIDERS = {}
if os.environ.get("TRUELINE_OIDC_URL"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": os.environ.get("TRUELINE_OIDC_NAME", "Single sign-on"),
                "client_id": os.environ.get("TRUELINE_OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("TRUELINE_OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": os.environ["TRUELINE_OIDC_URL"]},
            }
        ]
    }

SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "trueline_session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "trueline_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
IS_BEHIND_PROXY = bool(os.environ.get("TRUELINE_BEHIND_PROXY"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(IS_BEHIND_PROXY)  # else all visitors share the proxy's address and its limits
# Cookies, not the session: a message that is read must not make a GET write to the database.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["trueline.web.uploads.LimitedUpload"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [_PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "trueline_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = os.environ.get("TRUELINE_TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "/static/"
# Served from the package itself: there is no step that collects files, so none can be forgotten.
WHITENOISE_USE_FINDERS = True

# Files of spans. Web and workers on several machines need it on storage that all of them see.
TRACES_PATH = Path(os.environ.get("TRUELINE_TRACES") or INSTALLATION.home / "traces")

DEFINITIONS_PATH = Path(os.environ["TRUELINE_DEFINITIONS"]) if os.environ.get("TRUELINE_DEFINITIONS") else None

# Sends to addresses that people give; private networks only where whoever runs the machine has named them.
OUTGOING = Outgoing(networks(os.environ.get("TRUELINE_OUTGOING_NETWORKS", "")))
# Asked by judged rules of scans, where somebody wishes it. None, as long as the installation names none.
LANGUAGE_MODEL: ChatModel | None = model_of(OUTGOING, os.environ)
MODEL_CALLS_PER_DAY = int(os.environ.get("TRUELINE_MODEL_CALLS_PER_DAY", "2000"))

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if not os.environ.get("TRUELINE_SMTP_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = INSTALLATION.home / "mail"
EMAIL_HOST = os.environ.get("TRUELINE_SMTP_HOST", "")
EMAIL_TIMEOUT = 20  # a mail server that says nothing must not hold a worker
EMAIL_PORT = int(os.environ.get("TRUELINE_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("TRUELINE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("TRUELINE_SMTP_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_PORT == 587
DEFAULT_FROM_EMAIL = os.environ.get("TRUELINE_MAIL_FROM", "trueline@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("TRUELINE_LOG_LEVEL", "WARNING")},
    "loggers": {"django.request": {"level": "ERROR"}},
}
