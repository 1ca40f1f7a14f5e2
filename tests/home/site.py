"""Pages of the open site for tests, saved live without publishing."""

from itertools import count

from django.utils import timezone

from cms.actions import store_attachment
from home.models import ArticlePage, BranchPage, DownloadsPage, HomePage, PageFile, SectionPage
from membership.units.models import Body
from tests.factories import UserFactory
from tests.files import docx

_numbers = count(1)


def add(model, parent=None, **fields):
    """A live page of this type below `parent`, or below the home page."""
    n = next(_numbers)
    fields.setdefault("title", f"页面{n}")
    fields.setdefault("slug", f"page-{n}")
    fields.setdefault("first_published_at", timezone.now())
    page = model(**fields)
    (parent or HomePage.objects.get()).add_child(instance=page)
    return page


def section(**fields):
    return add(SectionPage, **fields)


def news_section(**fields):
    return add(SectionPage, shows=SectionPage.Shows.ARTICLES, **{"slug": "news", "title": "协会动态", **fields})


def article(parent, **fields):
    return add(ArticlePage, parent, **fields)


def branch(parent, slug="quality", **fields):
    return add(BranchPage, parent, branch=Body.objects.get(slug=slug), **fields)


def downloads(**fields):
    return add(DownloadsPage, **{"slug": "downloads", "title": "资料下载", **fields})


def stored(title, upload=None):
    """A file in the library of the office."""
    return store_attachment(upload or docx(f"{title}.docx"), by=UserFactory(root=True), title=title)


def place_file(page, title="入会申请书", group="", upload=None):
    """A file on the page."""
    return PageFile.objects.create(page=page, attachment=stored(title, upload), group=group)


def restrict(page):
    """Keep everybody but the staff from the page and all below it."""
    return page.view_restrictions.create(restriction_type="login")
