"""How a private file is shown: its viewer and the images of its pages, after the caller has checked the permission.

A file at the address X has its viewer at X`view/` and its pages at X`pages/N/`, wherever it is shown.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from membership.exceptions import Refusal
from membership.private_files import as_page_image
from membership.units import actions
from membership.units.previews import previews_of


def show_viewer(request, stored, *, address, heading, template, **context):
    """The viewer of a stored file in `template`, or for a dialog (htmx, viewer.js) alone.

    `address` is where the file itself is downloaded, `heading` what it is called above its pages.
    """
    [preview] = previews_of([stored])
    context |= {"preview": preview, "address": address, "heading": heading, "in_dialog": bool(request.htmx)}
    answer = render(request, "components/viewer.html" if request.htmx else template, context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def page_answer(stored, number):
    """One page of a stored file as an image; 409 while another request is drawing it, 404 where there is none."""
    try:
        page = actions.page_image(stored, number)
    except Refusal as refusal:
        return HttpResponse(str(refusal), status=409, headers={"Retry-After": "2"}, content_type="text/plain")
    except FileNotFoundError as lost:
        raise Http404 from lost
    if page is None:
        raise Http404
    try:
        return as_page_image(page.image)
    except FileNotFoundError as lost:
        actions.forget_page(page)
        raise Http404 from lost
