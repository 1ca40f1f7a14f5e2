"""The member API: the same verbs as the screens, for other programs."""

from ninja import NinjaAPI

member_api = NinjaAPI(title="会员之家", version="1", urls_namespace="member-api")
