"""What may not be done to notices in the staff area, said in words: get out, be deleted, go out unready."""

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.admin.views.pages.bulk_actions import MoveBulkAction
from wagtail.models import Page

from cms import tree
from cms.models import NoticePage
from cms.staff.recalling import words_for_one_by_one


def words_for_getting_out():
    return _("A notice to members cannot be moved to a place that everybody may read.")


def keep_inside(request, page, destination):
    """Before a move: a page of the members' tree stays in it."""
    if not tree.would_get_out(page, destination):
        return None
    messages.error(request, words_for_getting_out())
    return redirect("wagtailadmin_pages:move", page.pk)


class MoveInsideAction(MoveBulkAction):
    """Moving many pages at once: Wagtail says which cannot go there, this says why."""

    def prepare_action(self, pages, pages_without_access):
        destination = self.cleaned_form.cleaned_data["chooser"]
        refused = pages_without_access["pages_without_destination_access"]
        if any(tree.would_get_out(entry["item"], destination) for entry in refused):
            messages.error(self.request, words_for_getting_out())
        return super().prepare_action(pages, pages_without_access)


class ReadOnlyPages(PagesAdminAPIViewSet):
    """The admin's own API, which fills its menus: pages are read there; what is done to them passes the guards here."""

    actions = {}


def read_only_api(router):
    """Before Wagtail's API of the admin is built."""
    router.register_endpoint("pages", ReadOnlyPages)


def keep_delivered(request, page):
    """Before a deletion: what went out to units stays; taking it back is a recall."""
    notice = _delivered_below([page]).first()
    if notice is None:
        return None
    messages.error(request, _words_for_deletion(notice))
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def guard_many(request, action_type, objects, action):
    """Before something is done to many pages at once: the same rules as for one."""
    if action.get_default_model() is not Page:
        return None
    if action_type == "delete":
        sentence = next((_words_for_deletion(notice) for notice in _delivered_below(objects)[:1]), None)
    elif action_type == "unpublish":
        below = action.cleaned_form.cleaned_data["include_descendants"]
        sentence = next((words_for_one_by_one(notice) for notice in _standing_among(objects, below)[:1]), None)
    elif action_type == "publish":
        below = action.cleaned_form.cleaned_data["include_descendants"]
        sentence = next(_obstacles_to_publish(objects, below), None)
    else:
        sentence = None
    if sentence is None:
        return None
    messages.error(request, sentence)
    return redirect(action.next_url)


def _delivered_below(pages):
    """Delivered notices among these pages and all below them."""
    below = Q(pk__in=[])
    for page in pages:
        below |= Q(path__startswith=page.path)
    return NoticePage.objects.filter(below).delivered()


def _standing_among(pages, include_descendants):
    """Live notices that units have, among these pages and, if they are meant too, all below them."""
    chosen = _delivered_below(pages) if include_descendants else NoticePage.objects.filter(pk__in=[p.pk for p in pages])
    return chosen.live().delivered()


def _words_for_deletion(notice):
    return _("“%(title)s” has been sent to units and cannot be deleted. Unpublish it instead: that recalls it.") % {
        "title": notice.title
    }


def _obstacles_to_publish(pages, include_descendants):
    """A sentence for every notice that is not ready to go out."""
    for page in pages:
        found = [page]
        if include_descendants:
            found += page.get_descendants().not_live()
        for notice in (page.specific for page in found):
            if isinstance(notice, NoticePage):
                reasons = notice.get_latest_revision_as_object().obstacles()
                if reasons:
                    words = {"title": notice.draft_title, "reasons": " ".join(reasons.values())}
                    yield _("“%(title)s” cannot be published: %(reasons)s") % words


def serve_by_delivery(page, request, args, kwargs):
    """A page of the members' tree, asked for by its web address.

    Visitors are led to the login; staff who may browse the tree see the page; a unit that it was delivered to is led to
    its message; for everybody else there is no such page.
    """
    if not request.user.is_authenticated:
        return None
    restrictions = list(page.get_view_restrictions())
    if all(restriction.accept_request(request) for restriction in restrictions):
        return None
    if isinstance(page, NoticePage):
        delivery = page.deliveries.for_user(request.user).first() if not request.user.is_staff else None
        if delivery:
            return redirect("portal:message", pk=delivery.pk)
    raise Http404
