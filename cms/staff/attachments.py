"""The window in which editors choose an attachment or upload a new one."""

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from cms import actions
from cms.forms.attachment import AttachmentFilterForm, AttachmentForm
from cms.models import Attachment
from cms.receipt_forms import title_with_note


class AttachmentListing:
    """What both the window and its refreshed list show."""

    filter_form_class = AttachmentFilterForm

    def get_object_list(self):
        return Attachment.objects.for_user(self.request.user)

    @property
    def columns(self):
        return [
            *super().columns,
            Column("original_name", label=_("File name")),
            Column("size", label=_("Size"), accessor=lambda attachment: filesizeformat(attachment.size)),
            DateColumn("uploaded_at", label=_("Uploaded")),
        ]


class AttachmentURLFinder:
    """What was chosen can be opened, to see that it is the right file."""

    def __init__(self, user=None):
        self.user = user

    def get_edit_url(self, attachment):
        name = "notices:attachment_view" if attachment.is_drawable else "notices:attachment"
        return reverse(name, args=[attachment.pk])


class ChooseAttachmentView(AttachmentListing, chooser.ChooseView):
    pass


class ChooseAttachmentResultsView(AttachmentListing, chooser.ChooseResultsView):
    pass


class TellsOfPlaceholders:
    """What was chosen or uploaded is shown with the placeholders that were found in it."""

    def get_display_title(self, instance):
        return title_with_note(instance)


class AttachmentChooser(TellsOfPlaceholders, BaseChooser):
    pass


class AttachmentChosenView(TellsOfPlaceholders, chooser.ChosenView):
    def get_object(self, pk):
        return Attachment.objects.for_user(self.request.user).get(pk=pk)


class AttachmentsChosenView(TellsOfPlaceholders, chooser.ChosenMultipleView):
    def get_objects(self, pks):
        return Attachment.objects.for_user(self.request.user).filter(pk__in=pks)


class UploadAttachmentView(TellsOfPlaceholders, chooser.CreateView):
    def post(self, request):
        self.form = self.get_creation_form()
        if self.form.is_valid():
            given = self.form.cleaned_data
            try:
                attachment = actions.store_attachment(given["file"], title=given["title"], by=request.user)
            except ValidationError as refused:
                self.form.add_error("file", refused)
            else:
                return self.get_chosen_response(attachment)
        return self.get_reshow_creation_form_response()


class AttachmentChooserViewSet(ChooserViewSet):
    model = Attachment
    base_widget_class = AttachmentChooser
    icon = "doc-full"
    choose_one_text = _("Choose an attachment")
    choose_another_text = _("Choose another attachment")
    edit_item_text = _("Open the file")
    search_tab_label = _("Search")
    creation_tab_label = _("Upload")
    create_action_label = _("Upload")
    create_action_clicked_label = _("Uploading…")
    creation_form_class = AttachmentForm
    choose_view_class = ChooseAttachmentView
    choose_results_view_class = ChooseAttachmentResultsView
    chosen_view_class = AttachmentChosenView
    chosen_multiple_view_class = AttachmentsChosenView
    create_view_class = UploadAttachmentView
