"""The settings of production with nothing around a view: what Django itself costs on this machine."""

from config.settings.production import *  # noqa: F403

MIDDLEWARE = []
ROOT_URLCONF = "tests.bench.at_size.limits"
