"""What the units room adds to the Wagtail admin."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from membership.audit.history import register_verbs
from membership.units import permissions
from membership.units.staff import expiring, imports, menu, phones, review_urls, rules, standing, statistics, tabs
from membership.units.staff.bodies import BodyAdmin
from membership.units.staff.home import TodoPanel, WaitingSummary
from membership.units.staff.master_data import CategoryAdmin, LevelAdmin
from membership.units.staff.secretaries import SecretaryAdmin

modeladmin_register(menu.MembersGroup)
modeladmin_register(BodyAdmin)
modeladmin_register(LevelAdmin)
modeladmin_register(SecretaryAdmin)
modeladmin_register(CategoryAdmin)

for tab in (tabs.FactsTab, tabs.StandingTab, tabs.CertificatesTab, tabs.AuditTab):
    hooks.register(tabs.HOOK, tab)

register_verbs(
    "units",
    {
        "register_unit": (_("Register unit"), _("Registered the unit")),
        "submit": (_("Submit application"), _("Submitted the application")),
        "send_back": (_("Send back"), _("Sent the application back")),
        "approve": (_("Approve"), _("Approved the application")),
        "reject": (_("Reject"), _("Rejected the application")),
        "rebind_phone": (_("Rebind mobile number"), _("Rebound the mobile number on a stamped letter")),
        "revise": (_("Revise application"), _("Revised the application")),
        "withdraw": (_("Withdraw application"), _("Withdrew the application")),
        "change_level": (_("Change level"), _("Changed the level")),
        "suspend": (_("Suspend"), _("Suspended the membership")),
        "resume": (_("Resume"), _("Resumed the membership")),
        "leave": (_("Leave"), _("Ended the membership")),
        "update_contact": (_("Change contact data"), _("Changed the contact data")),
        "request_change": (_("Request change"), _("Requested a change of certified facts")),
        "withdraw_change": (_("Withdraw request"), _("Withdrew the request for a change")),
        "approve_change": (_("Approve change"), _("Approved the change of certified facts")),
        "send_back_change": (_("Send change back"), _("Sent the request for a change back")),
        "reject_change": (_("Reject change"), _("Rejected the request for a change")),
        "request_leave": (_("Request to leave"), _("Asked to leave")),
        "withdraw_leave": (_("Withdraw request"), _("Withdrew the request to leave")),
        "send_back_leave": (_("Send request back"), _("Sent the request to leave back")),
        "reject_leave": (_("Reject request"), _("Rejected the request to leave")),
        "store_document": (_("Upload"), _("Uploaded a file")),
        "erase_document": (_("Erase file"), _("Erased a file that may not be kept any longer")),
        "invite": (_("Invite"), _("Invited a colleague")),
        "accept_invitation": (_("Accept invitation"), _("Accepted the invitation")),
        "decline_invitation": (_("Decline invitation"), _("Declined the invitation")),
        "revoke_invitation": (_("Revoke invitation"), _("Took the invitation back")),
        "remove_seat": (_("Remove colleague"), _("Ended a colleague's acting for the unit")),
        "leave_seat": (_("Give up"), _("Gave up acting for the unit")),
        "hand_over": (_("Hand over"), _("Handed the unit over")),
        "claim_review": (_("Open review"), _("Opened the review")),
        "release_review": (_("Release review"), _("Released the review")),
        "assign_review": (_("Assign review"), _("Assigned the review")),
        "judge": (_("Judge"), _("Judged the items of the review")),
        "add_note": (_("Add note"), _("Wrote a note on the review")),
        "close_category": (_("Close"), _("Closed the category because it is in use")),
        "delete_category": (_("Delete"), _("Deleted the category")),
        "export_members": (_("Export register"), _("Exported the member register")),
        "export_expiring": (_("Export report"), _("Exported the report on certificates")),
        "remind_expiring": (_("Remind"), _("Reminded of a certificate that runs out")),
        "save_rules": (_("Change rules"), _("Changed the rules of membership")),
        "update_branch_contact": (_("Change contact data"), _("Changed the contact data for the branch")),
        "appoint_secretary": (_("Appoint secretary"), _("Appointed a secretary of the branch")),
        "dismiss_secretary": (_("Dismiss secretary"), _("Dismissed a secretary of the branch")),
    },
)


@hooks.register("construct_homepage_summary_items")
def waiting_reviews(request, items):
    items.append(WaitingSummary(request))


@hooks.register("construct_homepage_panels")
def my_reviews(request, panels):
    if permissions.may_review_any(request.user) and permissions.may_see_reviews(request.user):
        panels.append(TodoPanel(request))


@hooks.register("register_admin_urls")
def office_urls():
    return [
        path("phones/", include(phones.urlpatterns)),
        path("reviews/", include(review_urls)),
        path("memberships/", include(standing.urlpatterns)),
        path("expiring-certificates/", include(expiring.urlpatterns)),
        path("membership-templates/", include(rules.urlpatterns)),
        path("statistics/", include(statistics.urlpatterns)),
        path("imports/", include(imports.urlpatterns)),
    ]


hooks.register("register_members_menu_item", imports.menu_item)
hooks.register("register_settings_menu_item", phones.menu_item)
hooks.register("register_members_menu_item", menu.expiring_certificates)
hooks.register("register_admin_menu_item", statistics.statistics_menu)
hooks.register("register_statistics_menu_item", statistics.members_item)
