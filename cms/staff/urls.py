"""Addresses of the editorial pages in the staff area, below /cms/notices/."""

from django.urls import path

from cms.staff import audience, files
from cms.staff.board import BoardView
from cms.staff.overview import OverviewView
from cms.staff.receipts import ReceiptView

app_name = "notices"

urlpatterns = [
    path("", OverviewView.as_view(), name="overview"),
    path("results/", OverviewView.as_view(results_only=True), name="overview_results"),
    path("audience/", audience.count, name="audience"),
    path("units/", audience.units, name="units"),
    path("<int:page_id>/board/", BoardView.as_view(), name="board"),
    path("receipts/<int:pk>/", ReceiptView.as_view(), name="receipt"),
    path("receipt-files/<uuid:pk>/", files.receipt_file, name="receipt_file"),
    path("attachments/<int:pk>/", files.attachment, name="attachment"),
]
