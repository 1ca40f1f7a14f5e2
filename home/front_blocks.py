"""What the home page is put together from: quick links, the newest, figures, partners."""

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks import RICH_TEXT_FEATURES
from cms.models import NoticeCategory
from home import articles, figures, listing
from home.blocks import ICONS, LinkBlock, LinksBlock, open_links

LATEST = 6


class QuickLinkBlock(LinkBlock):
    icon = blocks.ChoiceBlock(label=_("Icon"), choices=ICONS, default="document-text")


class QuickLinksBlock(LinksBlock):
    """入会, 缴费, 下载: what most visitors come for."""

    links = blocks.ListBlock(QuickLinkBlock(), label=_("Links"), min_num=1, max_num=8)

    class Meta:
        icon = "link"
        label = _("Quick links")
        template = "home/blocks/quick_links.html"


class AboutBlock(blocks.StructBlock):
    """Who the association is, in a few sentences, with a picture."""

    title = blocks.CharBlock(label=_("Title"), max_length=40)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT_FEATURES)
    picture = ImageChooserBlock(label=_("Picture"), required=False)
    links = blocks.ListBlock(LinkBlock(), label=_("Links"), max_num=3, min_num=0)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"links": open_links(value["links"], context.get("request"))}

    class Meta:
        icon = "doc-full"
        label = _("Text with a picture")
        template = "home/blocks/about.html"


class LatestBlock(blocks.StructBlock):
    """The newest articles of up to three sections, side by side."""

    sections = blocks.ListBlock(
        blocks.PageChooserBlock(label=_("Section"), page_type="home.SectionPage"),
        label=_("Sections"),
        min_num=1,
        max_num=3,
    )

    def get_context(self, value, parent_context=None):
        chosen = [section.pk for section in value["sections"] if section]
        return super().get_context(value, parent_context) | {"groups": articles.newest_of(chosen, LATEST)}

    class Meta:
        icon = "list-ul"
        label = _("Newest articles")
        template = "home/blocks/latest.html"


def categories():
    """[(slug, name)] to choose from, read when a form is shown."""
    return list(NoticeCategory.objects.values_list("slug", "name"))


class NoticesBlock(blocks.StructBlock):
    """The newest open notices by 栏目."""

    categories = blocks.MultipleChoiceBlock(
        label=_("Categories"),
        choices=categories,
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=_("None ticked: all of them."),
    )

    def get_context(self, value, parent_context=None):
        wanted = value["categories"]
        groups = [group for group in listing.newest_by_category() if not wanted or group[0].slug in wanted]
        return super().get_context(value, parent_context) | {"groups": groups}

    class Meta:
        icon = "mail"
        label = _("Newest announcements by category")
        template = "home/blocks/notices.html"


class FigureBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("What is counted"), max_length=20)
    source = blocks.ChoiceBlock(
        label=_("Number"), choices=figures.FigureSource.choices, default=figures.FigureSource.ENTERED
    )
    number = blocks.IntegerBlock(label=_("Number entered"), required=False, min_value=0, max_value=99_999_999)
    unit = blocks.CharBlock(label=_("Unit of the number"), required=False, max_length=6)

    class Meta:
        icon = "order"
        label = _("Figure")


class FiguresBlock(blocks.StructBlock):
    figures = blocks.ListBlock(FigureBlock(), label=_("Figures"), min_num=1, max_num=6)

    def get_context(self, value, parent_context=None):
        shown = []
        for figure in value["figures"]:
            is_entered = figure["source"] not in figures.COUNTED
            number = figure["number"] if is_entered else figures.counted(figure["source"])
            if number is not None:
                shown.append({"label": figure["label"], "number": number, "unit": figure["unit"]})
        return super().get_context(value, parent_context) | {"shown": shown}

    class Meta:
        icon = "order"
        label = _("Figures")
        template = "home/blocks/figures.html"


class PartnerBlock(LinkBlock):
    picture = ImageChooserBlock(label=_("Sign"), required=False)

    class Meta:
        icon = "link"
        label = _("Partner")


class PartnersBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=40)
    links = blocks.ListBlock(PartnerBlock(), label=_("Partners"), min_num=1, max_num=24)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"links": open_links(value["links"], context.get("request"))}

    class Meta:
        icon = "group"
        label = _("Partners and related links")
        template = "home/blocks/partners.html"


class HomeSectionsBlock(blocks.StreamBlock):
    quick_links = QuickLinksBlock()
    about = AboutBlock()
    latest = LatestBlock()
    notices = NoticesBlock()
    figures = FiguresBlock()
    partners = PartnersBlock()
