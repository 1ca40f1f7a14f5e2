"""What a notice must have before it may be published. Drafts may lack any of it."""

import json
import re

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from membership.tracking import audience
from membership.tracking.states import ReceiptKind

NAMED = 5  # units that a refusal names
# What members decide only by secret ballot; an opinion given here bears the name of its unit.
SECRET_BALLOT = re.compile("选举|罢免|会费.*标准")
BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')


def obstacles(notice, *, rules, items, members_only, now):
    """{field: sentence} of all that forbids publishing at `now`; empty when nothing does.

    `rules` and `items` are the audience rules and agenda items that would be published with it; `members_only` says
    whether the notice stands in the members' tree.
    """
    found = gaps(notice, items) | _late(notice, now) | _unheard(notice, rules, members_only)
    sent = type(notice).objects.delivered().filter(pk=notice.pk).first()
    return found | _uncorrected(notice, sent) | _left_out(rules, sent) if sent else found


def says_otherwise(notice, other):
    """Whether title or body differ in what a reader sees; the keys that the editor gives to blocks do not count."""
    return notice.title != other.title or _words_of(notice.body) != _words_of(other.body)


def needs_secret_ballot(titles):
    """Whether one of these matters is of a kind that members decide by secret ballot."""
    return any(SECRET_BALLOT.search(title) for title in titles)


def gaps(notice, items):
    """{field: sentence} of what is missing or contradictory in the notice itself, at any time and for any audience."""
    found = {}
    if notice.asks_formal_receipt and not notice.category.for_receipts:
        found["category"] = _("A notice with a receipt belongs in a category that is meant for receipts.")
    if notice.category.for_receipts and not notice.asks_formal_receipt:
        found["receipt_kind"] = _(
            "This category is meant for notices with a receipt: choose the kind of receipt, or another category."
        )
    if notice.asks_formal_receipt and notice.deadline is None:
        found["deadline"] = _("Say until when receipts are taken.")
    if notice.receipt_kind == ReceiptKind.DELIBERATION and not items:
        found["agenda_items"] = _("Name at least one matter for deliberation.")
    return found


def _late(notice, now):
    """The deadline lies ahead when units get the notice; one that is out keeps its deadline."""
    if not notice.asks_receipt or notice.deadline is None:
        return {}
    if type(notice).objects.live().filter(pk=notice.pk, deadline=notice.deadline).exists():
        return {}
    if notice.go_live_at and notice.go_live_at > now:
        if notice.deadline <= notice.go_live_at:
            return {"deadline": _("The deadline lies before the moment at which the notice goes out.")}
    elif notice.deadline <= now:
        return {"deadline": _("The deadline lies in the past.")}
    return {}


def _unheard(notice, rules, members_only):
    """An empty audience cannot be published as a message; what was sent before may be corrected all the same."""
    if not (rules or members_only or notice.asks_receipt):
        return {}
    if notice.pk and notice.deliveries.exists():
        return {}
    if audience.units(rules).exists():
        return {}
    if not rules:
        return {"audience": _("Choose to whom the notice is sent.")}
    return {"audience": _("No member unit is reached by this choice. Widen it.")}


def _uncorrected(notice, sent):
    """Units have read it: what is changed now is told them, not what was changed before."""
    if not says_otherwise(notice, sent):
        return {}
    note = notice.correction.strip()
    if not note:
        return {"correction": _("Title or text have changed since the notice was sent. Say what was corrected.")}
    if note == sent.correction.strip():
        return {"correction": _("Title or text have changed again. This note is the earlier one: say what is new.")}
    return {}


def _left_out(rules, sent):
    """An audience grows only: what went out cannot be taken back from some.

    Units that the audience as it was published no longer reaches, for they have left or changed their level, are not
    left out by the editor. A recalled notice without audience goes back to those who had it.
    """
    if not rules and not sent.live:
        return {}
    had = audience.units(sent.audience_rules.all()).filter(deliveries__notice=sent)
    lost = had.exclude(pk__in=audience.units(rules).values("pk"))
    number = lost.count()
    if not number:
        return {}
    words = {"number": number, "names": "、".join(lost.order_by("name", "pk").values_list("name", flat=True)[:NAMED])}
    sentence = ngettext(
        "%(number)d unit that already has the notice is left out: %(names)s. Add it again; to take the notice back, "
        "recall it.",
        "%(number)d units that already have the notice are left out: %(names)s. Add them again; to take the notice "
        "back, recall it.",
        number,
    )
    return {"audience": sentence % words}


def _words_of(body):
    """The blocks as they are stored: a form brings dates where the database has their words."""
    return _without_keys(json.loads(json.dumps(list(body.get_prep_value()), cls=DjangoJSONEncoder)))


def _without_keys(value):
    if isinstance(value, dict):
        return {name: _without_keys(part) for name, part in value.items() if name != "id"}
    if isinstance(value, list):
        return [_without_keys(part) for part in value]
    return BLOCK_KEY.sub("", value) if isinstance(value, str) else value
