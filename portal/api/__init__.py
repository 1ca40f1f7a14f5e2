"""The member API: the same verbs as the screens, for other programs."""

from ninja.errors import AuthenticationError

from portal.api import (
    account,
    branches,
    dues,
    files,
    invoices,
    me,
    messages,
    orders,
    people,
    problems,
    receipt_drafts,
    receipts,
    unit,
    unit_documents,
)
from portal.api.access import CERTIFIED_MEMBER, stranger
from portal.api.bodies import StrictParser
from portal.api.openapi import MemberAPI
from portal.api.repeats import claimed, once
from portal.api.unchanged import tagged

NOUNS = (
    me,
    account,
    people,
    unit,
    unit_documents,
    branches,
    messages,
    receipts,
    receipt_drafts,
    files,
    dues,
    orders,
    invoices,
)

member_api = MemberAPI(
    title="会员之家 · Member API",
    version="1",
    description="What a member unit does in the portal, for other programs: the same rules, sentences and records. "
    "Anything but success is answered by `application/problem+json` with a stable `code`.",
    urls_namespace="member-api",
    auth=CERTIFIED_MEMBER,
    parser=StrictParser(),
)
problems.register(member_api)
member_api.add_exception_handler(AuthenticationError, stranger)
member_api.add_decorator(claimed)
for around in (once, tagged):
    member_api.add_decorator(around, mode="view")
for noun in NOUNS:
    member_api.add_router("", noun.router)
