"""One settings file; what differs between machines comes from the environment (README, "Configuration")."""

from importlib.resources import files
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# The demo is a real installation on one machine without TLS, open to whoever tries it.
DEMO = env.bool("DEMO", default=False)
DEBUG = False
TESTING = env.bool("TESTING", default=False)
LOCAL = DEMO or TESTING
LOCAL_STATE = Path(env.str("MARKETPLACE_STATE", default=str(BASE_DIR / ".local")))

# Without a key nothing that is signed can be trusted; an empty one makes Django refuse to serve.
SECRET_KEY = env.str("SECRET_KEY", default="only-for-tests-and-tools-" + "x" * 40 if TESTING else "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = [name.strip() for name in env.list("ALLOWED_HOSTS", default=["*"] if LOCAL else [])]
SITE_URL = env.str("SITE_URL", default="http://localhost:8000" if LOCAL else "https://example.invalid").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- who runs this market: shown on the contact page and in mails; blanks fail `check --deploy` -------------------
SITE_NAME = env.str("SITE_NAME", default="Trade leads")
OPERATOR = {
    "name": env.str("OPERATOR_NAME", default=""),
    "address": env.str("OPERATOR_ADDRESS", default=""),
    "phone": env.str("OPERATOR_PHONE", default=""),
    "hours": env.str("OPERATOR_HOURS", default=""),
    "email": env.str("OPERATOR_EMAIL", default=""),
    "privacy_email": env.str("OPERATOR_PRIVACY_EMAIL", default=""),
}
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # who knows it reads /metrics; without one nobody does
OPERATOR_DPO = env.str("OPERATOR_DPO", default="")  # the data protection officer, in one line; not everybody needs one
# True: a new lead waits for a moderator; False: it is public at once and can be rejected later.
LEADS_REVIEWED_FIRST = env.bool("LEADS_REVIEWED_FIRST", default=False)
# How many new threads a company may begin within 24 hours; replies are not counted.
INQUIRIES_PER_DAY = env.int("INQUIRIES_PER_DAY", default=50)
# How many leads a company's files may bring in a day (UTC); the rest of a file goes on the next day by itself.
LEADS_PER_DAY = env.int("LEADS_PER_DAY", default=20_000)

# --- who has left and must not come back (docs/operation.md, "Who has left") ---------------------------------------
# “id:secret” pairs, the newest first; digests of addresses are keyed with them, so none may be lost.
SUPPRESSION_KEYS = env.list("SUPPRESSION_KEYS", default=["local:known-to-everybody"] if LOCAL else [])
# Outside of the database, since a restored one has forgotten who left after the copy was made.
ERASURE_LEDGER = Path(env.str("ERASURE_LEDGER", default=str(LOCAL_STATE / "ledger" / "erasures.jsonl")))

# --- what programs are called with (docs/operation.md, "Webhooks") -------------------------------------------------
# “id:key” pairs, the newest first; a key is 32 random bytes in base64url. Columns with secrets are sealed with them.
SEALING_KEYS = env.list("SEALING_KEYS", default=["local:bG9jYWwta2V5LWtub3duLXRvLWV2ZXJ5Ym9keS0tLS0"] if LOCAL else [])
# What webhooks may lead to beside the public internet, also with http: networks or names, best each with a port. In the
# demo, one port of this machine, for a receiver that somebody is writing.
WEBHOOK_NETWORKS = env.list("WEBHOOK_NETWORKS", default=["127.0.0.1:9999", "[::1]:9999"] if DEMO else [])

INSTALLED_APPS = [
    "marketplace.apps.MarketplaceConfig",
    "offerboard",
    "accounts",
    "directory",
    "partners",
    "moderation",
    "mailings",
    "privacy",
    "marketplace.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_countries",
    "phonenumber_field",
    "django_htmx",
    "template_partials",
    "csp",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "marketplace.middleware.RequestLog",
    "privacy.cookies.CookieGate",
    "marketplace.middleware.DatabaseDown",
    "marketplace.middleware.LargestBody",
    "marketplace.visitor_pages.VisitorPages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "privacy.content_policy.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.OwnTimeZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.middleware.SessionActivity",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
ASGI_APPLICATION = "marketplace.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "marketplace.context.market",
                "marketplace.context.nav",
                "privacy.context.reader",
            ],
            "builtins": ["marketplace.templatetags.drawing"],
        },
    },
]
FORM_RENDERER = "marketplace.forms.MarketRenderer"

# Seconds by which tests wait longer for locks and servers: on a busy machine nobody has their turn for some of them.
TESTS_WAIT = 60 if TESTING else 0

# --- PostgreSQL holds the truth -----------------------------------------------------------------------------------
STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=60_000 if TESTING else 5000)
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres:///marketplace")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": None,  # a connection per request costs three times the request
    "CONN_HEALTH_CHECKS": True,  # and a restarted PostgreSQL is found again
    "OPTIONS": {
        **DATABASES["default"].get("OPTIONS", {}),
        "connect_timeout": 3 + TESTS_WAIT,
        # Pages read little: what parallel workers and compiled queries cost to start, they never earn back here.
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={2 + TESTS_WAIT}s"
        " -c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1",
    },
}

# --- Redis carries wake-ups and short-lived counts; losing it delays work and loses none --------------------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "marketplace.cache.FallbackCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1 + TESTS_WAIT, "socket_connect_timeout": 1 + TESTS_WAIT},
    },
}
# Finished public pages that each web process keeps for readers without cookies (docs/decisions/0008).
# 0: every page is made anew, as in tests that are not about this.
VISITOR_PAGES_SECONDS = env.int("VISITOR_PAGES_SECONDS", default=0 if TESTING else 5)
VISITOR_PAGES_BYTES = env.int("VISITOR_PAGES_BYTES", default=16 * 1024 * 1024)
DRAWINGS_BYTES = env.int("DRAWINGS_BYTES", default=16 * 1024 * 1024)  # of cards and other parts of pages
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 2 + TESTS_WAIT,
    "socket_connect_timeout": 2 + TESTS_WAIT,
    "retry_on_timeout": False,
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
}
CELERY_TASK_PUBLISH_RETRY = False  # a lost wake-up is found by the sweep; a request does not wait for Redis
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A file of leads, a copy of somebody's data and its deletion take a while, and other people's machines do: workers of
# their own do these, so that mail and sweeps never stand behind one.
CELERY_TASK_ROUTES = {
    "offerboard.tasks.go_on_importing": {"queue": "imports"},
    "mailings.tasks.send_campaign_mail": {"queue": "campaigns"},
    "mailings.periodic.sweep_campaigns": {"queue": "campaigns"},
    "partners.tasks.send_webhooks": {"queue": "webhooks"},
    "partners.periodic.sweep_webhooks": {"queue": "webhooks"},
    "privacy.tasks.build_export": {"queue": "imports"},
    "privacy.tasks.erase_person": {"queue": "imports"},
    "privacy.periodic.sweep_retention": {"queue": "imports"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    # A sweep that no worker took in time is not worth doing later: the next one does the same.
    "send what is waiting in the outbox": {
        "task": "mailings.periodic.sweep_outbox",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "gather notices into mails": {
        "task": "mailings.periodic.sweep_digests",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "send what is waiting of campaigns": {
        "task": "mailings.periodic.sweep_campaigns",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "read the mail that came back": {
        "task": "mailings.periodic.read_returned",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "tell members of coming policies": {
        "task": "privacy.periodic.announce_policies",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "take up imports": {
        "task": "offerboard.periodic.sweep_imports",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "tell members of new leads": {
        "task": "offerboard.periodic.sweep_alerts",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "forget files of imports": {
        "task": "offerboard.periodic.forget_import_files",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "take up copies of data": {
        "task": "privacy.periodic.sweep_exports",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "delete what has outlived its time": {
        "task": "privacy.periodic.sweep_retention",
        "schedule": 300.0,
        "options": {"expires": 300.0},
    },
    "forget accounts that nobody confirmed": {
        "task": "accounts.periodic.forget_unconfirmed_accounts",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "see to those who leave": {
        "task": "privacy.periodic.sweep_leaving",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "forget copies of data": {
        "task": "privacy.periodic.forget_exports",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "forget removals that nobody confirmed": {
        "task": "privacy.periodic.expire_removals",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "forget evidence of corrections": {
        "task": "privacy.periodic.forget_evidence",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "tell receivers of changes": {
        "task": "privacy.periodic.tell_receivers",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "tell people of breaches": {
        "task": "privacy.periodic.tell_of_breaches",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "number what has changed": {
        "task": "partners.periodic.number_changes",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "note how far the feed has come": {
        "task": "partners.periodic.note_position",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "call webhooks": {
        "task": "partners.periodic.sweep_webhooks",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "follow partners’ contracts": {
        "task": "partners.periodic.follow_contracts",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "forget what is long gone": {
        "task": "partners.periodic.forget_tombstones",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 3600.0},
    },
    "forget yesterday’s calls that happen once": {
        "task": "partners.periodic.forget_calls",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "add up how keys are used": {
        "task": "partners.periodic.add_up_usage",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "forget how keys were used": {
        "task": "partners.periodic.forget_usage",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 3600.0},
    },
    "forget what webhooks were told": {
        "task": "partners.periodic.forget_deliveries",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600.0},
    },
    "tidy expired leads": {
        "task": "offerboard.periodic.tidy_expired_leads",
        "schedule": 300.0,
        "options": {"expires": 300.0},
    },
    "suggest leads": {
        "task": "offerboard.periodic.suggest_leads",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "tell of leads about to expire": {
        "task": "offerboard.periodic.tell_of_expiry",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "clear the board of the expired": {
        "task": "offerboard.periodic.clear_board",
        "schedule": 120.0,
        "options": {"expires": 120.0},
    },
    "count the words of leads": {
        "task": "offerboard.periodic.count_words",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "count the market": {
        "task": "offerboard.periodic.count_leads",
        "schedule": 180.0,
        "options": {"expires": 180.0},
    },
}

# --- members and their sessions -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "offerboard:my_leads"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:  # a slow hash is what passwords need and what a thousand log-ins of tests do not
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.signup.SignUpForm",
    "login": "accounts.forms.signup.LogInForm",
    "reset_password_from_key": "accounts.forms.password.NewPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False  # mail scanners follow links; a person presses the button
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that signed up, within the next hour
ACCOUNT_LOGIN_TIMEOUT = 60 * 60
ACCOUNT_PREVENT_ENUMERATION = True
# Besides allauth's own: contact, report, cookie choice and theme, which need neither cookie nor account.
ACCOUNT_RATE_LIMITS = {
    "form_without_cookies": "30/m/ip,300/h/ip",
    "consents": "30/h/user",
    "removal": "3/d/key",  # mails to one address, which anybody can type
    "subscribe": "3/d/key",
    "hide_from_address": "5/d/ip",  # reports on a child; past it they only come on top of staff's list
    "hide_by_member": "5/d/user",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None  # the log-in form asks
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if LOCAL else "https"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
USERSESSIONS_TRACK_ACTIVITY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if not LOCAL:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# --- transport and content security; off only where there is no TLS to speak of: demo and tests -------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not LOCAL)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1 if SECURE_PROXY_SSL_HEADER else 0)
SECURE_HSTS_SECONDS = 0 if LOCAL else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = not LOCAL
CSRF_COOKIE_SECURE = not LOCAL
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],  # of the admin; elsewhere privacy.content_policy names folders
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

# --- words and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "marketplace.formats"
COUNTRIES_OVERRIDE = {"VN": _("Viet Nam")}  # as the country writes itself
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# --- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(LOCAL_STATE / "static")))
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", str(files("bootstrap") / "css"))]
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(LOCAL_STATE / "media")))
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", default=str(LOCAL_STATE / "private")))  # no proxy may serve it
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "privacy.private_files.PrivateStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes of form text; pictures are counted apart
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- mail: every mail is a row first; the worker sends it to EMAIL_URL --------------------------------------------
EMAIL_BACKEND = "mailings.backend.OutboxBackend"
SMTP = env.email_url("EMAIL_URL", default="smtp://localhost:25")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or ("market@localhost" if LOCAL else OPERATOR["email"])
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Signing what goes out (docs/operation.md, "So that mail is believed"): the PEM of an RSA or Ed25519 key, or nothing.
DKIM_KEY = env.str("DKIM_KEY", default="", multiline=True)
DKIM_DOMAIN = env.str("DKIM_DOMAIN", default="") or DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
DKIM_SELECTOR = env.str("DKIM_SELECTOR", default="market")
# What comes back (docs/operation.md, "Mail that comes back"). Each may be empty.
BOUNCE_DOMAIN = env.str("BOUNCE_DOMAIN", default="")  # of the envelope senders, one for each mail
BOUNCE_MAILDIR = env.str("BOUNCE_MAILDIR", default="")  # where a mail server puts what came back to them
BOUNCE_WEBHOOK_SECRETS = env.list("BOUNCE_WEBHOOK_SECRETS", default=[])  # any of them signs; two while one is changed

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["partners.json_body.JsonBody"],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter like any other, and unknown
    "EXCEPTION_HANDLER": "partners.problems.answer_with_problem",
    "DEFAULT_SCHEMA_CLASS": "partners.description.EndpointSchema",
    "SCHEMA_COERCE_PATH_PK": False,  # paths are described as they are written
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [],  # which would give names of its own to lists of codes
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "string", "format": "uuid"}},
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # the codes stand in the schema
    "SORT_OPERATION_PARAMETERS": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structured": {"()": "marketplace.logs.formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security.csrf": {"level": "ERROR"}},
}
