"""The association and its branches, with the questions that each branch asks of its applicants."""

from django.template.defaultfilters import yesno
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import CreateView, EditView

from membership.audit.registers import RegisterHistory, RegisterView
from membership.units.models import Body
from membership.units.staff.master_data import KeptByAdministrators, KeptWhileUsed
from membership.units.states import BodyKind

QUESTIONS = "questions"


class BodiesKeptByAdministrators(KeptByAdministrators):
    """Branches come and go; without the association there is nothing to be a member of."""

    def user_can_delete_obj(self, user, obj):
        return obj.kind == BodyKind.BRANCH and super().user_can_delete_obj(user, obj)


class BodyForm(WagtailAdminModelForm):
    """No question twice: the answers are kept, and found again, by the words of the question."""

    def clean(self):
        cleaned = super().clean()
        seen = set()
        for form in self.formsets[QUESTIONS].forms if QUESTIONS in self.formsets else ():
            if not form.is_valid() or form.cleaned_data.get("DELETE"):
                continue
            label = form.cleaned_data.get("label")
            if label in seen:
                form.add_error("label", _("The branch asks this already. Word one of the two otherwise."))
            seen.add(label)
        return cleaned


facts = [
    FieldRowPanel([FieldPanel("name"), FieldPanel("short_name")]),
    FieldPanel("slug"),
    FieldRowPanel([FieldPanel("sort_order"), FieldPanel("is_open")]),
]
questions = InlinePanel(
    QUESTIONS,
    heading=_("Questions to applicants"),
    label=_("Question"),
    panels=[
        FieldPanel("label", heading=_("Question"), help_text=_("As applicants read it.")),
        FieldPanel("help_text", heading=_("Hint below the question")),
        FieldPanel("required", heading=_("Must be answered")),
        FieldPanel("field_type", heading=_("Kind of answer"), classname="formbuilder-type"),
        FieldPanel(
            "choices",
            heading=_("Answers to choose from"),
            help_text=_("One in each line, for lists, boxes to tick and buttons."),
            classname="formbuilder-choices",
        ),
        FieldPanel("default_value", heading=_("Filled in beforehand"), help_text=" ", classname="formbuilder-default"),
    ],
    help_text=_(
        "Asked in the application to the branch, below the contact. Files are never asked for: they come with the "
        "unit profile. Answers given so far stay when a question is changed or deleted."
    ),
)
association_pages = ObjectList(facts, base_form_class=BodyForm)
branch_pages = ObjectList([*facts, questions], base_form_class=BodyForm)


class NewBranchView(CreateView):
    def get_instance(self):
        """The association is there from the start: what is added is a branch."""
        return Body(kind=BodyKind.BRANCH)


class BodyEditView(EditView):
    def get_edit_handler(self):
        """Nobody applies to the association by the form of a branch: it asks nothing there."""
        pages = branch_pages if self.instance.kind == BodyKind.BRANCH else association_pages
        return pages.bind_to_model(Body)


class BodyAdmin(ModelAdmin):
    model = Body
    base_url_path = "bodies"
    menu_label = _("Association branches")
    menu_icon = "site"
    menu_order = 220
    add_to_settings_menu = True
    permission_helper_class = BodiesKeptByAdministrators
    index_view_class = RegisterView
    create_view_class = NewBranchView
    edit_view_class = BodyEditView
    delete_view_class = KeptWhileUsed
    history_view_class = RegisterHistory
    list_display = ("name", "short_name", "kind", "sort_order", "takes_applications")
    ordering = ("sort_order", "pk")
    edit_handler = branch_pages

    def takes_applications(self, body):
        return yesno(body.is_open)

    takes_applications.short_description = _("accepts applications")

    def register_indexing(self):
        """As for units."""
