"""Writes that may come twice: with an `Idempotency-Key` the second gets the answer of the first, and nothing happens.

Verb and kept answer share one transaction. Of two at once the second waits for the unique row of the first: once that
is committed it reads the answer, and if the first was refused or lost, it does the work itself.
"""

import hashlib
import re
from functools import wraps

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.api.problems import ProblemError
from portal.models import KeptAnswer

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEY = re.compile(r"[\x21-\x7e]{1,100}")
READS = {"GET", "HEAD", "OPTIONS"}


def once(run):
    """Around an operation as a whole: keeps what it answers, with what it has done."""

    @wraps(run)
    def kept(request, *args, **kwargs):
        if request.method in READS or HEADER not in request.headers:
            return run(request, *args, **kwargs)
        with transaction.atomic():
            response = run(request, *args, **kwargs)
            claim = getattr(request, "claim", None)
            if claim is None or response.status_code >= 400:  # nothing is done, and the key stays free
                transaction.set_rollback(True)
            else:
                body = response.content.decode()
                KeptAnswer.objects.filter(pk=claim.pk).update(status=response.status_code, body=body)
        return response

    return kept


def claimed(view):
    """Around the function of an operation, when it is known who asks and that the body is well made."""

    @wraps(view)
    def first(request, *args, **kwargs):
        if request.method in READS or HEADER not in request.headers:
            return view(request, *args, **kwargs)
        known = _claim(request)
        return view(request, *args, **kwargs) if known is None else _again(known)

    return first


def _claim(request):
    """None when this request is the first under its key, else the row with the answer to that."""
    key, operation = request.headers[HEADER], f"{request.method} {request.path}"
    if not KEY.fullmatch(key):
        message = _("A key has 1 to 100 printable characters of ASCII.")
        raise ProblemError("malformed", errors=[(HEADER, message)])
    fingerprint = _fingerprint(request)
    rows = KeptAnswer.objects.of(request.user, operation, key)
    rows.worn_out(timezone.now()).delete()
    known = rows.first()
    if known is None:
        try:
            with transaction.atomic():
                request.claim = KeptAnswer.objects.create(
                    user=request.user, operation=operation, key=key, fingerprint=fingerprint
                )
            return None
        except IntegrityError:  # somebody was quicker, and is done
            known = rows.get()
    if known.fingerprint != fingerprint:
        raise ProblemError("key_reused")
    return known


def _fingerprint(request):
    """What was sent, whatever the boundary between its parts."""
    digest = hashlib.sha256(request.META.get("QUERY_STRING", "").encode() + b"\0")
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
            digest.update(repr((name, file.name, content.hexdigest())).encode())
    return digest.hexdigest()


def _again(known):
    response = HttpResponse(known.body, status=known.status, content_type="application/json; charset=utf-8")
    if not known.body:
        del response["Content-Type"]
    response[REPLAYED] = "true"
    return response
