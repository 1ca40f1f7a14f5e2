"""WSGI entry point for gunicorn."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()
if settings.REFUSES_UNSAFE_START:
    refuse_unsafe_start()
# What is loaded by now stays: without it, the collector needs milliseconds instead of tens of them.
gc.collect()
gc.freeze()
