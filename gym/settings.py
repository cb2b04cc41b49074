"""All settings. What differs between machines comes from the environment (see .env.example).

A missing or wrong variable stops the start with one sentence that names it; nothing falls back silently.
"""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from gym.environment import (
    BASE_DIR,
    address,
    database,
    items,
    mail,
    needed,
    read_file,
    secret_of_the_demo,
    site,
    text,
    yes_or_no,
)

# Everything the running application writes: the SQLite file, the demo's key, the collected static files.
VAR = BASE_DIR / "var"

read_file()
DEMO = yes_or_no("DEMO")
DEBUG = yes_or_no("DEBUG")


# --- Secret ------------------------------------------------------------------------------------------------------

if DEMO:
    SECRET_KEY = text("SECRET_KEY") or secret_of_the_demo(VAR / "secret_key")
else:
    SECRET_KEY = needed(
        "SECRET_KEY",
        "It signs everybody's session, so there is no default outside the demo (DEMO=true). Make one with: "
        'python3 -c "import secrets; print(secrets.token_urlsafe(64))"',
    )
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
        raise ImproperlyConfigured("SECRET_KEY is too easy to guess; it needs at least 50 random characters.")


# --- Where it is reached -----------------------------------------------------------------------------------------

ALLOWED_HOSTS = items("ALLOWED_HOSTS")
if DEMO:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *ALLOWED_HOSTS]
elif not ALLOWED_HOSTS:
    needed("ALLOWED_HOSTS", "List the names under which browsers reach Rung, for example rung.example.org.")

# Where links in letters lead: a worker that sends them was asked by no browser.
if DEMO:
    here = f"http://localhost:{text('PORT', default='8000')}"
    SITE_URL = site("SITE_URL", text("SITE_URL")) if text("SITE_URL") else here
else:
    SITE_URL = site("SITE_URL", needed("SITE_URL", "Links in mail begin with it: https://rung.example.org."))

CSRF_TRUSTED_ORIGINS = items("CSRF_TRUSTED_ORIGINS")
for origin in CSRF_TRUSTED_ORIGINS:
    if not urlsplit(origin).netloc:
        raise ImproperlyConfigured(f"CSRF_TRUSTED_ORIGINS holds {origin!r}; each one begins with https:// or http://.")

# Only behind a proxy that sets X-Forwarded-Proto itself: otherwise anybody could claim to have come by HTTPS.
if yes_or_no("PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# The demo is tried on localhost without a certificate; anything else speaks HTTPS only.
HTTPS = not DEMO
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/(mail/)?$"]  # a load balancer asks on the inside, in plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"

ROOT_URLCONF = "gym.urls"
WSGI_APPLICATION = "gym.wsgi.application"


# --- Applications ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "gym",
    "programming",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]

MIDDLEWARE = [
    # These four put their headers on every answer, refusals included.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Both before anything reads the request's cookies, query or form: what cannot be read is an answer of ours as well.
    "gym.middleware.tell_the_time",
    "gym.middleware.refuse_unreadable",
    "gym.middleware.keep_private",
    "gym.middleware.answer_the_watch",
    # Before the session: most polls end here.
    "programming.polling.nothing_new",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gym.origin.remember_request",
    "gym.middleware.tell_whose",
    # Around everything that may send someone to the sign-in page.
    "gym.middleware.ask_to_sign_in",
    "gym.middleware.SignInOrTablet",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gym.middleware.lead_back",
]

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
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# A request is kept in memory while it is checked. No page asks for more than a form; see gym/middleware.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A file, at the addresses that take one.
LARGEST_FILE = 8 * 1024 * 1024


# --- Database and cache ------------------------------------------------------------------------------------------


DATABASES = {"default": database(text("DATABASE_URL", default="sqlite:///var/rung.sqlite3"))}
POSTGRES_BIN = text("POSTGRES_BIN")  # where pg_dump, pg_restore and psql are; empty: on the PATH
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in attempts are counted here, for all processes together. `manage.py start` makes the table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Somebody who tries many addresses must not push out what is counted of others.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}


# --- Signing in --------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "gym.User"
SESSION_ENGINE = "gym.sessions"
AUTHENTICATION_BACKENDS = ["gym.authentication.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email"]}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "gym.views.not_from_here"
LOGIN_REDIRECT_URL = "/"

# Signing up is closed by the adapter; a gym's people are invited.
ACCOUNT_ADAPTER = "gym.authentication.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
# Without password1 allauth drops the password from the sign-in page too; signing up itself is closed.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# An address is proved by the code that is mailed to it; until then the gym that wrote it down vouches for it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# Seconds. Some mail servers hold a stranger's first message back for minutes.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGOUT_ON_GET = False
# The tablet stays signed in from class to class.
ACCOUNT_SESSION_REMEMBER = True
# Nobody learns from Rung who has an account: no page says so, no mail goes to strangers, and it takes as long (see
# AccountAdapter.send_mail, which sends such letters to nobody).
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Beside allauth's own limits: a wish for another address writes to whatever address is typed.
ACCOUNT_RATE_LIMITS = {"change_email": "5/h/user"}

# A second step is open to all; an owner can ask it of the gym's owners (gym/access.py).
MFA_ADAPTER = "gym.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Codes before and after the present one: clocks of phones go wrong by seconds.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Rung"
# Whoever is signed in by an e-mailed code has proved the address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "activate_totp": "gym.second_factor.SetUpAppForm",
    "add_webauthn": "gym.second_factor.AddPasskeyForm",
    "authenticate_webauthn": "gym.second_factor.AuthenticatePasskeyForm",
    "login_webauthn": "gym.second_factor.LoginPasskeyForm",
    "reauthenticate_webauthn": "gym.second_factor.ReauthenticatePasskeyForm",
}


# --- What browsers are told --------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
REFUSED_FEATURES = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope"),
    *("magnetometer", "microphone", "midi", "payment", "usb"),
)
PERMISSIONS_POLICY: dict[str, list[str]] = {
    **{feature: [] for feature in REFUSED_FEATURES},
    "fullscreen": ["self"],
    "screen-wake-lock": ["self"],  # for a board that keeps the tablet awake
    "publickey-credentials-create": ["self"],
    "publickey-credentials-get": ["self"],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"


# --- Static files ------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gym.trimming.TrimmedStorage"},
}


# --- Mail --------------------------------------------------------------------------------------------------------


if DEMO:
    vars().update(mail(text("EMAIL_URL", default="consolemail://")))
    DEFAULT_FROM_EMAIL = address("DEFAULT_FROM_EMAIL", text("DEFAULT_FROM_EMAIL", default="Rung <rung@localhost>"))
else:
    vars().update(mail(needed("EMAIL_URL", "Sign-in codes go by mail: smtp+tls://user:password@host:587.")))
    DEFAULT_FROM_EMAIL = address(
        "DEFAULT_FROM_EMAIL", needed("DEFAULT_FROM_EMAIL", "It is the sender of sign-in codes.")
    )
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Whether `manage.py start` also starts the worker that sends the mail.
WORKER = yes_or_no("WORKER", default=True)
# Seconds for each answer of the mail server but the last (gym/post/delivering.py). Nobody waits for it but the worker.
EMAIL_TIMEOUT = 30


# --- Language and time -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# Each by its own name, for whoever cannot read the others.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Stored and computed in UTC; each gym's own zone is applied where it is shown.
TIME_ZONE = "UTC"
USE_TZ = True


# --- Logging: everything to stderr, so that no traceback is lost ---------------------------------------------------

LOG_LEVEL = text("LOG_LEVEL", default="INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise ImproperlyConfigured(f"LOG_LEVEL is {LOG_LEVEL!r}; it can be DEBUG, INFO, WARNING, ERROR or CRITICAL.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"refusals": {"()": "gym.logs.RefusalsInOneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # Django's own handlers speak only while DEBUG is on; its records go up to the root instead.
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.request": {"filters": ["refusals"]},
    },
}
