"""Papers of the unit profile as its pages show them: the file that is there, what is asked for, where one is sent."""

from django.utils.translation import gettext as _

from membership.units.models import Document
from membership.units.states import DocumentKind

UPLOADED_KINDS = (
    DocumentKind.BUSINESS_LICENSE,
    DocumentKind.QUALIFICATION,
    DocumentKind.ENTRY_PERMIT,
    DocumentKind.APPLICATION_FORM,
    DocumentKind.COMMITMENT_LETTER,
)


def told_before(document):
    """What the person is told when the unit has sent the same content before; nothing else hangs on it."""
    others = Document.objects.filter(unit=document.unit_id, sha256=document.sha256, kind__in=UPLOADED_KINDS)
    twin = others.exclude(pk=document.pk).order_by("-uploaded_at").first()
    if twin is None:
        return ""
    return _("The same file was uploaded before as “%(name)s” (%(kind)s). Check that it is the right one.") % {
        "name": twin.original_name,
        "kind": twin.get_kind_display(),
    }
