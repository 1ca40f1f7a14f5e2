"""What follows when Wagtail announces that a notice was published or unpublished."""

from django.dispatch import receiver
from wagtail.log_actions import get_active_log_context
from wagtail.signals import page_published, page_unpublished

from cms.models import NoticePage
from membership.jobs import actions as jobs
from membership.tracking import actions as tracking


@receiver(page_published)
def deliver_notice(sender, instance, revision=None, **kwargs):
    """Enqueue the delivery; the editor's click does not wait for it."""
    if isinstance(instance, NoticePage) and (instance.audience_rules.exists() or instance.deliveries.exists()):
        person = revision.user_id if revision else None
        jobs.enqueue("tracking.deliver", notice_id=instance.pk, user_id=person)


@receiver(page_unpublished)
def recall_notice(sender, instance, **kwargs):
    """Unpublishing a delivered notice is its recall. One that has run out stays with the units that have it."""
    if isinstance(instance, NoticePage) and not instance.expired:
        tracking.recall(instance, by=get_active_log_context().user, reason=instance.recall_reason)
