"""What makes kept open pages old: whatever is announced that a visitor could see."""

from django.apps import apps
from django.db.models.signals import post_delete, post_save
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from cms.models import Attachment, NoticeAttachment, NoticeCategory
from home import generation
from membership.audit.models import AuditEntry
from membership.office_settings import OfficeSetting
from membership.units.models import Body, Level

# Columns that a draft writes on its live page; the page is the same for visitors.
OF_DRAFTS = {"latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes"}
# Rows that these verbs write are not saved one by one.
VERBS = {"dues.set_standard", "dues.withdraw_standard"}


def listen():
    """Connect all of it; called once, when the models are there."""
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(_changed)
    shown = [NoticeCategory, NoticeAttachment, Attachment, PageViewRestriction, Site, Body, Level]
    shown += [get_image_model(), get_document_model(), *OfficeSetting.__subclasses__()]
    shown += [model for model in apps.get_app_config("home").get_models() if not issubclass(model, Page)]
    for model in shown:
        post_save.connect(_changed, sender=model)
        post_delete.connect(_changed, sender=model)
    for model in apps.get_models():
        if issubclass(model, Page):
            post_save.connect(_page_saved, sender=model)
            post_delete.connect(_changed, sender=model)
    post_save.connect(_verb_recorded, sender=AuditEntry)


def _changed(sender, **kwargs):
    generation.renew()


def _page_saved(sender, instance, update_fields=None, **kwargs):
    if instance.live and not (update_fields and set(update_fields) <= OF_DRAFTS):
        generation.renew()


def _verb_recorded(sender, instance, **kwargs):
    if instance.verb in VERBS:
        generation.renew()
