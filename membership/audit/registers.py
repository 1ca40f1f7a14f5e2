"""What registers of the staff area that are only read have in common, whatever they list."""

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.views import HistoryView, IndexView


class ReadOnly(PermissionHelper):
    """Nobody writes in the register; who may see it, its own helper says by `user_can_list`."""

    def user_can_inspect_obj(self, user, obj):
        return self.inspect_view_enabled and self.user_can_list(user)

    def user_can_create(self, user):
        return False

    def user_can_edit_obj(self, user, obj):
        return False

    def user_can_delete_obj(self, user, obj):
        return False


class RegisterView(IndexView):
    """A list under the name of its menu, which takes its own filters and nothing else from the address.

    modeladmin would take any lookup: an address could ask for any column, of related rows too, and guess it.
    """

    def get_page_title(self):
        return self.model_admin.get_menu_label()

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except IncorrectLookupParameters:
            return redirect(self.index_url)

    def get_context_data(self, **kwargs):
        """As modeladmin's, but for one count instead of three where nothing is narrowed."""
        paginator = self.paginator_class(self.queryset, self.items_per_page)
        if not self.params:
            paginator.count = self.count_all()
        page = paginator.page(self.page_num if 1 <= self.page_num <= paginator.num_pages else 1)
        return super(IndexView, self).get_context_data(
            view=self,
            all_count=self.get_base_queryset().count() if self.params else paginator.count,
            result_count=paginator.count,
            paginator=paginator,
            page_obj=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            object_list=page.object_list,
            user_can_create=self.permission_helper.user_can_create(self.request.user),
            show_search=self.search_handler.show_search_form,
            **kwargs,
        )

    def count_all(self):
        """How many rows there are where nothing is narrowed."""
        return self.queryset.count()

    def get_filters(self, request):
        specs, has_filters, _other_lookups, use_distinct = super().get_filters(request)
        return specs, has_filters, {}, use_distinct


class RegisterHistory(HistoryView):
    """Who changed a row, and when: for whoever may see its register. modeladmin would show it to all of the staff."""

    def dispatch(self, request, *args, **kwargs):
        if not self.permission_helper.user_can_list(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


def cell_label(model_admin, field_name):
    """The attribute by which a cell says what it holds where the list is drawn as cards, on phones."""
    return {"data-label": label_for_field(field_name, model_admin.model, model_admin)}
