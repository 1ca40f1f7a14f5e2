"""The invented notices. Number 1 is the newest; a larger set has the same newest ones and more of the past."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page

from cms.models import AgendaItem, AudienceRule, NoticeCategory, NoticeIndexPage, NoticePage
from membership.tracking.states import AudienceKind, ReceiptKind

SLUG = "scale-notice-"
YEARS, IN_THEM = 6, 2_000
EVERY = timedelta(days=365 * YEARS) / IN_THEM  # from one notice to the next: a little more than a day
AGE = timedelta(hours=1)  # of the newest
FOR_RECEIPT = timedelta(days=45)  # how long a receipt is taken
PINNED = {3, 30, 77}
CATEGORIES = ["notice", "training", "notice", "activity", "policy", "notice", "training", "announcement"]
SUBJECTS = [
    "工程质量安全检查",
    "检测能力验证",
    "信用评价",
    "行业统计年报",
    "安全生产月活动",
    "技术标准宣贯",
    "人员继续教育",
]
VERBS = ["开展", "报送", "组织参加", "做好", "进一步规范"]
SENTENCES = [
    "各会员单位应当指定专人负责，按时完成自查并如实填报有关数据。",
    "请结合本单位实际，落实主体责任，建立台账，及时整改发现的问题。",
    "协会秘书处将会同有关分会进行抽查，并将结果通报全体会员单位。",
    "附件请在会员之家下载，填写完整并加盖公章后按规定时间提交。",
    "对工作中遇到的问题，请及时与协会秘书处联系，联系电话见文末。",
]


@dataclass(frozen=True)
class Plan:
    """What the notice of this number is, seen from the moment at which the newest was published."""

    number: int
    newest_at: datetime

    @property
    def published_at(self):
        return self.newest_at - (self.number - 1) * EVERY

    @property
    def receipt_kind(self):
        """One in twenty wants a receipt, deliberations and meetings in turn; the 5th is one, the 25th the other."""
        if self.number % 20 != 5:
            return ReceiptKind.NONE
        return ReceiptKind.ATTENDANCE if self.number // 20 % 2 else ReceiptKind.DELIBERATION

    @property
    def category(self):
        """The slug of its category."""
        wants_nothing = self.receipt_kind == ReceiptKind.NONE
        return CATEGORIES[self.number % len(CATEGORIES)] if wants_nothing else "receipt"

    @property
    def items(self):
        """The titles of what is deliberated on."""
        return ["审议章程修订案", "审议会费标准"] if self.receipt_kind == ReceiptKind.DELIBERATION else []

    @cached_property
    def title(self):
        n = self.number
        return f"关于{VERBS[n % len(VERBS)]}{self.published_at.year}年{SUBJECTS[n % len(SUBJECTS)]}的通知（{n}）"

    @cached_property
    def paragraphs(self):
        return ["".join(SENTENCES[(self.number + row + n) % len(SENTENCES)] for n in range(4)) for row in range(5)]

    def page(self, index, step, owner):
        """Its row in the tree of pages, below the index."""
        slug = f"{SLUG}{self.number}"
        return Page(
            path=Page._get_path(index.path, index.depth + 1, step),
            depth=index.depth + 1,
            content_type=ContentType.objects.get_for_model(NoticePage),
            locale=index.locale,
            title=self.title,
            draft_title=self.title,
            slug=slug,
            url_path=f"{index.url_path}{slug}/",
            owner=owner,
            first_published_at=self.published_at,
            last_published_at=self.published_at,
        )

    def notice(self, page, categories):
        """The rest of the notice, of the page that is in the tree already."""
        notice = NoticePage(
            page_ptr=page,
            title=self.title,
            category=categories[self.category],
            body=json.dumps([{"type": "paragraph", "value": f"<p>{text}</p>"} for text in self.paragraphs]),
            pinned=self.number in PINNED,
            receipt_kind=self.receipt_kind,
            deadline=None if self.receipt_kind == ReceiptKind.NONE else self.published_at + FOR_RECEIPT,
            upload_required=False,
            notify_by_sms=False,
            contact="秘书处 028-86000000",
        )
        notice.search_text = notice.searchable_text()
        return notice


def is_all_ours():
    """Whether no notice was written by a person."""
    return not NoticePage.objects.exclude(slug__startswith=SLUG).exists()


def made():
    """The invented notices that there are."""
    return NoticePage.objects.filter(slug__startswith=SLUG)


def make(number, now, owner):
    """Write what is missing of so many notices: [(plan, notice, agenda items)] of the new ones, newest first."""
    written = made().order_by("-first_published_at").first()
    newest_at = written.first_published_at if written else now - AGE
    plans = [Plan(n, newest_at) for n in range(made().count() + 1, number + 1)]
    index = NoticeIndexPage.objects.get(slug="member-notices")
    pages = Page.objects.bulk_create(plan.page(index, index.numchild + 1 + n, owner) for n, plan in enumerate(plans))
    index.numchild += len(plans)
    index.save(update_fields=["numchild"])

    categories = {category.slug: category for category in NoticeCategory.objects.all()}
    notices = [plan.notice(page, categories) for plan, page in zip(plans, pages, strict=True)]
    for notice in notices:
        # Its row alone: the page is written, and nothing shall be announced or indexed by a job for each.
        notice.save_base(raw=True, force_insert=True)
    AudienceRule.objects.bulk_create(AudienceRule(page=notice, kind=AudienceKind.ALL) for notice in notices)
    items = [
        [AgendaItem(page=notice, title=title) for title in plan.items]
        for plan, notice in zip(plans, notices, strict=True)
    ]
    AgendaItem.objects.bulk_create(item for group in items for item in group)
    return list(zip(plans, notices, items, strict=True))
