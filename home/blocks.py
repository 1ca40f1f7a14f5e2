"""Blocks of open pages beyond those of a notice: steps, people, contact, links, questions."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Page

from cms.blocks import RICH_TEXT_FEATURES, BodyBlock
from cms.models import AssociationSettings
from home import listing

ICONS = [
    ("user-plus", _("Join")),
    ("banknotes", _("Money")),
    ("arrow-down-tray", _("Download")),
    ("shield-check", _("Certificate")),
    ("document-text", _("Document")),
    ("megaphone", _("Announcement")),
    ("calendar-days", _("Calendar")),
    ("academic-cap", _("Training")),
    ("building-office-2", _("Building")),
    ("arrow-right-end-on-rectangle", _("Sign in")),
    ("phone", _("Telephone")),
]
# An address on this site, or one that says how it is reached. `//host` would be somebody else's site.
is_address = RegexValidator(r"^(/(?![/\\])|https?://)\S*\Z", _("Begin the address with / or https://."))


class LinkBlock(blocks.StructBlock):
    """A link with its words: to a page of this site, or to an address."""

    label = blocks.CharBlock(label=_("Words of the link"), max_length=30)
    note = blocks.CharBlock(label=_("Note below"), required=False, max_length=60)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    address = blocks.CharBlock(
        label=_("or address"), required=False, max_length=300, validators=[is_address], help_text=_("/ or https://…")
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["address"]):
            words = ValidationError(_("Choose a page or enter an address, one of the two."))
            raise blocks.StructBlockValidationError(block_errors={"page": words})
        return cleaned

    class Meta:
        icon = "link"
        label = _("Link")


def open_links(links, request):
    """[{label, note, url, is_elsewhere, and what else the link has}]: those to pages that are not open are left out."""
    chosen = [link["page"].pk for link in links if link["page"]]
    pages = {page.pk: page for page in listing.public(Page.objects.live().filter(pk__in=chosen))} if chosen else {}
    found = []
    for link in links:
        page = link["page"] and pages.get(link["page"].pk)
        url = page.get_url(request) if page else link["address"]
        if url:
            found.append({**link, "url": url, "is_elsewhere": not url.startswith("/")})
    return found


class LinksBlock(blocks.StructBlock):
    links = blocks.ListBlock(LinkBlock(), label=_("Links"), min_num=1, max_num=12)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"links": open_links(value["links"], context.get("request"))}

    class Meta:
        icon = "link"
        label = _("Links as buttons")
        template = "home/blocks/links.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=60)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT_FEATURES, required=False)

    class Meta:
        icon = "list-ol"
        label = _("Step")


class PersonBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=50)
    position = blocks.CharBlock(label=_("Position"), max_length=60)
    note = blocks.CharBlock(label=_("Unit or duty"), required=False, max_length=100)

    class Meta:
        icon = "user"
        label = _("Person")


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=120)
    answer = blocks.RichTextBlock(label=_("Answer"), features=RICH_TEXT_FEATURES)

    class Meta:
        icon = "help"
        label = _("Question")


class ContactBlock(blocks.StaticBlock):
    """What the settings of the association say: address, telephone, hours."""

    def get_context(self, value, parent_context=None):
        return super().get_context(value, parent_context) | {"association": AssociationSettings.current()}

    class Meta:
        icon = "mail"
        label = _("Contact of the association")
        admin_text = _("Address, telephone and working hours come from the settings of the association.")
        template = "home/blocks/contact.html"


class OpenBodyBlock(BodyBlock):
    """The body of an open page: all that a notice may hold, and what explains how things go."""

    steps = blocks.ListBlock(
        StepBlock(), label=_("Steps"), icon="list-ol", min_num=1, max_num=20, template="home/blocks/steps.html"
    )
    people = blocks.ListBlock(
        PersonBlock(), label=_("People"), icon="group", min_num=1, max_num=60, template="home/blocks/people.html"
    )
    questions = blocks.ListBlock(
        QuestionBlock(), label=_("Questions and answers"), icon="help", min_num=1, template="home/blocks/questions.html"
    )
    links = LinksBlock()
    contact = ContactBlock()
