"""Files made of the receipts of a notice, by the worker."""

from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from cms.models import NoticePage
from membership.tracking import actions
from membership.tracking.states import Export


def export(request, page_id):
    """Ask for a file, and lead to the page that shows how far it is."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    what = request.POST.get("what")
    notice = get_object_or_404(NoticePage, pk=page_id)
    job = actions.request_export(notice, by=request.user, what=what if what in Export else Export.WORKBOOK)
    return redirect("job_progress", job.pk)
