"""The settings of the product with nothing around a view: what Django itself costs on this machine."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

django.setup(set_prefix=False)
settings.MIDDLEWARE = []  # only now: packages refuse to be set up without theirs
settings.ROOT_URLCONF = "tests.bench.at_size.limits"
application = WSGIHandler()
