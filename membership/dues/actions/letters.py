"""催缴函: letters to members that owe dues, one page each, as one PDF for however many."""

import io

import pypdfium2
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from membership import pdf
from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.amounts import in_words, with_sign
from membership.dues.models import DuesSettings
from membership.dues.owing import debts, in_short
from membership.exceptions import Refusal
from membership.units.permissions import require

AT_ONCE = 40  # letters that one process sets
LETTERS_MAX = 2000


def print_letters(certifications, *, by, report=lambda done, total: None):
    """Letters to these members about what they owe now, as one PDF: a File named after the day.

    `report(done, total)` is called between portions. Raises Refusal when none of them owes anything or they are too
    many for one file, PdfUnavailable when the server cannot set them.
    """
    require(permissions.may_see_orders(by))
    members, now = list(certifications[: LETTERS_MAX + 1]), timezone.now()
    if len(members) > LETTERS_MAX:
        raise Refusal(
            _("At most %(number)s letters can be printed at once: narrow the list.") % {"number": LETTERS_MAX},
            code="too_many",
        )
    letters = [_letter(debt) for debt in debts(members, now) if debt.lines]
    if not letters:
        raise Refusal(_("None of these units owes dues: there is nothing to write."), code="nobody")
    rules = DuesSettings.current()
    # The association is named as its account is: its settings as a publisher belong to a room above.
    shared = {"account": rules, "association": {"name": rules.account_name}, "today": timezone.localdate(now)}
    parts = []
    for start in range(0, len(letters), AT_ONCE):
        report(start, len(letters))
        portion = {"letters": letters[start : start + AT_ONCE]}
        parts.append(pdf.render("pdf/dues_letters.html", shared | portion))
    record("dues.print_letters", by, by=by, after={"letters": len(letters)}, in_history=False)
    name = _("Dunning letters") if len(letters) > 1 else f"{_('Dunning letter')}_{letters[0]['debt'].unit.name}"
    return ContentFile(_joined(parts), name=f"{name}_{timezone.localdate(now):%Y-%m-%d}.pdf")


def _letter(debt):
    whole = debt.amount
    return {
        "debt": debt,
        "years": in_short(debt.years),
        "lines": [(year, with_sign(price) if price else "") for year, price in debt.lines],
        "whole": with_sign(whole),
        "in_words": in_words(whole) if whole else "",
    }


def _joined(parts):
    """These PDFs of ours as one."""
    if len(parts) == 1:
        return parts[0]
    whole = pypdfium2.PdfDocument.new()
    for part in parts:
        source = pypdfium2.PdfDocument(part)
        whole.import_pages(source)
        source.close()
    stream = io.BytesIO()
    whole.save(stream)
    whole.close()
    return stream.getvalue()
