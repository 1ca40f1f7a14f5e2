"""Numbers of rows as programs name them: one beyond what a column holds is malformed, not missing."""

from django.db.models import BigIntegerField

LARGEST_ID = BigIntegerField.MAX_BIGINT
