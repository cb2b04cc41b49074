"""The yardstick as a web server takes it: `bench.ideal_wsgi:application`. Its tables are made beforehand."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gym.settings")
django.setup()

from bench import ideal  # noqa: E402 - models need Django to be ready

application = ideal.handler()
