"""What a session says about how its holder came in."""

import time

from allauth.account.internal.flows.login import get_authentication_records

FRESH_SECONDS = 600


def entered_code_lately(request):
    """Whether this session proved its number by a code within the last ten minutes."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "code" and time.time() - record["at"] < FRESH_SECONDS for record in records)
