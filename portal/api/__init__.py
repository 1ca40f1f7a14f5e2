"""The member API: the same verbs as the screens, for other programs."""

from portal.api import files, me, messages, problems, receipts
from portal.api.access import CERTIFIED_MEMBER
from portal.api.bodies import StrictParser
from portal.api.openapi import MemberAPI

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
for noun in (me, messages, receipts, files):
    member_api.add_router("", noun.router)
