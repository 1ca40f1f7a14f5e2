"""What must not be so on a live site: found by `manage.py check --deploy`, and before a web process serves.

Errors stop the start, warnings do not; the hint names the variable of the environment to set.
"""

import json
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.checks import Error, Info, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages

KEY_LENGTH, KEY_VARIETY = 50, 15  # characters, and different ones among them
DUMB_GATEWAYS = {"console", "memory"}
STRANGERS = "http://acs.amazonaws.com/groups/global/"  # in grants: everybody, and everybody with an account at AWS


def refuse_unsafe_start():
    """Raises ImproperlyConfigured with every check of security that finds an error."""
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    errors = [str(message) for message in found if message.is_serious() and not message.is_silenced()]
    if errors:
        raise ImproperlyConfigured("The site does not start with these settings:\n" + "\n".join(errors))


@register(Tags.security, deploy=True)
def debug_is_off(app_configs, **kwargs):
    """Neither errors in full nor known passwords are shown to visitors."""
    if settings.DEBUG or settings.IS_DEMO:
        yield Error(
            "DEBUG or IS_DEMO is on: errors show the code, and the demo has known passwords.",
            hint="Set DJANGO_SETTINGS_MODULE=config.settings.production.",
            id="config.E001",
        )


@register(Tags.security, deploy=True)
def secret_key_is_strong(app_configs, **kwargs):
    """Nobody can guess what signs sessions and links."""
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        if len(key) < KEY_LENGTH or len(set(key)) < KEY_VARIETY or "insecure" in key:
            yield Error(
                "SECRET_KEY (or one of SECRET_KEY_FALLBACKS) is weak: who guesses it can sign in as anybody.",
                hint="python3 -c 'import secrets; print(secrets.token_urlsafe(50))' makes a good one.",
                id="config.E002",
            )


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs, **kwargs):
    """Links in messages lead to the site itself, over HTTPS."""
    if not settings.ALLOWED_HOSTS or any(host in {"*", "."} for host in settings.ALLOWED_HOSTS):
        yield Error(
            "ALLOWED_HOSTS must name the hosts: * lets anybody choose where our links lead.",
            hint="Set ALLOWED_HOSTS=portal.example.org.",
            id="config.E003",
        )
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    if address.scheme != "https" or not address.hostname or address.path.strip("/"):
        yield Error(
            f"BASE_URL must be https:// and a host, not {settings.WAGTAILADMIN_BASE_URL!r}.",
            hint="Set BASE_URL=https://portal.example.org.",
            id="config.E004",
        )


@register(Tags.security, deploy=True)
def messages_leave_the_house(app_configs, **kwargs):
    """Codes go to telephones, not into a log that others read."""
    if settings.SMS_GATEWAY in DUMB_GATEWAYS:
        yield Error(
            f"SMS_GATEWAY is {settings.SMS_GATEWAY}: no text message is sent, and codes are written to the log.",
            hint="Set SMS_GATEWAY to sns, aliyun or the path of a module of your own.",
            id="config.E005",
        )
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield Warning(
            "EMAIL_URL names no mail server: mail is written to the log.",
            hint="Set EMAIL_URL=smtp+tls://user:password@mail.example.org:587.",
            id="config.W006",
        )


@register(Tags.security, deploy=True)
def proxies_are_counted(app_configs, **kwargs):
    """Limits of one address meet the visitor's, not that of the proxy."""
    if not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        yield Warning(
            "TRUSTED_PROXY_COUNT is 0: behind a proxy all visitors have one address, and share its limits.",
            hint="Set TRUSTED_PROXY_COUNT to the number of proxies of your own, usually 1.",
            id="config.W007",
        )


@register(Tags.security, deploy=True)
def private_bucket_is_private(app_configs, **kwargs):
    """Members' files lie in a bucket of their own, which nobody reads but the site."""
    private, public = (settings.STORAGES[name].get("OPTIONS", {}).get("bucket_name") for name in ("private", "default"))
    if not private:
        return []
    if private == public:
        return [
            Error(
                f"S3_PRIVATE_BUCKET and S3_PUBLIC_BUCKET are the same ({private}): members' files would be public.",
                hint="Make two buckets.",
                id="config.E008",
            )
        ]
    return _look_at(private)


def _look_at(bucket):
    """What the store tells of its access list and policy. A store that is away stops no start: pages do without it."""
    client = storages["private"].connection.meta.client
    try:
        is_public = _is_granted_to_strangers(client, bucket) or _is_open_by_policy(client, bucket)
    except ClientError as refused:
        if refused.response["Error"]["Code"] == "NoSuchBucket":
            return [Error(f"There is no bucket {bucket}.", hint="See S3_PRIVATE_BUCKET.", id="config.E009")]
        return [
            Info(
                f"The store does not tell who may read {bucket}: {refused}",
                hint="See for yourself that a stranger's request for a file of S3_PRIVATE_BUCKET is refused.",
                id="config.I010",
            )
        ]
    except BotoCoreError as away:
        return [Warning(f"The object store does not answer: {away}", hint="See S3_ENDPOINT_URL.", id="config.W011")]
    if not is_public:
        return []
    return [
        Error(
            f"Anybody can read the bucket {bucket}, which holds members' files.",
            hint="Take the public grants and the public policy of S3_PRIVATE_BUCKET away.",
            id="config.E012",
        )
    ]


def _is_granted_to_strangers(client, bucket):
    grants = client.get_bucket_acl(Bucket=bucket)["Grants"]
    return any(grant["Grantee"].get("URI", "").startswith(STRANGERS) for grant in grants)


def _is_open_by_policy(client, bucket):
    try:
        policy = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])
    except ClientError as none:
        if none.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return False
        raise
    return any(
        statement["Effect"] == "Allow" and "*" in _names(statement.get("Principal")) and "Condition" not in statement
        for statement in policy["Statement"]
    )


def _names(principal):
    """The names in a principal of a policy: "*", or {"AWS": "*"}, or {"AWS": ["…", "*"]}."""
    named = list(principal.values()) if isinstance(principal, dict) else [principal]
    return [name for group in named for name in (group if isinstance(group, list) else [group])]
