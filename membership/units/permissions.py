"""Who may do what with units (whether it may happen now is for the table of moves)."""

from django.core.exceptions import PermissionDenied

from membership.units.states import BodyKind, DocumentKind, Duty


def may_review(user, membership):
    """Reviewers decide on every body; a branch secretary on the branches entrusted to them."""
    if not (user.is_active and user.is_staff):
        return False
    if user.has_perm("units.review_membership"):
        return True
    return (
        membership.body.kind == BodyKind.BRANCH
        and user.has_perm("units.review_branch_membership")
        and membership.body.body_staff.filter(user=user).exists()
    )


def may_see_reviews(user):
    """Staff who read the register, and branch secretaries; which rows is for `Review.objects.for_user`."""
    if not (user.is_active and user.is_staff):
        return False
    return user.has_perm("units.view_membership") or (
        user.has_perm("units.review_branch_membership") and is_secretary(user)
    )


def may_review_any(user):
    """Whether there may be anything for this person to decide."""
    rights = ("units.review_membership", "units.review_branch_membership")
    return user.is_active and user.is_staff and any(user.has_perm(right) for right in rights)


def may_grant_level(user, membership):
    """Levels are elected: whoever holds the right changes them, a branch secretary does not."""
    return user.is_active and user.is_staff and user.has_perm("units.grant_level")


def may_see_register(user):
    """Whoever may see units, and the secretaries of a branch, who see those of their own."""
    return user.is_active and user.is_staff and (user.has_perm("units.view_unit") or is_secretary(user))


def is_secretary(user):
    """Whether a branch is entrusted to the person; kept with the user object, for each item of the menu asks."""
    if getattr(user, "_is_secretary", None) is None:
        user._is_secretary = user.body_staff.exists()
    return user._is_secretary


def may_keep_categories(user):
    """Who may delete a qualification category may close it too."""
    return user.is_active and user.is_staff and user.has_perm("units.delete_qualificationcategory")


def may_set_rules(user):
    """Administrators."""
    return user.is_active and user.is_staff and user.has_perm("units.change_membershipsettings")


def may_store(user, unit, kind):
    """Members store files of their own unit; staff the decisions on levels, receipts that came on paper, invoices."""
    if kind == DocumentKind.LEVEL_DECISION:
        return user.is_active and user.is_staff and user.has_perm("units.grant_level")
    if kind == DocumentKind.RECEIPT and user.is_staff:
        return user.is_active and user.has_perm("tracking.manage_receipt")
    if kind == DocumentKind.INVOICE:
        return user.is_active and user.is_staff and user.has_perm("dues.issue_invoice")
    return may_act_for(user, unit)


def may_appoint(user):
    """Whoever keeps the branches says who their secretaries are."""
    return user.is_active and user.is_staff and user.has_perm("units.change_bodystaff")


def is_paper_of(document, unit_id, kind):
    """Whether the file, if there is one, belongs to the unit and is of this kind."""
    return document is None or (document.unit_id == unit_id and document.kind == kind)


def may_leave(user, membership):
    """The unit's owner."""
    return may_manage_seats(user, membership.unit)


def may_see_statistics(user):
    """Whoever sees members, and branch secretaries: these count their own bodies alone. No query beyond the rights."""
    is_staff = user.is_active and user.is_staff
    return is_staff and (user.has_perm("units.view_unit") or user.has_perm("units.review_branch_membership"))


def may_register(user):
    """Members register their own unit; staff do not act for one."""
    return user.is_active and not user.is_staff


def may_act_for(user, unit):
    """Whoever has a seat in the unit."""
    return user.is_active and unit.seats.filter(user=user).exists()


def may_manage_seats(user, unit):
    """The unit's owner."""
    return user.is_active and unit.seats.filter(user=user, duty=Duty.OWNER).exists()


def may_answer_invitation(user, invitation):
    """Whoever has proved to hold the number that was invited."""
    return user.is_active and user.phone_verified and user.phone == invitation.phone


def may_import(user):
    """Whoever holds the right: reviewers and administrators."""
    return user.is_active and user.is_staff and user.has_perm("units.import_units")


def may_rebind_phone(user, member):
    """Whoever holds the right, for members alone: the staff's numbers are kept with their roles."""
    return user.is_active and user.is_staff and user.has_perm("units.rebind_phone") and not member.is_staff


def require(allowed):
    """Raise PermissionDenied (403) unless allowed."""
    if not allowed:
        raise PermissionDenied
