"""Uploads of units that never came to anything: no row, no draft and nothing that was handed in names them."""

import json
import re
from datetime import timedelta

from membership.tracking.models import ReceiptDraft
from membership.units.models import Document, Membership, ProfileDraft, Review
from membership.units.states import PAPERS, DocumentKind

KEPT_FOR = timedelta(days=30)
# Papers are in effect only by a review, which keeps their ids. Files of dues and decisions stay: they are evidence.
KINDS = (*PAPERS, DocumentKind.QUALIFICATION, DocumentKind.LEAVE_APPLICATION, DocumentKind.RECEIPT)
# JSON in which ids of documents stand, with the way to the unit.
NAMING = (
    (ProfileDraft, "values", "unit"),
    (ReceiptDraft, "values", "delivery__unit"),
    (Membership, "answers", "unit"),
    (Review, "snapshot", "membership__unit"),
    (Review, "verdicts", "membership__unit"),
)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def references():
    """(model, name of the key) of every row that may hold a document, whatever the room."""
    for relation in Document._meta.get_fields(include_hidden=True):
        if relation.auto_created and (relation.one_to_many or relation.one_to_one) and relation.name != "drawn":
            yield relation.related_model, relation.field.name


def unused(now):
    """Documents older than 30 days that nothing names."""
    old = Document.objects.filter(kind__in=KINDS, uploaded_at__lt=now - KEPT_FOR)
    for model, key in references():
        named = model._base_manager.exclude(**{key: None}).values(key)
        old = old.exclude(pk__in=named)
    units = set(old.values_list("unit", flat=True))
    return old.exclude(pk__in=_named_in_json(units)) if units else old


def _named_in_json(units):
    found = set()
    for model, field, way in NAMING:
        values = model._base_manager.filter(**{f"{way}__in": units}).values_list(field, flat=True)
        for value in values.iterator():
            found.update(UUID.findall(json.dumps(value)))
    return found
