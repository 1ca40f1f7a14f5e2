"""The seed of a code fits its column: SQLite would not say so, PostgreSQL refuses every code."""

from membership.accounts.models import SmsCode


def test_seed_of_a_new_code_fits_its_column():
    assert len(SmsCode().seed) == SmsCode._meta.get_field("seed").max_length
