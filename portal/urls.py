"""Addresses of 会员之家."""

from django.urls import path

from portal.views import account, dues, files, home, me, messages, people, receipts, unit

app_name = "portal"

urlpatterns = [
    path("", home.index, name="home"),
    path("unit/", unit.profile, name="unit"),
    path("unit/branches/", unit.branches, name="branches"),
    path("messages/", messages.index, name="messages"),
    path("messages/read-all/", messages.mark_all_read, name="mark-all-read"),
    path("messages/<int:pk>/", messages.detail, name="message"),
    path("messages/<int:pk>/receipt/", receipts.submit, name="submit-receipt"),
    path("messages/<int:pk>/receipt/done/", receipts.done, name="receipt-done"),
    path("messages/<int:pk>/attachments/<int:attachment_pk>/", files.attachment, name="attachment"),
    path("documents/<uuid:pk>/", files.document, name="document"),
    path("dues/", dues.index, name="dues"),
    path("account/", account.index, name="account"),
    path("me/", me.profile, name="me"),
    path("me/logins/", me.logins, name="logins"),
    path("me/logins/end-others/", me.end_others, name="end-other-sessions"),
    path("me/data/", me.data, name="own-data"),
    path("me/data/export/", me.export, name="export-own-data"),
    path("me/data/close/", me.close, name="close-account"),
    path("me/people/", people.index, name="people"),
    path("me/people/leave/", people.leave, name="leave-seat"),
    path("me/people/<int:pk>/remove/", people.remove, name="remove-seat"),
    path("me/people/<int:pk>/hand-over/", people.hand_over, name="hand-over"),
    path("invitations/<int:pk>/revoke/", people.revoke, name="revoke-invitation"),
    path("invitations/<int:pk>/accept/", people.accept, name="accept-invitation"),
    path("invitations/<int:pk>/decline/", people.decline, name="decline-invitation"),
]
