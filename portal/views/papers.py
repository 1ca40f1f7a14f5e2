"""Papers of the own unit as PDF: templates to sign, the registration form, the member certificate."""

from pathlib import PurePath

import segno
from django.conf import settings
from django.core.files.base import ContentFile
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.models import AssociationSettings
from membership import pdf
from membership.private_files import as_download
from membership.units import certificates, uploads
from membership.units.models import MembershipSettings, Unit
from membership.units.profile import as_typed
from membership.units.states import PAPERS, DocumentKind, MembershipState
from portal.shell import Shell
from portal.views.gates import for_persons, for_units

TEMPLATES = {
    DocumentKind.APPLICATION_FORM: "pdf/application_form.html",
    DocumentKind.COMMITMENT_LETTER: "pdf/commitment_letter.html",
}


@require_safe
@for_persons
def template(request, kind):
    """下载模板: the association's own file, or ours with what the unit has typed; blank for a person without a unit."""
    if kind not in TEMPLATES:
        raise Http404
    label = DocumentKind(kind).label
    file = getattr(MembershipSettings.current(), f"{kind}_template")
    if file:
        return _own_template(request, file, label)
    own = Shell.of(request).unit
    unit = as_typed(own) if own else Unit()
    return hand_out(request, TEMPLATES[kind], {"unit": unit}, f"{label}_{unit.name}" if unit.name else label)


def _own_template(request, file, label):
    """What the office has uploaded; its name is lost on the way into the storage, its kind is seen by its content."""
    try:
        mime = uploads.media_type(file)
        name = label + (uploads.EXTENSIONS[mime][0] if mime else PurePath(file.name).suffix)
        return as_download(file, name=name, mime=mime or "application/octet-stream")
    except FileNotFoundError:
        return render(request, "portal/file_missing.html", {"name": label}, status=404)


@require_safe
@for_units
def profile(request):
    """单位信息登记表: what is on file about the unit, to be printed."""
    shell = Shell.of(request)
    unit = Unit.objects.for_user(request.user).select_related(*PAPERS).get(pk=shell.unit.pk)
    context = {
        "unit": unit,
        "state": shell.state.label,
        "memberships": shell.memberships,
        "papers": [(kind.label, getattr(unit, kind)) for kind in PAPERS],
        "qualifications": unit.qualifications.for_list(),
        "printed_on": timezone.localdate(),
    }
    return hand_out(request, "pdf/profile.html", context, _("Registration form of the unit") + f"_{shell.unit.name}")


@require_safe
@for_units
def certificate(request):
    """会员证书 of a certified unit; any other is told why it has none."""
    shell = Shell.of(request)
    if not shell.is_certified:
        return render(request, "portal/papers/no_certificate.html", status=403)
    code, site = shell.unit.certificate_code, settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    address = site + reverse("home:verify", args=[code])
    context = {
        "unit": shell.unit,
        "certification": shell.certification,
        "memberships": [m for m in shell.memberships if m.state == MembershipState.ACTIVE],
        "issued_on": timezone.localdate(),
        "code": certificates.in_groups(code),
        "address": site + reverse("home:verify-form"),
        "qr": segno.make(address, error="m", micro=False).svg_data_uri(border=0, dark="#1a1d21"),
    }
    return hand_out(request, "pdf/certificate.html", context, _("Member certificate") + f"_{shell.unit.name}")


def hand_out(request, paper, context, name):
    """The paper as a download; where no PDF can be made, a page that says why and whom to call."""
    try:
        content = pdf.render(paper, {"association": AssociationSettings.current(), **context})
    except pdf.PdfUnavailable as failure:
        return render(request, "portal/papers/unavailable.html", {"sentence": str(failure)}, status=503)
    return as_download(ContentFile(content), name=uploads.clean_name(f"{name}.pdf"), mime=pdf.MEDIA_TYPE)
