"""An association with something behind every address, all of it of unit A or seen by it, and everybody who may ask."""

from captcha.models import CaptchaStore
from django.contrib.auth.models import Group
from wagtail.contrib.redirects.models import Redirect
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, PageViewRestriction, Site, Task, Workflow

from cms.models import AssociationSettings, NoticeCategory, PortalImage
from membership.dues import slips
from membership.dues.models import (
    BankEntry,
    DuesOrder,
    DuesReminderRule,
    DuesStandard,
    DuesWaiver,
    Invoice,
    InvoiceFile,
    PaidYear,
    Refund,
    ReissueRequest,
)
from membership.jobs.models import Job
from membership.messaging.models import MessageText
from membership.tracking.models import ReminderRule
from membership.units import actions as units
from membership.units.models import BodyStaff, Level, QualificationCategory
from tests.cms.conftest import staff
from tests.factories import UnitFactory, UserFactory, clerk, review
from tests.files import pdf
from tests.home.site import article, news_section, place_file
from tests.membership.dues.conftest import open_books
from tests.membership.messaging.test_staff import message
from tests.membership.units.conftest import in_state, secretary
from tests.membership.units.import_files import facts, table
from tests.portal import test_privacy_table as tracking
from tests.portal import test_privacy_table_dues as dues
from tests.portal.branches import branch, in_branch
from tests.portal.conftest import member

STAFF = {
    "editor": "编辑",
    "reviewer": "会员审核",
    "secretary": "分会秘书",
    "finance": "财务",
    "general": "秘书长",
    "administrator": "系统管理员",
}
ACTORS = ("anonymous", "A", "B", "P", "X", *STAFF, "root")


class World:
    """`people[actor]` are users (None: a visitor); `fills` are (beginning of a route, {name in the route: value})."""

    def __init__(self):
        settings = AssociationSettings.load()
        settings.name, settings.phone = "示范省建设工程质量安全协会", "028-86000000"
        settings.save()
        self.a, self.b = member("甲建设有限公司", "甲经办"), member("乙建设有限公司", "乙经办")
        self.editor = staff("编辑")
        self.notices = tracking.World(self.a, self.editor)
        self.books = open_books()
        self.dues = dues.World(self.a, self.books)
        self.people = self._people()
        self.fills = [*self._portal(), *self._office(), *self._wagtail(), *self._open_site()]

    def _people(self):
        pending = UnitFactory(name="丙建设有限公司")
        in_state(pending, "pending")
        people = {"anonymous": None, "A": self.a.user, "B": self.b.user, "P": clerk(pending)}
        # Of the same unit as A, with every right there, but switched off.
        people["X"] = clerk(self.a.unit, duty="agent", is_active=False)
        people |= {actor: staff(group) for actor, group in STAFF.items() if actor != "secretary"}
        return people | {"secretary": secretary("quality"), "root": UserFactory(root=True)}

    def _portal(self):
        colleague = clerk(self.a.unit, duty="agent")
        sent = units.invite(self.a.unit, "+8613811139999", by=self.a.user)
        placed = self.notices.meeting.attachments.get()
        document = self.notices.receipt.document_id
        order = DuesOrder.objects.get(number=self.dues.way["order"][1].split("/")[-2])
        file = InvoiceFile.objects.get()
        leaving = review(in_branch(self.a.unit, "active"), subject="leave", snapshot={}, reason="合并")
        shared = slips.token_of(order)
        of_message = {"pk": self.notices.delivery.pk, "attachment_pk": placed.pk, "number": 1}
        of_api = {"message_id": self.notices.delivery.pk, "attachment_id": placed.pk}
        standard = self.books.standard.pk
        return [
            ("portal/messages/", of_message),
            ("portal/documents/", {"pk": document, "number": 1}),
            ("portal/unit/documents/", {"kind": "business_license"}),
            ("portal/unit/branches/", {"slug": "quality"}),
            ("portal/unit/leave/", {"pk": leaving.pk}),
            ("portal/unit/templates/", {"kind": "business_license"}),
            ("portal/dues/standards/", {"pk": standard}),
            ("portal/orders/", {"number": order.number, "document": file.document_id}),
            ("portal/orders/<slug:number>/invoice/", {"number": file.invoice.order.number}),
            ("api/member/v1/orders/<number>/invoice/", {"number": file.invoice.order.number}),
            ("portal/orders/shared/", {"token": shared}),
            ("portal/me/people/", {"pk": colleague.seat.pk}),
            ("portal/invitations/", {"pk": sent.pk}),
            ("api/member/v1/people/", {"seat_id": colleague.seat.pk, "invitation_id": sent.pk}),
            ("api/member/v1/invitations/", {"invitation_id": sent.pk}),
            ("api/member/v1/unit/documents/", {"kind": "business_license"}),
            ("api/member/v1/bodies/", {"slug": "quality"}),
            ("api/member/v1/messages/", of_api),
            ("api/member/v1/documents/", {"document_id": document}),
            ("api/member/v1/dues/standards/", {"standard_id": standard}),
            ("api/member/v1/orders/", {"number": order.number, "file_id": file.document_id}),
        ]

    def _office(self):
        application = review(in_branch(self.a.unit, "pending", slug="testing"))
        unit_import = units.start_import(table(facts(1)), by=self.people["reviewer"])
        letter = units.rebind_phone(
            self.a.user, "+8613811137777", by=self.books.administrator, letter=pdf("公函.pdf"), reason="换号"
        )
        invoice, entry, rule = Invoice.objects.get(), BankEntry.objects.earliest("pk"), ReminderRule.objects.first()
        paid, order = invoice.order, DuesOrder.objects.latest("pk")
        standing = self.a.unit.memberships.get(body__kind="association")
        by_modeladmin = {
            "notice-categories": NoticeCategory.objects.first(),
            "reminder-rules": rule,
            "dues/orders": order,
            "dues/reminder-rules": DuesReminderRule.objects.first(),
            "units": self.a.unit,
            "bodies": branch(),
            "levels": Level.objects.first(),
            "secretaries": BodyStaff.objects.first(),
            "qualification-categories": QualificationCategory.objects.first(),
            "outgoing-messages": message(),
            "message-texts": MessageText.objects.first(),
            "jobs": Job.objects.first(),
        }
        of_message = {"pk": by_modeladmin["outgoing-messages"].pk}
        placed = self.notices.meeting.attachments.get()
        return [
            *((f"cms/{noun}/", {"instance_pk": row.pk}) for noun, row in by_modeladmin.items()),
            ("cms/notices/", {"page_id": self.notices.meeting.pk}),
            ("cms/notices/<int:page_id>/result/", {"page_id": self.notices.matter.pk}),
            ("cms/notices/deliveries/", {"pk": self.notices.delivery.pk}),
            ("cms/notices/receipts/", {"pk": self.notices.receipt.pk}),
            ("cms/notices/receipt-files/", {"pk": self.notices.receipt.document_id}),
            ("cms/notices/attachments/", {"pk": placed.attachment_id, "number": 1}),
            ("cms/notice-attachments/chosen/", {"pk": placed.attachment_id}),
            ("cms/bank/statements/", {"pk": self.dues.statement.pk}),
            ("cms/bank/desk/", {"pk": entry.pk, "order": paid.pk}),
            ("cms/dues/invoices/", {"pk": invoice.pk, "slug": "issued"}),
            ("cms/dues/invoices/orders/", {"pk": paid.pk}),
            ("cms/dues/invoices/requests/", {"pk": ReissueRequest.objects.get().pk}),
            ("cms/dues/invoices/files/", {"pk": InvoiceFile.objects.get().pk}),
            ("cms/dues/orders/<", {"pk": order.pk}),
            ("cms/dues/orders/<int:pk>/reverse/", {"pk": paid.pk}),
            ("cms/dues/standards/", {"pk": DuesStandard.objects.get().pk}),
            ("cms/dues/refunds/entries/", {"pk": BankEntry.objects.latest("pk").pk}),
            ("cms/dues/refunds/payments/", {"pk": paid.payments.get().pk}),
            ("cms/dues/refunds/<", {"pk": Refund.objects.get().pk}),
            ("cms/dues/units/", {"pk": self.a.unit.pk}),
            ("cms/dues/years/", {"pk": PaidYear.objects.get(order=None, waiver=None).pk}),
            ("cms/dues/waivers/", {"pk": DuesWaiver.objects.get().pk}),
            ("cms/phones/<", {"pk": self.a.user.pk}),
            ("cms/phones/letters/", {"pk": letter.pk}),
            ("cms/reviews/<int", {"pk": application.pk}),
            ("cms/reviews/<slug", {"slug": "branches"}),
            ("cms/memberships/", {"pk": standing.pk}),
            ("cms/membership-templates/", {"name": "business_license"}),
            ("cms/imports/", {"pk": unit_import.pk}),
            ("cms/outgoing-messages/<", of_message),
            ("cms/jobs/<", {"pk": self.notices.job.pk}),
        ]

    def _wagtail(self):
        page, ours = self.notices.meeting, AssociationSettings.load()
        draft = page.save_revision(user=self.editor)
        image = PortalImage.objects.create(title="图", file=get_test_image_file())
        restriction, site = PageViewRestriction.objects.get(), Site.objects.get()
        workflow, task = Workflow.objects.get(), Task.objects.get()
        root, group = Collection.get_first_root_node(), Group.objects.get(name="编辑")
        redirect = Redirect.objects.create(old_path="/old", redirect_link="/notices/")
        of_page = dict.fromkeys(("pk", "page_id", "parent_page_id", "page_to_move_id", "page_pk"), page.pk)
        of_type = dict.fromkeys(("app_label", "app_name", "content_type_app_name"), "cms")
        of_type |= dict.fromkeys(("model_name", "content_type_model_name"), "activitypage")
        of_page |= of_type | {"destination_id": page.get_parent().pk, "revision_id": draft.pk, "action_name": "approve"}
        of_page |= {
            "task_state_id": 1,
            "task_id": task.pk,
            "workflow_state_id": 1,
            "object_id": page.pk,
            "session_id": 1,
        }
        parent = {"parent_page_id": page.get_parent().pk}
        of_workflow = {"pk": workflow.pk, "page_pk": page.pk, "workflow_pk": workflow.pk, "task_id": task.pk}
        of_file = {"pk": 1, "document_id": 1, "doc_id": 1, "uploaded_file_id": 1}
        return [
            ("cms/", of_page),
            ("cms/api/main/pages/<int:pk>/action/", {"action_name": "delete"}),
            ("cms/bulk/", {"app_label": "wagtailcore", "model_name": "page", "action": "delete"}),
            ("cms/pages/add/", parent),
            ("cms/pages/(", {"": (page.pk, "live", "latest")}),
            ("cms/tag-autocomplete/", {"app_name": "taggit", "model_name": "tag"}),
            ("cms/collections/", {"pk": root.pk, "collection_id": root.pk}),
            ("cms/workflows/", of_workflow | {"app_label": "wagtailcore", "model_name": "groupapprovaltask"}),
            ("cms/workflows/tasks/", {"pk": task.pk}),
            ("cms/settings/", {"app_name": "cms", "model_name": "associationsettings", "pk": ours.pk}),
            ("cms/redirects/", {"redirect_id": redirect.pk}),
            ("cms/documents/", of_file),
            ("cms/images/", of_file | {"pk": image.pk, "image_id": image.pk, "filter_spec": "width-100"}),
            ("cms/api/main/images/", {"pk": image.pk}),
            ("cms/sites/", {"pk": site.pk}),
            ("cms/users/", {"pk": self.books.finance.pk}),
            ("cms/groups/", {"pk": group.pk}),
            ("cms/password_reset/", {"uidb64": "MQ", "token": "a-b"}),
            ("_util/authenticate_with_password/", {"page_view_restriction_id": restriction.pk, "page_id": page.pk}),
        ]

    def _open_site(self):
        news = article(news_section())
        file, placed = place_file(news), self.notices.meeting.attachments.get()
        image = PortalImage.objects.get()
        return [
            ("accounts/2fa/webauthn/", {"pk": 1}),
            ("accounts/", {"key": "a-b", "uidb36": "1"}),
            ("captcha/", {"key": CaptchaStore.generate_key()}),
            ("language/", {"code": "en"}),
            ("notices/attachments/", {"pk": placed.pk, "number": 1}),
            ("files/", {"pk": file.pk, "number": 1}),
            ("dues-standard/resolutions/", {"pk": self.books.standard.pk}),
            ("verify/", {"code": "HY00001"}),
            ("^feeds/", {"where": "notices"}),
            ("^calendar/", {"pk": self.notices.meeting.pk}),
            ("api/content/v2/pages/", {"pk": news.pk}),
            ("api/content/v2/images/", {"pk": image.pk}),
            ("api/content/v2/documents/", {"pk": file.pk}),
            ("^(", {"": ("news/",)}),
            ("^api/content/(", {"": ("nothing/",)}),
            ("^accounts/(", {"": ("email",)}),
        ]
