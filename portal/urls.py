"""Addresses of 会员之家."""

from django.urls import path

from portal.views import account, documents, dues, files, home, me, messages, papers, people, profile, receipts, unit

app_name = "portal"

urlpatterns = [
    path("", home.index, name="home"),
    path("unit/", profile.profile, name="unit"),
    path("unit/edit/", profile.edit, name="edit-unit"),
    path("unit/draft/", profile.save, name="save-draft"),
    path("unit/check/", profile.check, name="check-unit"),
    path("unit/withdraw/", profile.withdraw, name="withdraw-unit"),
    path("unit/contact/", profile.contact, name="unit-contact"),
    path("unit/change/withdraw/", profile.withdraw_change, name="withdraw-change"),
    path("unit/documents/<slug:kind>/", documents.store, name="store-document"),
    path("unit/branches/", unit.branches, name="branches"),
    path("unit/print/", papers.profile, name="profile-print"),
    path("unit/templates/<slug:kind>/", papers.template, name="paper-template"),
    path("certificate/", papers.certificate, name="certificate"),
    path("messages/", messages.index, name="messages"),
    path("messages/read-all/", messages.mark_all_read, name="mark-all-read"),
    path("messages/<int:pk>/", messages.detail, name="message"),
    path("messages/<int:pk>/receipt/", receipts.submit, name="submit-receipt"),
    path("messages/<int:pk>/receipt/done/", receipts.done, name="receipt-done"),
    path("messages/<int:pk>/attachments/<int:attachment_pk>/", files.attachment, name="attachment"),
    path("documents/<uuid:pk>/", files.document, name="document"),
    path("documents/<uuid:pk>/view/", files.document_view, name="document-view"),
    path("documents/<uuid:pk>/pages/<int:number>/", files.document_page, name="document-page"),
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
