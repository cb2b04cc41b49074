"""The application as a deployment serves it, but for static files, which no test collects. For gunicorn."""

import django
from django.conf import settings

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STATIC_ROOT = settings.BASE_DIR / "static"
django.setup()

from gym.wsgi import application as application  # noqa: E402 - the settings come first
