"""Page types of the open site below the home page: sections, articles, branches, downloads, and their files."""

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from cms.models import Attachment, AudienceRule, PortalImage
from cms.tree import NoticePermissionTester
from home import articles, figures, listing
from home.blocks import OpenBodyBlock
from membership.units.models import Body
from membership.units.states import BodyKind

BRANCH_NOTICES = 5
FILES = [
    FieldPanel("group"),
    FieldPanel("attachment"),
    FieldPanel("note"),
]


class OpenPage(Page):
    """What all of them have: a summary for lists and search engines, a picture, a body, files to download.

    One that stands in the menu is a standing page; an article outside of it is news, with its date and its neighbours.
    """

    summary = models.CharField(
        _("summary"), max_length=200, blank=True, help_text=_("Stands below the title and in lists.")
    )
    picture = models.ForeignKey(
        PortalImage, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    body = StreamField(OpenBodyBlock(), verbose_name=_("body"), blank=True)
    # What is searched, as with notices: JSON hides Chinese from a LIKE.
    search_text = models.TextField(blank=True, editable=False)

    is_creatable = False
    search_fields = [*Page.search_fields, index.SearchField("search_text")]
    SEARCHED = ("title", "summary")
    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("picture")]

    class Meta:
        verbose_name = _("page of the open site")
        verbose_name_plural = _("pages of the open site")

    def permissions_for_user(self, user):
        """All below is for everybody: nobody is offered a switch for privacy here."""
        return NoticePermissionTester(user, self)

    def save(self, clean=True, **kwargs):
        fields = kwargs.get("update_fields")
        if fields is None or {*self.SEARCHED, "body"} & set(fields):
            self.search_text = self.searchable_text()
            kwargs["update_fields"] = fields and [*fields, "search_text"]
        return super().save(clean=clean, **kwargs)

    def searchable_text(self):
        """The words of the page, one line for each part."""
        words = self.body.stream_block.get_searchable_content(self.body)
        return "\n".join(str(text) for text in (*(getattr(self, name) for name in self.SEARCHED), *words) if text)

    @property
    def published_at(self):
        """When readers first saw it; before that, now (previews)."""
        return self.first_published_at or timezone.now()

    @cached_property
    def placed_files(self):
        """[PageFile] in the editor's order, each with its attachment."""
        return list(self.files.select_related("attachment"))


class PageFileQuerySet(models.QuerySet):
    def open_to_public(self):
        """Files of live pages that nobody is kept from."""
        return self.filter(page__in=OpenPage.objects.live().public())


class PageFile(Orderable):
    """A file's place on an open page. The file itself is private: it leaves only through a page that is open."""

    page = ParentalKey(OpenPage, on_delete=models.CASCADE, related_name="files")
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, related_name="open_placements", verbose_name=_("attachment")
    )
    group = models.CharField(
        _("group"), max_length=40, blank=True, help_text=_("Files of one group stand together below its name.")
    )
    note = models.CharField(_("note"), max_length=100, blank=True)

    objects = PageFileQuerySet.as_manager()

    class Meta(Orderable.Meta):
        verbose_name = _("file of the page")
        verbose_name_plural = _("files of the page")

    def __str__(self):
        return str(self.attachment)


class SectionPage(OpenPage):
    """栏目: an index of articles by date, or a page with cards of those below it."""

    class Shows(models.TextChoices):
        CARDS = "cards", _("Cards of the pages below, in their order")
        ARTICLES = "articles", _("Articles, the newest first, by year")

    shows = models.CharField(_("what it lists"), max_length=10, choices=Shows.choices, default=Shows.CARDS)

    content_panels = [*OpenPage.content_panels, FieldPanel("shows"), FieldPanel("body")]
    parent_page_types = ["home.HomePage", "home.SectionPage"]
    subpage_types = [
        "home.SectionPage",
        "home.ArticlePage",
        "home.BranchPage",
        "home.DownloadsPage",
        "home.DuesStandardPage",
    ]
    template = "home/section_page.html"

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_context(self, request, *args, **kwargs):
        if self.shows == self.Shows.ARTICLES:
            below = {"listing": articles.read_listing(self, request.GET), "cards": []}
        else:
            below = {"listing": None, "cards": list(articles.cards_below(self)) if self.pk else []}
        below["pictured"] = all(card.picture for card in below["cards"])  # a picture on some of them looks forgotten
        return super().get_context(request, *args, **kwargs) | below


class ArticlePage(OpenPage):
    """An article: news, a policy with its document number, or a standing page such as the statutes."""

    issuer = models.CharField(_("issuing body"), max_length=100, blank=True)
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    issued_on = models.DateField(_("date of the paper"), null=True, blank=True)
    effective_on = models.DateField(_("takes effect on"), null=True, blank=True)
    source = models.CharField(_("source of the article"), max_length=100, blank=True)

    SEARCHED = ("title", "summary", "issuer", "document_no")
    content_panels = [
        *OpenPage.content_panels,
        FieldPanel("source"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("issuer"), FieldPanel("document_no")]),
                FieldRowPanel([FieldPanel("issued_on"), FieldPanel("effective_on")]),
            ],
            heading=_("Laws, rules and policies"),
        ),
        InlinePanel("files", [FieldPanel("attachment"), FieldPanel("note")], heading=_("Files"), label=_("file")),
    ]
    parent_page_types = ["home.SectionPage"]
    subpage_types = []
    template = "home/article_page.html"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @property
    def is_news(self):
        return not self.show_in_menus

    @property
    def is_policy(self):
        """Whether it is a paper of an authority or of the association, with facts of its own."""
        return bool(self.issuer or self.document_no or self.effective_on)

    def get_context(self, request, *args, **kwargs):
        newer, older = articles.neighbours(self) if self.is_news else (None, None)
        return super().get_context(request, *args, **kwargs) | {"newer": newer, "older": older}


class BranchPage(OpenPage):
    """A branch before the public: what it does, who leads it, how one reaches it and becomes a member."""

    branch = models.ForeignKey(
        Body,
        models.PROTECT,
        limit_choices_to={"kind": BodyKind.BRANCH},
        related_name="+",
        verbose_name=_("branch"),
    )
    contact_name = models.CharField(_("contact person"), max_length=50, blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    office = models.CharField(_("address"), max_length=200, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("branch"),
        FieldPanel("summary"),
        FieldPanel("picture"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("contact_name"), FieldPanel("phone")]),
                FieldRowPanel([FieldPanel("email"), FieldPanel("office")]),
            ],
            heading=_("Contact"),
        ),
    ]
    parent_page_types = ["home.SectionPage"]
    subpage_types = []
    template = "home/branch_page.html"

    class Meta:
        verbose_name = _("page of a branch")
        verbose_name_plural = _("pages of branches")

    @property
    def members(self):
        """How many units are members of the branch."""
        return figures.members_of(self.branch)

    def get_context(self, request, *args, **kwargs):
        sent = AudienceRule.objects.filter(body=self.branch_id).values("page")
        meant = listing.open_notices().filter(pk__in=sent)
        return super().get_context(request, *args, **kwargs) | {"notices": list(meant[:BRANCH_NOTICES])}


class DownloadsPage(OpenPage):
    """资料下载: forms and templates in groups, for everybody."""

    content_panels = [
        *OpenPage.content_panels,
        FieldPanel("body"),
        InlinePanel("files", FILES, heading=_("Files"), label=_("file")),
    ]
    parent_page_types = ["home.HomePage", "home.SectionPage"]
    subpage_types = []
    template = "home/downloads_page.html"

    class Meta:
        verbose_name = _("page with downloads")
        verbose_name_plural = _("pages with downloads")

    @property
    def groups(self):
        """[(name of the group, its files)] in the order in which the editor first names them."""
        groups = {}
        for placed in self.placed_files:
            groups.setdefault(placed.group, []).append(placed)
        return list(groups.items())
