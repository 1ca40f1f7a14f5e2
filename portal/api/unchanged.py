"""Reads that a program has already: `ETag` with every answer, 304 where it has not changed."""

import hashlib
from functools import wraps

from django.http import HttpResponseNotModified
from django.utils.http import parse_etags


def tagged(run):
    """Around an operation as a whole. Files bring a tag of their own where there is one."""

    @wraps(run)
    def answered(request, *args, **kwargs):
        response = run(request, *args, **kwargs)
        if request.method != "GET" or response.status_code != 200:
            return response
        if not response.streaming and "ETag" not in response:
            response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        tag = response.get("ETag")
        known = {each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))}
        if tag is None or not known & {tag, "*"}:
            return response
        if response.streaming:  # a file; `response.close()` would say that the request is over
            response.file_to_stream.close()
        unchanged = HttpResponseNotModified()
        unchanged["ETag"] = tag
        return unchanged

    return answered
