"""The editor of notices and activities: four tabs, from what it says to when it goes out.

A model knows no screen, so the editors are hung on the page classes here, where Wagtail asks for them.
"""

from functools import partial

from django.forms import Media
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin import compare
from wagtail.admin.panels import (
    CommentPanel,
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)

from cms import readiness
from cms.forms.notice import ActivityPageForm, NoticeCopyForm, NoticePageForm
from cms.models import ActivityPage, AudienceRule, NoticeIndexPage, NoticePage
from cms.receipt_forms import PLACEHOLDERS


class AudiencePanel(MultiFieldPanel):
    """The choices of the audience and, below them, how many units they reach."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "cms/staff/panels/audience.html"

        @property
        def media(self):
            return super().media + Media(css={"all": ["cms/notice_editor.css"]}, js=["cms/notice_editor.js"])

        def get_comparison(self):
            """Revisions are compared by the rules that the choices stand for."""
            kind = AudienceRule._meta.get_field("kind")
            targets = [AudienceRule._meta.get_field(name) for name in ("body", "level", "unit")]
            fields = [
                partial(compare.ChoiceFieldComparison, kind),
                partial(compare.ChoiceFieldComparison, AudienceRule._meta.get_field("value")),
                *(partial(compare.ForeignObjectComparison, field) for field in targets),
            ]
            relation = NoticePage.audience_rules.rel
            return [partial(compare.ChildRelationComparison, relation, fields, label=self.heading)]


class AgendaPanel(InlinePanel):
    """The matters for deliberation; once a unit has answered they are shown without the means to change them.

    Matters that members decide by secret ballot are warned of.
    """

    class BoundPanel(InlinePanel.BoundPanel):
        template_name = "cms/staff/panels/agenda.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            return context | {
                "needs_secret_ballot": self.form.needs_secret_ballot,
                "secret_ballot_words": readiness.SECRET_BALLOT.pattern,
            }

        def classes(self):
            return super().classes() + (["agenda-locked"] if self.form.is_locked else [])


FORM_HELP = format_lazy(
    "{} {}",
    _(
        "A Word file (DOCX) may hold placeholders. Each unit downloads it with its own facts in their place; what is "
        "not known is left open for filling in by hand. These are known:"
    ),
    " ".join(f"{{{{{name}}}}}" for name in PLACEHOLDERS),
)

ATTACHMENTS = InlinePanel(
    "attachments",
    [FieldPanel("attachment"), FieldPanel("is_receipt_form", help_text=FORM_HELP)],
    heading=_("Attachments"),
    label=_("attachment"),
)

AUDIENCE = ObjectList(
    [
        AudiencePanel(
            [
                FieldPanel("to_all"),
                FieldPanel("to_bodies"),
                FieldPanel("to_levels"),
                FieldPanel("to_types"),
                FieldPanel("to_provinces"),
                FieldPanel("to_dues"),
                FieldPanel("to_units"),
                FieldPanel("not_to_units"),
            ],
            heading=_("Sent to"),
            help_text=_("Several kinds of choice narrow each other; within one kind, any of those ticked will do."),
        ),
        FieldPanel("deliver_to_newcomers"),
    ],
    heading=_("Audience"),
)

RECEIPT = ObjectList(
    [
        FieldPanel("receipt_kind", attrs={"data-receipt-kind": True}),
        FieldPanel("deadline", attrs={"data-receipt-part": "deliberation attendance acknowledgement"}),
        FieldPanel("allow_late", attrs={"data-receipt-part": "deliberation attendance acknowledgement"}),
        AgendaPanel(
            "agenda_items",
            [FieldPanel("title"), FieldPanel("options")],
            heading=_("Matters for deliberation"),
            label=_("matter"),
            attrs={"data-receipt-part": "deliberation"},
        ),
        FieldRowPanel(
            [FieldPanel("quorum"), FieldPanel("majority")],
            heading=_("How it is decided"),
            attrs={"data-receipt-part": "deliberation"},
        ),
        FieldPanel("attendee_columns", attrs={"data-receipt-part": "attendance"}),
        FieldPanel("max_attendees", attrs={"data-receipt-part": "attendance"}),
        FieldPanel("upload_required", attrs={"data-receipt-part": "deliberation attendance"}),
        FieldPanel("contact"),
    ],
    heading=_("Receipt"),
)

PUBLISHING = ObjectList(
    [
        FieldPanel("correction"),
        FieldPanel("notify_by_sms"),
        FieldPanel("pinned"),
        PublishingPanel(),
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            heading=_("Web address and search engines"),
            classname="collapsed",
        ),
        CommentPanel(),
    ],
    heading=_("Publishing"),
)


def content(*facts):
    """The first tab, with what an activity says about itself between heading and body."""
    return ObjectList(
        [
            TitleFieldPanel("title"),
            FieldRowPanel([FieldPanel("category"), FieldPanel("document_no")]),
            *facts,
            FieldPanel("body"),
            ATTACHMENTS,
        ],
        heading=_("Content"),
    )


WHEN_AND_WHERE = MultiFieldPanel(
    [
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
        FieldRowPanel([FieldPanel("venue"), FieldPanel("quota")]),
    ],
    heading=_("Time and place"),
)

NoticePage.edit_handler = TabbedInterface([content(), AUDIENCE, RECEIPT, PUBLISHING], base_form_class=NoticePageForm)
ActivityPage.edit_handler = TabbedInterface(
    [content(WHEN_AND_WHERE), AUDIENCE, RECEIPT, PUBLISHING], base_form_class=ActivityPageForm
)
NoticePage.copy_form_class = NoticeIndexPage.copy_form_class = NoticeCopyForm
NoticeIndexPage.content_panels = [TitleFieldPanel("title"), FieldPanel("intro")]
