"""Papers and certificates on their way in: each is stored by itself, as soon as it has been chosen."""

import re

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from membership.units import actions
from portal.papers import UPLOADED_KINDS, told_before
from portal.shell import Shell
from portal.views.gates import for_units

NAME_OF_FIELD = re.compile(r"[a-z0-9_-]{1,60}")


@require_POST
@for_units
def store(request, kind):
    """Keep one file of the unit; the row that shows it, or 422 with the sentence that says why not.

    `name` is the field of the form that the file is for: the answer holds its hidden input.
    """
    if kind not in UPLOADED_KINDS:
        raise Http404
    unit = Shell.of(request).unit
    name = request.POST.get("name", kind)
    if not NAME_OF_FIELD.fullmatch(name):
        raise Http404
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise ValidationError(_("Choose a file."), code="required")
        document = actions.store_document(upload, unit=unit, kind=kind, by=request.user)
    except ValidationError as refused:
        return render(request, "portal/unit/_upload_refused.html", {"errors": refused.messages}, status=422)
    context = {"file": document, "name": name, "note": told_before(document)}
    return render(request, "portal/unit/_kept.html", context)
