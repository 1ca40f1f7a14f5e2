"""A file with a virus in a form of the portal: the sentence stands beside the field, and what was typed is kept."""

import pytest

from membership.units.models import Document
from tests.clamd import infected, listening
from tests.files import pdf
from tests.portal.conftest import deliberation
from tests.portal.test_receipts import Asked, chosen, opinions_only, refused, summary

pytestmark = pytest.mark.django_db

FOUND = "“回执.pdf”中发现病毒，文件未保存，请检查该文件来源的电脑"
NOT_SCANNED = "暂时无法对文件“回执.pdf”进行病毒检查，文件未保存，请稍后重试"


@pytest.fixture
def asked(ours):
    return Asked(deliberation(upload_required=True), ours.unit)


def look_at_refusal(ours, asked, file, words):
    page = refused(ours.client, asked, asked.answers(file=file))
    assert summary(page) == [("#id_file", words)]
    assert page.select_one("#id_file_error").get_text(" ", strip=True) == f"错误： {words}"
    assert chosen(page) == opinions_only(asked)
    assert Document.objects.count() == 0


def test_a_virus_is_said_beside_the_field_and_the_answers_stay(ours, asked, settings):
    with listening() as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        look_at_refusal(ours, asked, infected("回执.pdf"), FOUND)
        assert ours.client.post(asked.submit, asked.answers(file=pdf())).status_code == 302


def test_while_the_scanner_is_down_the_answers_stay_and_the_file_may_be_sent_again(ours, asked, settings):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    look_at_refusal(ours, asked, pdf(), NOT_SCANNED)
    settings.CLAMD_ADDRESS = ""
    assert ours.client.post(asked.submit, asked.answers(file=pdf())).status_code == 302
