"""Addresses of the editorial pages in the staff area, below /cms/notices/."""

from django.urls import path

from cms.staff import audience, exports, files
from cms.staff.attendance import AttendanceView, PlaceCardsView, SignInSheetView, SignInWorkbookView
from cms.staff.audience_list import AudienceListView
from cms.staff.board import BoardView
from cms.staff.deadlines import ExtendDeadlineView
from cms.staff.overview import OverviewView
from cms.staff.recalling import RecallView
from cms.staff.receipts import PaperReceiptView, ReceiptView
from cms.staff.reminding import ReminderLogView, RemindView
from cms.staff.results import ResultPaperView, ResultView

app_name = "notices"

urlpatterns = [
    path("", OverviewView.as_view(), name="overview"),
    path("results/", OverviewView.as_view(results_only=True), name="overview_results"),
    path("audience/", audience.count, name="audience"),
    path("audience/ask/", audience.ask, name="audience_ask"),
    path("audience/units/", AudienceListView.as_view(), name="audience_list"),
    path("units/", audience.units, name="units"),
    path("<int:page_id>/board/", BoardView.as_view(), name="board"),
    path("<int:page_id>/remind/", RemindView.as_view(), name="remind"),
    path("<int:page_id>/deadline/", ExtendDeadlineView.as_view(), name="extend_deadline"),
    path("<int:page_id>/recall/", RecallView.as_view(), name="recall"),
    path("<int:page_id>/export/", exports.export, name="export"),
    path("<int:page_id>/attendance/", AttendanceView.as_view(), name="attendance"),
    path("<int:page_id>/attendance/sheet/", SignInSheetView.as_view(), name="sign_in_sheet"),
    path("<int:page_id>/attendance/cards/", PlaceCardsView.as_view(), name="place_cards"),
    path("<int:page_id>/attendance/sheet/workbook/", SignInWorkbookView.as_view(), name="sign_in_workbook"),
    path("<int:page_id>/result/", ResultView.as_view(), name="result"),
    path("<int:page_id>/reminders/", ReminderLogView.as_view(), name="notice_reminders"),
    path(
        "<int:page_id>/reminders/results/",
        ReminderLogView.as_view(results_only=True),
        name="notice_reminders_results",
    ),
    path("<int:page_id>/result/paper/", ResultPaperView.as_view(), name="result_paper"),
    path("reminders/", ReminderLogView.as_view(), name="reminders"),
    path("reminders/results/", ReminderLogView.as_view(results_only=True), name="reminders_results"),
    path("deliveries/<int:pk>/receipt/", PaperReceiptView.as_view(), name="enter_receipt"),
    path("receipts/<int:pk>/", ReceiptView.as_view(), name="receipt"),
    path("receipt-files/<uuid:pk>/", files.receipt_file, name="receipt_file"),
    path("attachments/<int:pk>/", files.attachment, name="attachment"),
    path("attachments/<int:pk>/view/", files.attachment_view, name="attachment_view"),
    path("attachments/<int:pk>/pages/<int:number>/", files.attachment_page, name="attachment_page"),
]
