"""Papers of the unit profile as its pages show them: the file that is there, what is asked for, where one is sent."""

from dataclasses import dataclass

from django.conf import settings
from django.forms.boundfield import BoundField
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership.units.models import Document
from membership.units.papers import Requirement
from membership.units.states import DocumentKind

UPLOADED_KINDS = (
    DocumentKind.BUSINESS_LICENSE,
    DocumentKind.QUALIFICATION,
    DocumentKind.ENTRY_PERMIT,
    DocumentKind.APPLICATION_FORM,
    DocumentKind.COMMITMENT_LETTER,
)
WITH_TEMPLATE = (DocumentKind.APPLICATION_FORM, DocumentKind.COMMITMENT_LETTER)
MEGABYTES = settings.UPLOAD_MAX_BYTES // 1024**2
WHAT_IT_IS = {
    DocumentKind.BUSINESS_LICENSE: gettext_lazy("A scan or photograph in which every character can be read."),
    DocumentKind.ENTRY_PERMIT: gettext_lazy("Only for units registered in another province."),
    DocumentKind.APPLICATION_FORM: gettext_lazy("Print the template, fill it in, stamp it and scan it."),
    DocumentKind.COMMITMENT_LETTER: gettext_lazy("Print the template, sign and stamp it, and scan it."),
}


@dataclass
class Paper:
    """One place for a file: `need` says whether there must be one, `words` what the reviewer wrote about it."""

    bound: BoundField
    kind: DocumentKind
    file: Document | None
    need: Requirement
    words: str = ""

    @property
    def is_offered(self):
        return self.need.offered or self.file is not None

    @property
    def hint(self):
        return WHAT_IT_IS.get(self.kind, "")

    @property
    def limits(self):
        return _("PDF, JPG or PNG, at most %(limit)s MB") % {"limit": MEGABYTES}

    @property
    def upload_url(self):
        return reverse("portal:store-document", args=[self.kind])

    @property
    def template_url(self):
        """Where the blank paper is, for the kinds that have one."""
        try:
            return reverse("portal:paper-template", args=[self.kind]) if self.kind in WITH_TEMPLATE else ""
        except NoReverseMatch:
            return ""


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
