"""Error reports to Sentry, if SENTRY_DSN is set: where it broke, not with whose data."""

import sentry_sdk

from membership.audit.logs import mask

KEPT_OF_REQUEST = ("method", "url")


def start(dsn, *, environment, release):
    """Have errors of this process reported. Neither local variables, bodies, users nor what they typed are sent."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release or None,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=True,
        max_request_body_size="never",
        traces_sample_rate=0,
        before_send=without_persons,
        before_breadcrumb=lambda crumb, hint: None,
    )


def without_persons(event, hint=None):
    """The event with numbers and codes masked; what may quote a person is left out.

    The message of an exception goes as well: databases and gateways quote names there. Kind and place remain.
    """
    for unwanted in ("user", "breadcrumbs", "extra"):
        event.pop(unwanted, None)
    if "request" in event:
        event["request"] = {name: event["request"][name] for name in KEPT_OF_REQUEST if name in event["request"]}
    for exception in event.get("exception", {}).get("values", ()):
        exception["value"] = ""
    if "logentry" in event:
        event["logentry"].pop("params", None)
    return _masked(event)


def _masked(value):
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(item) for item in value]
    return value
