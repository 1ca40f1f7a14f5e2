"""The pages below the home page: what each shows, what its list costs, what it keeps back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.images.tests.utils import get_test_image_file

from cms.models import PortalImage
from home.models import ArticlePage, HomePage, OpenPage
from membership.units.models import Body
from tests.factories import MembershipFactory, UnitFactory, UserFactory, members_index, notice, open_index
from tests.files import pdf
from tests.home.site import article, branch, downloads, news_section, place_file, restrict, section

pytestmark = pytest.mark.django_db
MARK = "不得外泄"
# Wagtail leaves the temporary file of a new rendition to the garbage collector.
draws_pictures = pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")


def html_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def all_blocks():
    """A body with every block that only open pages have."""
    return [
        ("heading", "一、流程"),
        ("steps", [{"title": "注册账号", "text": "<p>使用手机号</p>"}]),
        ("people", [{"name": "罗明远", "position": "会长", "note": ""}]),
        ("questions", [{"question": "怎样入会？", "answer": "<p>在线申请</p>"}]),
        ("links", {"links": [{"label": "查验证书", "note": "", "page": None, "address": "/verify/"}]}),
        ("contact", None),
    ]


def test_a_section_shows_its_body_and_cards_of_the_pages_below(client):
    about = section(slug="about", title="协会概况", summary="我们是谁", body=all_blocks())
    article(about, title="协会章程", summary="经表决通过")
    html = html_of(client, "/about/")
    told = ["我们是谁", "注册账号", "罗明远", "怎样入会？", 'href="/verify/"', "协会章程", "经表决通过"]
    assert [words for words in told if words not in html] == []


def test_an_empty_section_says_so(client):
    section(slug="about")
    assert "暂无内容。" in html_of(client, "/about/")


def test_a_policy_tells_who_issued_it_and_from_when_it_holds(client):
    policies = news_section(slug="policies", title="政策法规")
    facts = {"issuer": "示范省住建厅", "document_no": "示建质〔2026〕12号"}
    days = {"issued_on": date(2026, 5, 1), "effective_on": date(2026, 7, 1)}
    article(policies, slug="testing", title="检测管理通知", **facts, **days)
    listed, shown = html_of(client, "/policies/"), html_of(client, "/policies/testing/")
    assert [word for word in (*facts.values(), "2026-07-01 起施行") if word not in listed] == []
    assert [word for word in (*facts.values(), "2026-05-01", "2026-07-01") if word not in shown] == []


def test_articles_are_listed_by_year_in_pages_the_newest_first(client):
    news = news_section()
    for number in range(22):
        article(news, title=f"旧闻{number}", first_published_at=timezone.now() - timedelta(days=400 + number))
    newest = article(news, title="新闻")

    def titles(query):
        return html_of(client, f"/news/?{query}").count('class="news__title"')

    assert html_of(client, "/news/").index("新闻") < html_of(client, "/news/").index("旧闻0")
    assert (titles(""), titles("page=2"), titles("page=99"), titles("page=x&year=abc")) == (20, 3, 3, 20)
    assert titles(f"year={timezone.localtime(newest.first_published_at).year}") == 1
    assert 'rel="canonical" href="http://localhost/news/?page=2"' in html_of(client, "/news/?page=2")


def test_news_leads_to_its_neighbours_and_a_standing_page_does_not(client):
    news = news_section()
    older = article(news, title="较早", first_published_at=timezone.now() - timedelta(days=2))
    article(news, title="草稿", live=False, first_published_at=timezone.now() - timedelta(days=1))
    newer = article(news, title="较新")
    assert f'href="{newer.url}" rel="prev"' in html_of(client, older.url)
    assert f'href="{older.url}" rel="next"' in html_of(client, newer.url)
    assert "草稿" not in html_of(client, newer.url) + html_of(client, older.url)

    ArticlePage.objects.filter(pk=newer.pk).update(show_in_menus=True)
    html = html_of(client, newer.url)
    assert ("rel=" in html.split("<main")[1].split("</main")[0], "发布时间" in html) == (False, False)


def test_a_branch_tells_its_members_of_today_and_never_who_they_are(client):
    quality = Body.objects.get(slug="quality")
    for name in ("甲建设有限公司", "乙建设有限公司"):
        MembershipFactory(unit=UnitFactory(name=name, certified=True), body=quality, active=True)
    MembershipFactory(unit=UnitFactory(name="待审有限公司", certified=True), body=quality)
    left = UnitFactory(name="离会有限公司")
    MembershipFactory(unit=left, body=quality, active=True)
    page = branch(section(slug="branches"), slug="quality", phone="028-0000-1025", contact_name="何秘书")
    html = html_of(client, page.url)
    assert '<span class="figure__number">2</span>' in html
    assert ["028-0000-1025" in html, "何秘书" in html, 'href="/portal/unit/branches/"' in html] == [True] * 3
    assert [name for name in ("甲建设", "乙建设", "待审", "离会") if name in html] == []


def test_a_branch_shows_open_notices_sent_to_it_and_no_others(client):
    quality, safety = Body.objects.get(slug="quality"), Body.objects.get(slug="safety")
    rules = [{"kind": "body", "body": quality}]
    notice(index=open_index(), title="分会公开通知", rules=rules)
    notice(index=open_index(), title="别的分会的通知", rules=[{"kind": "body", "body": safety}])
    notice(index=members_index(), title=MARK, rules=rules)
    notice(index=open_index(), title="尚未发布的通知", rules=rules, live=False)
    html = html_of(client, branch(section(slug="branches")).url)
    titles = ["分会公开通知", "别的分会的通知", MARK, "尚未发布的通知"]
    assert [title in html for title in titles] == [True, False, False, False]


def test_a_closed_branch_offers_no_application(client):
    Body.objects.filter(slug="quality").update(is_open=False)
    html = html_of(client, branch(section(slug="branches")).url)
    assert ("暂停受理" in html, 'href="/portal/unit/branches/"' in html) == (True, False)


def test_downloads_stand_in_groups_and_leave_as_downloads(client):
    page = downloads()
    placed = [
        place_file(page, title, group) for title, group in (("申请书", "入会"), ("办法", "会费"), ("承诺书", "入会"))
    ]
    html = html_of(client, "/downloads/")
    places = [html.index(word) for word in ("入会</h2>", "申请书", "承诺书", "会费</h2>", "办法")]
    assert places == sorted(places)
    response = client.get(f"/files/{placed[0].pk}/")
    assert len(b"".join(response.streaming_content)) == placed[0].attachment.size
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert client.post(f"/files/{placed[0].pk}/").status_code == 405


@pytest.mark.parametrize("asker", ["visitor", "root"])
def test_a_file_is_there_only_as_long_as_its_page_is_open(client, asker):
    if asker == "root":
        client.force_login(UserFactory(root=True))
    page = downloads()
    placed = place_file(page, upload=pdf("办法.pdf", pages=2))
    addresses = [f"/files/{placed.pk}/{part}" for part in ("", "view/", "pages/2/")]

    def answers():
        found = [client.get(address) for address in addresses]
        for answer in found:
            b"".join(answer) if answer.streaming else answer.content
        return [answer.status_code for answer in found]

    assert answers() == [200, 200, 200]
    assert client.get(addresses[1])["X-Robots-Tag"] == "noindex"
    restriction = restrict(page)
    assert answers() == [404, 404, 404]
    restriction.delete()
    page.unpublish()
    assert answers() == [404, 404, 404]
    assert client.get("/files/99999999999999999999/").status_code == 404


def test_a_lost_file_is_not_found(client):
    placed = place_file(downloads())
    placed.attachment.file.storage.delete(placed.attachment.file.name)
    assert client.get(f"/files/{placed.pk}/").status_code == 404


@draws_pictures
def test_a_picture_has_its_size_and_words(client):
    picture = PortalImage.objects.create(title="工地", description="在建的桥梁", file=get_test_image_file("a.png"))
    page = article(news_section(), picture=picture)
    html = html_of(client, page.url)
    [figure] = [line for line in html.splitlines() if "article-picture" in line]
    assert ['alt="在建的桥梁"' in figure, 'width="' in figure, 'height="' in figure] == [True] * 3
    html = html_of(client, "/news/")
    assert ['alt="" class="news__picture"' in html or 'class="news__picture"' in html, 'loading="lazy"' in html] == [
        True,
        True,
    ]


@draws_pictures
@pytest.mark.parametrize("rows", [1, 40])
def test_lists_ask_the_database_the_same_number_of_times(client, rows, django_assert_num_queries):
    picture = PortalImage.objects.create(title="工地", file=get_test_image_file("a.png"))
    news, about = news_section(), section(slug="about")
    for _row in range(rows):
        article(news, picture=picture)
        article(about, picture=picture, show_in_menus=True)
    for address in ("/news/", "/about/", f"{ArticlePage.objects.child_of(news).first().url}"):
        client.get(address)
    with django_assert_num_queries(11):
        client.get("/news/")
    with django_assert_num_queries(9):
        client.get("/about/")


def test_the_words_of_a_page_are_kept_for_the_search():
    page = article(news_section(), title="题目", issuer="示范厅", body=[("paragraph", "<p>正文</p>")])
    assert OpenPage.objects.get(pk=page.pk).search_text == "题目\n示范厅\n正文"
    assert ArticlePage.objects.get(pk=page.pk).search_text == "题目\n示范厅\n正文"


def test_types_stand_only_where_they_are_meant():
    allowed = {model._meta.label: model for model in OpenPage.__subclasses__()}
    below_home = {model._meta.label for model in HomePage.allowed_subpage_models()}
    below_notices = {model._meta.label for model in type(members_index()).allowed_subpage_models()}
    assert below_notices == {"cms.NoticePage", "cms.ActivityPage"}
    assert below_home & set(allowed) == {"home.SectionPage", "home.DownloadsPage"}
    assert "home.OpenPage" not in below_home
    assert not allowed["home.ArticlePage"].can_create_at(members_index())
