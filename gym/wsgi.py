"""The entrance for the web server: `gym.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gym.settings")

application = get_wsgi_application()
