"""Pages of the open site."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks import BodyBlock
from cms.models import NoticePage, PortalImage
from home.front_blocks import HomeSectionsBlock
from home.listing import below_an_alias, restricted
from home.open_pages import (  # noqa: F401 — models of this app, found here by Django
    ArticlePage,
    BranchPage,
    DownloadsPage,
    OpenPage,
    PageFile,
    SectionPage,
)
from membership.dues.calendar import dues_year
from membership.dues.models import DuesStandard
from membership.prepared import Prepared


@Prepared
def notices_at(depth, *, slug, url_path):
    """The live notice at this address, if there is one; of an activity with all that it is. With it comes whether
    nobody is kept from it, so that this is asked once."""
    live = NoticePage.objects.live().annotate(is_kept_from_nobody=~restricted() & ~below_an_alias())
    return live.select_related("category", "activitypage__category").filter(slug=slug, depth=depth, url_path=url_path)


class HomePage(Page):
    """The front door: who the association is, what it offers, what is new."""

    hero_title = models.CharField(_("headline"), max_length=60)
    hero_text = models.CharField(_("sentence below it"), max_length=200, blank=True)
    hero_picture = models.ForeignKey(
        PortalImage, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture beside it")
    )
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)
    sections = StreamField(
        HomeSectionsBlock(),
        verbose_name=_("parts of the page"),
        blank=True,
        help_text=_("Left empty, the page shows links to all sections and the newest announcements by category."),
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("hero_title"), FieldPanel("hero_text"), FieldPanel("hero_picture")], heading=_("Headline")
        ),
        FieldPanel("sections"),
        FieldPanel("body"),
    ]
    max_count = 1
    subpage_types = ["cms.NoticeIndexPage", "home.DuesStandardPage", "home.SectionPage", "home.DownloadsPage"]
    template = "home/home_page.html"

    def route(self, request, path_components):
        """A notice below one of the indexes is found in one query; all else level by level, as Wagtail does it."""
        notice = self._notice_at(path_components) if len(path_components) == 2 else None
        return notice.route(request, []) if notice else super().route(request, path_components)

    def _notice_at(self, path_components):
        url_path = f"{self.url_path}{'/'.join(path_components)}/"
        found = notices_at(self.depth + 2, slug=path_components[-1], url_path=url_path)
        if not found:
            return None
        notice = getattr(found[0], "activitypage", found[0])
        notice.is_kept_from_nobody = found[0].is_kept_from_nobody
        return notice

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class DuesStandardPage(Page):
    """会费标准 for everybody: what a year costs at each level, with the resolution that says so."""

    intro = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    max_count = 1
    parent_page_types = ["home.HomePage", "home.SectionPage"]
    subpage_types = []
    template = "home/dues_standard_page.html"

    class Meta:
        verbose_name = _("page about the dues standard")
        verbose_name_plural = _("pages about the dues standard")

    def get_context(self, request, *args, **kwargs):
        year = dues_year(timezone.now())
        standards = DuesStandard.objects.current_and_coming(year)
        return super().get_context(request, *args, **kwargs) | {"standards": standards, "this_year": year}
