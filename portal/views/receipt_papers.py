"""What a unit takes away from a message: a copy of its receipt as PDF, the activity for its calendar."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.calendar_file import MEDIA_TYPE, calendar_of, uid_of
from cms.models import AssociationSettings
from membership.private_files import as_download
from membership.units import uploads
from portal.mailbox import current_receipt, delivery_or_404
from portal.views.gates import for_certified_units
from portal.views.papers import hand_out


@require_safe
@for_certified_units
def copy(request, pk):
    """回执副本: the version that counts, to be printed or filed."""
    delivery = delivery_or_404(request, pk)
    receipt = current_receipt(delivery)
    if receipt is None or delivery.recalled_at:
        raise Http404
    context = {"delivery": delivery, "notice": delivery.notice, "receipt": receipt}
    return hand_out(request, "pdf/receipt.html", context, _("Copy of the receipt") + f"_{delivery.receipt_number}")


@require_safe
@for_certified_units
def calendar(request, pk):
    """加入日历: an activity with its time and venue; a notice without them has none."""
    delivery = delivery_or_404(request, pk)
    activity = getattr(delivery.notice, "activitypage", None)
    if activity is None or delivery.recalled_at:
        raise Http404
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    content = calendar_of(
        activity,
        uid=uid_of(activity, site),
        organizer=AssociationSettings.current().name,
        address=site + reverse("portal:message", args=[delivery.pk]),
    )
    return as_download(ContentFile(content), name=uploads.clean_name(f"{activity.title}.ics"), mime=MEDIA_TYPE)
