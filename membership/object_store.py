"""The S3-compatible store: how long we wait for it, and what stores other than AWS's own do not know."""

from botocore.config import Config
from storages.backends.s3 import S3Storage

# Not among the storage's options: those are written to task rows, and no task row holds such an object.
PATIENCE = Config(
    connect_timeout=3,  # seconds
    read_timeout=10,
    retries={"total_max_attempts": 2},
    # Check sums in trailers, which the client sends by default, are refused by many stores.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class BoundedS3Storage(S3Storage):
    """Files in a bucket; a store that does not answer is given up before the request's own time is over."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.client_config = self.client_config.merge(PATIENCE)
