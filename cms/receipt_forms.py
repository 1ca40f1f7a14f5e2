"""Receipt forms that are handed out with the facts of the unit already in them.

A Word file that an editor has marked as to be filled in may hold placeholders such as {{单位名称}}.
"""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from membership import word_forms
from membership.accounts.phones import national
from membership.office_files import DOCX
from membership.tracking.naming import UNIT_ROOM, safe

# What stands between {{ and }} is written by editors, so it is Chinese.
PLACEHOLDERS = ("单位名称", "法定代表人", "统一社会信用代码", "联系人", "联系电话", "通知标题", "截止时间")
NAMES_SHOWN = 5


def examined(file, mime):
    """What is kept beside a file: {"names": […]} for a Word file, {"broken": True} for one that cannot be filled in.

    None for files of other kinds.
    """
    if mime != DOCX:
        return None
    names = word_forms.placeholders(file)
    return {"broken": True} if names is None else {"names": names}


def filled_for(delivery, placement):
    """(name, bytes) of this form with the facts of the unit that the notice was delivered to.

    None where the file goes out as it is: it is no form, no Word file, has no placeholder or cannot be filled in.
    `delivery` is loaded `with_deadline`, with its unit and notice.
    """
    stored = placement.attachment
    known = stored.placeholders or {"names": True}  # not examined, for it was stored before
    if not placement.is_receipt_form or stored.mime != DOCX or not known.get("names"):
        return None
    with stored.file.open("rb") as form:
        content = word_forms.filled_in(form, facts_of(delivery))
    if content is None:
        return None
    stem = stored.original_name.rpartition(".")[0]
    return f"{stem}_{safe(delivery.unit.name, UNIT_ROOM)}.docx", content


def facts_of(delivery):
    """{placeholder: text} for one unit and one notice."""
    unit, deadline = delivery.unit, delivery.deadline
    texts = (
        unit.name,
        unit.legal_representative,
        unit.uscc,
        unit.contact_name,
        national(unit.contact_phone) or unit.contact_phone,
        delivery.notice.title,
        date_format(timezone.localtime(deadline), "Y年n月j日 H:i") if deadline else "",
    )
    return dict(zip(PLACEHOLDERS, texts, strict=True))


def note_on(attachment):
    """What the editor is told about the placeholders of a file; empty where there is nothing to say."""
    kept = attachment.placeholders or {}
    if kept.get("broken"):
        return _("cannot be filled in: units get the file as it is")
    found = kept.get("names", ())
    known = [name for name in PLACEHOLDERS if name in found]
    unknown = [name for name in found if name not in PLACEHOLDERS]
    notes = [_("filled in: %(names)s") % {"names": "、".join(known)}] if known else []
    if unknown:
        words = {"names": "、".join(name[:20] for name in unknown[:NAMES_SHOWN])}
        notes.append(_("unknown, left open: %(names)s") % words)
    return "；".join(notes)


def title_with_note(attachment):
    """The title as the editor sees it beside the field."""
    note = note_on(attachment)
    return f"{attachment} （{note}）" if note else str(attachment)
