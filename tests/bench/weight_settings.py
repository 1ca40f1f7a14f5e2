"""The demo with what a deployment puts in front of pages: collected static files, compressed, and nginx's `gzip on`."""

import gzip

from config.settings.dev import *  # noqa: F403
from config.settings.dev import MIDDLEWARE, STORAGES, env

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
STATIC_ROOT = env.str("BENCH_STATIC_ROOT")
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False
MIDDLEWARE = ["tests.bench.weight_settings.as_nginx", *MIDDLEWARE]
NGINX_LEVEL = 1  # of compression, unless it is told otherwise


def as_nginx(get_response):
    """Compress HTML as nginx does: always that type, at its usual level."""

    def answer(request):
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and not response.has_header("Content-Encoding"):
            response.content = gzip.compress(response.content, NGINX_LEVEL)
            response["Content-Encoding"] = "gzip"
            response["Content-Length"] = len(response.content)
        return response

    return answer
