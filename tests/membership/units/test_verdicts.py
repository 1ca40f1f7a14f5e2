"""What a reviewer's form says on each item, and the words to the unit that are made of it."""

import pytest
from django.utils import translation

from membership.units import verdicts
from membership.units.profile import Item

ITEMS = [Item("name", "单位名称"), Item("business_license", "营业执照"), Item("qualification:1", "资质证书 1")]
KEYS = [item.key for item in ITEMS]


def marked(reason="", words=""):
    return {"ok": False, "reason": reason, "words": words}


FINE = {"ok": True, "reason": "", "words": ""}


def test_form_is_read_item_by_item():
    data = {
        "verdict:name": "ok",
        "reason:name": "blurred",
        "words:name": "不再需要",
        "verdict:business_license": "marked",
        "reason:business_license": "blurred",
        "words:business_license": f" {'请' * 300} ",
        "verdict:strange": "marked",
        "verdict:qualification:1": "perhaps",
    }
    assert verdicts.read(data, KEYS) == {"name": FINE, "business_license": marked("blurred", "请" * 200)}


def test_reason_that_is_none_is_left_out():
    data = {"verdict:name": "marked", "reason:name": "<script>"}
    assert verdicts.read(data, KEYS) == {"name": marked()}


@pytest.mark.parametrize(
    ("verdict", "is_silent"),
    [
        (FINE, False),
        (marked(), True),
        (marked("other"), True),
        (marked("blurred"), False),
        (marked("other", "重拍"), False),
        (marked("", "重拍"), False),
    ],
)
def test_mark_needs_a_reason_or_words(verdict, is_silent):
    assert verdicts.without_reason({"name": verdict}) == (["name"] if is_silent else [])


def test_remark_names_what_is_marked_in_the_order_of_the_form():
    found = {
        "qualification:1": marked("expired"),
        "name": marked("other", "与执照不一致"),
        "business_license": marked("blurred", "右下角看不清"),
    }
    with translation.override("zh-hans"):
        assert verdicts.remark(ITEMS, found) == (
            "单位名称：与执照不一致；营业执照：模糊不清，右下角看不清；资质证书 1：已过期。"
        )
        assert verdicts.remark(ITEMS, {"name": FINE}) == ""
        assert verdicts.remark(ITEMS, {"name": marked()}) == "单位名称：需修改。"


def test_remark_fits_into_its_column():
    items = [Item(str(n), f"第{n}项") for n in range(60)]
    found = {item.key: marked("", "请重新填写此项内容") for item in items}
    text = verdicts.remark(items, found)
    assert (len(text), text[-1]) == (500, "…")
