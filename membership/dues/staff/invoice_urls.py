"""Addresses of invoices below the staff area."""

from django.urls import path

from membership.dues.staff import invoice_batches, invoice_pages, invoices

app_name = "dues_invoices"

urlpatterns = [
    path("", invoices.InvoicesView.as_view(), name="index"),
    path("awaiting.xlsx", invoices.AwaitingWorkbookView.as_view(), name="workbook"),
    path("upload/", invoice_batches.BatchView.as_view(), name="upload"),
    path("orders/<int:pk>/", invoice_pages.IssueView.as_view(), name="issue"),
    path("requests/<int:pk>/", invoice_pages.RefuseView.as_view(), name="refuse"),
    path("files/<int:pk>/", invoice_pages.FileView.as_view(), name="file"),
    path("<int:pk>/", invoice_pages.InvoiceView.as_view(), name="invoice"),
    path("<int:pk>/files/", invoice_pages.AddFilesView.as_view(), name="add_files"),
    path("<int:pk>/send/", invoice_pages.SendView.as_view(), name="send"),
    path("<int:pk>/replace/", invoice_pages.ReplaceView.as_view(), name="replace"),
    path("<int:pk>/void/", invoice_pages.VoidView.as_view(), name="void"),
    path("<slug:slug>/", invoices.InvoicesView.as_view(), name="list"),
]
