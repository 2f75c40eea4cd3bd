"""Every setting, read from the environment once, at the start. `docs/operate/settings.md` explains each."""

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import environ
from django.utils.translation import gettext_lazy as _

from matricula.startup import (
    chosen_limits,
    one_of,
    required,
    validated_address,
    validated_base_url,
    validated_ca_file,
    validated_database,
    validated_email_url,
    validated_fallbacks,
    validated_mailbox,
    validated_metrics_token,
    validated_name_servers,
    validated_networks,
    validated_time_zone,
    validated_webhook_secret,
    whole_number,
)

env = environ.Env()
PACKAGE = Path(__file__).resolve().parent

# -- the site ------------------------------------------------------------------------------------
DEVELOPMENT_IS_CHOSEN = "MATRICULA_DEVELOPMENT" in os.environ
DEVELOPMENT = env.bool("MATRICULA_DEVELOPMENT", default=True)
DEBUG = False
DATA_DIR = Path(env.str("MATRICULA_DATA", default=str(PACKAGE.parent / "data"))).resolve()
BASE_URL = validated_base_url(env.str("BASE_URL", default="http://127.0.0.1:8000"), development=DEVELOPMENT)
SECRET_KEY = required(
    env, "SECRET_KEY", development=DEVELOPMENT, fallback="development-only-secret-key-" + "0" * 32
)
SECRET_KEY_FALLBACKS = validated_fallbacks(env)
"""Keys of before: what they sealed, signed or digested still opens. `matricula reseal` frees from them."""
CA_FILE = validated_ca_file(env.str("MATRICULA_CA_FILE", default=""))
"""Authorities that outgoing connections trust beside those of the machine; see security/tls.py."""
PRIVATE_NETWORKS = validated_networks(env.str("MATRICULA_PRIVATE_NETWORKS", default=""))
"""Networks of one's own that addresses written by companies may lead to; see security/outgoing.py."""
NAME_SERVERS = validated_name_servers(env.str("MATRICULA_DNS", default=""))
"""Who is asked for the records of domains: address and port of each; the machine's own without any."""
_base = urlsplit(BASE_URL)
WORKERS = whole_number(
    env, "MATRICULA_WORKERS", default=1 if DEVELOPMENT else min(os.cpu_count() or 1, 4), least=1
)
STOP_SECONDS = whole_number(env, "MATRICULA_STOP_SECONDS", default=30)
"""How long `serve` and `worker` finish what is under way once they are told to stop; see stopping.py."""
HTTPS = _base.scheme == "https"
ALLOWED_HOSTS = [_base.hostname or "", *(["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else [])]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ROOT_URLCONF = "matricula.urls"
WSGI_APPLICATION = "matricula.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "matricula.db",
    "matricula.security",
    "matricula.files",
    "matricula.web",
    "matricula.jobs",
    "matricula.mail",
    "matricula.audit",
    "matricula.accounts",
    "matricula.organizations",
    "matricula.bulk",
    "matricula.identities",
    "matricula.catalog",
    "matricula.programs",
    "matricula.roles",
    "matricula.learning",
    "matricula.credentials",
    "matricula.invitations",
    "matricula.joining",
    "matricula.reporting",
    "matricula.leaving",
    "matricula.sso",
    "matricula.api",
    "matricula.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "matricula.api.middleware.as_problems",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "matricula.web.middleware.revalidate_pages",
    "csp.middleware.CSPMiddleware",
    "matricula.accounts.sign_in.name_reader",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "matricula.accounts.sign_in.note_seen",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "matricula.web.languages.speak_languages",
    "matricula.identities.access.KeepToCompany",
    "matricula.web.middleware.limit_body_size",
    "matricula.web.middleware.explain_refusals",
    "matricula.web.redirects.explain_methods",
    "matricula.accounts.kept_forms.keep_typed_forms",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "matricula.web.context.site",
            ],
        },
    }
]

# -- database: SQLite unless DATABASE_URL names a PostgreSQL ---------------------------------------
_default_database = f"sqlite:///{DATA_DIR / 'matricula.sqlite3'}"
DATABASES = {"default": validated_database(env, default=_default_database)}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "server_side_binding": True,
        "prepare_threshold": 5,
        # Compiling a statement of many conditions took PostgreSQL seventeen seconds, and running it one.
        "options": f"-c jit=off {_database.get('OPTIONS', {}).get('options', '')}".strip(),
        "pool": {
            "min_size": 2,
            "max_size": whole_number(env, "MATRICULA_DATABASE_POOL", default=12, least=1),
            "timeout": 3,
            "reconnect_timeout": 2,
        },
    }
_alone = DEVELOPMENT or _database["ENGINE"].endswith("sqlite3")
WORKER_PROCESSES = whole_number(
    env, "MATRICULA_WORKER_PROCESSES", default=1 if _alone else min(os.cpu_count() or 1, 4), least=1
)

# -- web: pages, cookies, static files -------------------------------------------------------------
LANGUAGE_CODE = "en"
"""Of pages whose reader, browser and organization ask for none of the others; see web/languages.py."""
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربية")]
"""Those pages and letters are written in, each in its own words."""
FORMAT_MODULE_PATH = "matricula.web.formats"
LOCALE_PATHS = sorted(PACKAGE.glob("*/locale"))
"""Of rooms that are no Django app, too; and ours before Django's own words."""
USE_TZ = True
TIME_ZONE = validated_time_zone(env.str("MATRICULA_TIME_ZONE", default="UTC"))
"""Of pages that are no organization's, and of an organization until it chooses another."""
FORM_RENDERER = "matricula.web.forms.Renderer"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
if DEVELOPMENT:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = Path(env.str("MATRICULA_STORAGE", default=str(DATA_DIR / "media"))).resolve()
COURSE_ADDRESS = "/learn/courses/{course}/"
WHITENOISE_USE_FINDERS = DEVELOPMENT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "matricula.web.static_files.SiteFiles"
    },
}
SESSION_ENGINE = "matricula.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-matricula" if HTTPS else "matricula"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
LANGUAGE_COOKIE_NAME = "language"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "matricula.web.errors.forgery_suspected"
SECURE_SSL_REDIRECT = HTTPS and env.bool("MATRICULA_REDIRECT_TO_HTTPS", default=False)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
TRUSTED_PROXIES = whole_number(env, "MATRICULA_TRUSTED_PROXIES", default=0)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# -- console: its navigation. `rule` is an access rule of organizations/access.py; a `part` begins a heading
CONSOLE_PAGES: list[dict[str, Any]] = [
    {"url": "reporting:overview", "label": _("Overview"), "icon": "gauge", "rule": "overseeing"},
    {"part": _("People"), "url": "people:people", "label": _("People"), "icon": "users", "rule": "viewing"},
    {"url": "groups:groups", "label": _("Groups"), "icon": "layers", "rule": "viewing"},
    {"url": "invitations:invitations", "label": _("Invitations"), "icon": "mail", "rule": "overseeing"},
    {"url": "links:links", "label": _("Direct links"), "icon": "link", "rule": "overseeing"},
    {
        "url": "requests:requests",
        "label": _("Requests"),
        "icon": "bell",
        "rule": "overseeing",
        "number": "matricula.joining.requests.number_waiting",
    },
    {"url": "departures:departures", "label": _("Leaving"), "icon": "calendar", "rule": "administering"},
    {
        "part": _("Learning"),
        "url": "programs:programs",
        "label": _("Programs"),
        "icon": "graduation-cap",
        "rule": "overseeing",
    },
    {"url": "content:courses", "label": _("Content"), "icon": "book-open", "rule": "overseeing"},
    {"url": "reporting:reports", "label": _("Reports"), "icon": "chart-column", "rule": "overseeing"},
    {
        "part": _("Set-up"),
        "url": "administrators:administrators",
        "label": _("Administrators"),
        "icon": "shield-check",
        "rule": "owning",
    },
    {"url": "console:branding", "label": _("Branding"), "icon": "palette", "rule": "owning"},
    {"url": "sign-in:connections", "label": _("Company sign-in"), "icon": "log-in", "rule": "owning"},
    {"url": "console:domains", "label": _("Domains"), "icon": "globe", "rule": "owning"},
    {"url": "console:retention", "label": _("How long we keep things"), "icon": "clock", "rule": "owning"},
    {"url": "reporting:audit-log", "label": _("Audit log"), "icon": "history", "rule": "administering"},
    {"url": "tokens:tokens", "label": _("API tokens"), "icon": "key-round", "rule": "owning"},
]

COMBINING = one_of(env, "MATRICULA_COMBINING", ("full", "empty", "off"))
"""Which accounts of one person may be combined: any, one without progress and certificates, or none."""
HELD_DAYS = whole_number(env, "MATRICULA_HELD_DAYS", default=14, least=1)
"""That a removal waits for somebody without a way in, after the day on which they are written to."""
COMBINES_AT = "leaving:combine"
DELETES_AT, TAKES_BACK_AT = "leaving:delete", "leaving:take-back"
ACCOUNT_PAGES: list[dict[str, Any]] = [
    {"url": "accounts:home", "label": _("You")},
    {"url": "accounts:addresses", "label": _("E-mail addresses")},
    {"url": "accounts:password", "label": _("Password")},
    {"url": "accounts:second-factors", "label": _("Second factors")},
    {"url": "accounts:sessions", "label": _("Sessions")},
    {"url": "leaving:companies", "label": _("Companies")},
    {"url": "company-sign-ins:mine", "label": _("Company sign-ins")},
    *([] if COMBINING == "off" else [{"url": "leaving:combinings", "label": _("Other accounts")}]),
    {"url": "leaving:data", "label": _("Your data")},
]

# -- mail ------------------------------------------------------------------------------------------
EMAIL_URL = validated_email_url(
    env.str("EMAIL_URL", default="inbox:" if DEVELOPMENT else ""), development=DEVELOPMENT
)
OPEN_INBOX = env.bool("MATRICULA_OPEN_INBOX", default=False)
MAIL_FROM = env.str("MATRICULA_MAIL_FROM", default=f"Matricula <no-reply@{_base.hostname}>")
BOUNCE_ADDRESS = validated_address(
    "MATRICULA_BOUNCE_ADDRESS", env.str("MATRICULA_BOUNCE_ADDRESS", default=parseaddr(MAIL_FROM)[1])
)
BOUNCE_MAILBOX = validated_mailbox(env.str("MATRICULA_BOUNCE_MAILBOX", default=""))
METRICS_TOKEN = validated_metrics_token(env.str("MATRICULA_METRICS_TOKEN", default=""))
WEBHOOK_SECRET = validated_webhook_secret(env.str("MATRICULA_WEBHOOK_SECRET", default=""))
ANYMAIL = {**dict(parse_qsl(urlsplit(EMAIL_URL).query)), "WEBHOOK_SECRET": WEBHOOK_SECRET}
_operator = env.str("MATRICULA_OPERATOR_ADDRESS", default="")
OPERATOR_ADDRESS = validated_address("MATRICULA_OPERATOR_ADDRESS", _operator) if _operator else ""
"""Who is written to when jobs have failed."""
MAIL_CONNECTIONS = whole_number(env, "MATRICULA_MAIL_CONNECTIONS", default=8, least=1)
MAIL_DAILY_LIMIT = whole_number(env, "MATRICULA_MAIL_DAILY_LIMIT", default=50_000)
MAIL_LEASE_SECONDS = whole_number(env, "MATRICULA_MAIL_LEASE_SECONDS", default=120, least=1)

# -- accounts --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["matricula.accounts.authentication.EmailBackend"]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "learning:home"
COMPANY_SIGN_IN = "matricula.sso.connections.sign_in_page_of"
"""Says where the log-in page leads instead of asking for the password, by the domain of the e-mail."""
RELEASED_ACCOUNTS = "matricula.leaving.deletion.released.accounts_released"
"""Says who deleted their account and gave this address back: they may take it back by logging in."""
PASSWORD_HASHERS = ["matricula.accounts.authentication.OwaspArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LIMITS = chosen_limits(
    env.str("MATRICULA_LIMITS", default=""),
    {
        "password": (20, 15),
        "password-device": (20, 15),
        "password-network": (200, 15),
        "second-step": (10, 15),
        "second-step-device": (10, 15),
        "second-step-log-in": (5, 15),
        "prove": (10, 15),
        "prove-device": (10, 15),
        "factor-removal": (2, 24 * 60),
        "sign-up-again": (5, 15),
        "code": (30, 24 * 60),
        "letters": (20, 24 * 60),
        "reset": (3, 15),
        "reset-device": (3, 15),
        "reset-network": (50, 15),
        "lost-letter": (1, 10),
        "lost-letter-network": (20, 10),
        "request": (1, 10),
        "request-network": (20, 10),
        "add-address": (10, 24 * 60),
        "combine-proof": (10, 60),
        "data-export": (3, 24 * 60),
        "role-sign-up": (5, 24 * 60),
        "offer-role": (100, 24 * 60),
        "logo": (30, 60),
        "course-upload": (100, 60),
        "check-domain": (60, 60),
        "company-start": (3_000, 15),
        "company-answer": (3_000, 15),
        "owner-recovery": (10_000, 60),
        "owner-recovery-network": (50, 15),
    },
)
"""Name: (tries, minutes), as docs/operate/limits.md explains; see security/throttling.py."""
ADDRESSES_PER_NETWORK = whole_number(env, "MATRICULA_ADDRESSES_PER_NETWORK", default=300)
NON_ASCII_LOCAL_PARTS = env.bool("MATRICULA_NON_ASCII_ADDRESSES", default=False)

# -- API -------------------------------------------------------------------------------------------
FOR_PROGRAMS = ("/api/", "/_anymail/")
"""Below these no pages are: what is refused there is not told to people."""
LIMITED_ELSEWHERE = ("/api/v1/imports/", "/api/v1/course-uploads/")
"""Addresses that look at sizes themselves, once they know who asks; see web/middleware.py."""
API_RATE = whole_number(env, "MATRICULA_API_RATE", default=600)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "secrets": {"()": "matricula.security.secrets.SecretFilter"},
        "pauses": {"()": "matricula.web.errors.PauseFilter"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["pauses", "secrets"], "formatter": "line"}
    },
    "loggers": {"django.security.DisallowedHost": {"handlers": [], "propagate": False}},
    "root": {"handlers": ["stderr"], "level": env.str("MATRICULA_LOG_LEVEL", default="WARNING")},
}
