"""AWS SNS: publishes to a phone number. Credentials and region come from the AWS variables of the environment."""

from functools import cache

import boto3
from botocore import exceptions as aws
from botocore.config import Config
from django.conf import settings

from membership.messaging.gateways import PermanentFailure, TemporaryFailure

CONNECT_SECONDS = 3
READ_SECONDS = 5
# Raised before anything was sent: no way there, or nothing to sign with.
NEVER_LEFT = (
    aws.EndpointConnectionError,
    aws.ConnectTimeoutError,
    aws.ProxyConnectionError,
    aws.SSLError,
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.NoRegionError,
)
# The account, not the message, is at fault: once that is mended the message can go.
OUR_FAULT = {401, 403, 429}
SMS_TYPE = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}


def send(recipient, text, *, template="", variables=None):
    """Publish once. A read timeout or a broken connection is not caught: nobody knows whether the message left."""
    try:
        answer = _client(settings.SNS_ENDPOINT_URL).publish(
            PhoneNumber=recipient, Message=text, MessageAttributes=SMS_TYPE
        )
    except NEVER_LEFT as failure:
        raise TemporaryFailure(type(failure).__name__) from failure
    except aws.ClientError as refusal:
        raise _failure(refusal.response) from refusal
    return answer["MessageId"]


@cache
def _client(endpoint):
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return boto3.client("sns", endpoint_url=endpoint, config=config)


def _failure(response):
    """What a refusal of AWS means for the message."""
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    code = response["Error"].get("Code", "")
    is_passing = status >= 500 or status in OUR_FAULT or "Throttl" in code
    return (TemporaryFailure if is_passing else PermanentFailure)(f"{status} {code}")
