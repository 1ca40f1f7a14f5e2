"""What a browser has posted of a profile: files that came with the form, and two versions side by side."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from membership.units import actions
from membership.units.forms.fields import as_id
from membership.units.forms.profile import YES
from membership.units.forms.qualifications import ROWS, Catalogue, is_filled
from membership.units.models import Unit
from membership.units.profile import AT_ONCE, FACTS
from membership.units.states import PAPERS, DocumentKind


def kept_uploads(request, unit, entries):
    """Store the files that came with the form, so that nobody has to upload twice.

    Returns the entries with their ids, and {place: words} of what was refused; a place is the name of a paper or the
    index of a row of certificates.
    """
    refused = {}

    def keep(field, kind, place, spot, key):
        upload = request.FILES.get(f"{field}-file")
        if upload is None:
            return
        try:
            document = actions.store_document(upload, unit=unit, kind=kind, by=request.user)
        except ValidationError as bad:
            refused[place] = bad.messages
        else:
            spot[key] = str(document.pk)

    for kind in PAPERS:
        keep(str(kind), kind, str(kind), entries["documents"], str(kind))
    for index, row in enumerate(entries["qualifications"]):
        keep(f"{ROWS}-{row['number']}-document", DocumentKind.QUALIFICATION, index, row, "document")
    return entries, refused


def both(mine, theirs, unit, *, reviewed_only=False):
    """[(label, mine, theirs)] of everything in which two versions of the entries differ, in the order of the form."""
    names = [name for name in FACTS if not (reviewed_only and name in AT_ONCE)]
    told = [(_label(name), _fact(name, mine), _fact(name, theirs)) for name in names]
    files = _file_names(unit, mine, theirs)
    told += [
        (str(kind.label), files.get(mine["documents"].get(kind), ""), files.get(theirs["documents"].get(kind), ""))
        for kind in PAPERS
    ]
    rows = [_certificates(entries["qualifications"], files) for entries in (mine, theirs)]
    told.append((str(DocumentKind.QUALIFICATION.label), *rows))
    return [row for row in told if row[1] != row[2]]


def _label(name):
    return str(Unit._meta.get_field(name).verbose_name)


def _fact(name, entries):
    value = entries["facts"].get(name, "")
    if name == "was_member_before" and value:
        return _("Yes") if value == YES else _("No")
    return str(dict(Unit._meta.get_field(name).flatchoices or ()).get(value, value))


def _file_names(unit, *versions):
    """{id: name} of every file that one of the versions names; an id that is none has no name."""
    named = {key for entries in versions for key in entries["documents"].values()}
    named |= {row.get("document", "") for entries in versions for row in entries["qualifications"]}
    ids = [key for key in map(as_id, named) if key]
    return {str(pk): name for pk, name in unit.documents.filter(pk__in=ids).values_list("pk", "original_name")}


def _certificates(rows, files):
    rows = [row for row in rows if is_filled(row)]
    names = {str(each.pk): str(each) for each in Catalogue(row.get("category", "") for row in rows).categories}
    lines = []
    for row in rows:
        typed = [row.get(key, "") for key in ("grade", "certificate_no", "issuer", "valid_until")]
        told = [names.get(row.get("category"), ""), *typed, files.get(row.get("document"), "")]
        lines.append(" ".join(part for part in told if part))
    return "\n".join(lines)
