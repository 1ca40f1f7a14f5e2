"""Addresses of 会员之家."""

from django.urls import path

from portal.views import account, dues, files, home, messages, receipts, unit

app_name = "portal"

urlpatterns = [
    path("", home.index, name="home"),
    path("unit/", unit.profile, name="unit"),
    path("unit/branches/", unit.branches, name="branches"),
    path("messages/", messages.index, name="messages"),
    path("messages/<int:pk>/", messages.detail, name="message"),
    path("messages/<int:pk>/receipt/", receipts.submit, name="submit-receipt"),
    path("messages/<int:pk>/receipt/done/", receipts.done, name="receipt-done"),
    path("messages/<int:pk>/attachments/<int:attachment_pk>/", files.attachment, name="attachment"),
    path("documents/<uuid:pk>/", files.document, name="document"),
    path("dues/", dues.index, name="dues"),
    path("account/", account.index, name="account"),
    path("me/", account.me, name="me"),
]
