"""What people type or paste: white space is tidied, marks without width go, what cannot be read is refused."""

import pytest
from django.core.exceptions import ValidationError

from membership.fields import LineField, TextField

UNREADABLE = "含有无法识别的字符，请删除后重新输入"


@pytest.mark.parametrize(
    ("typed", "line", "text"),
    [
        ("  张三  ", "张三", "张三"),
        ("张\u3000三", "张 三", "张\u3000三"),
        ("一\r\n二\r三\t四", "一 二 三 四", "一\n二\n三\t四"),
        ("张\u200b三\ufeff\u00ad\u2060", "张三", "张三"),
        ("𠮷田 👨\u200d👩\u200d👧", "𠮷田 👨\u200d👩\u200d👧", "𠮷田 👨\u200d👩\u200d👧"),
        ("<script>{{7*7}}'\"--=1+1../%0d", "<script>{{7*7}}'\"--=1+1../%0d", "<script>{{7*7}}'\"--=1+1../%0d"),
        ("１２３", "１２３", "１２３"),
        (None, "", ""),
        ("\u200b", "", ""),
    ],
)
def test_what_is_typed_is_tidied(typed, line, text):
    assert (LineField(required=False).clean(typed), TextField(required=False).clean(typed)) == (line, text)


@pytest.mark.parametrize("field", [LineField, TextField])
@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\u202e", "\u2066"])
def test_what_cannot_be_read_is_refused(field, character):
    with pytest.raises(ValidationError) as refused:
        field().clean(f"张{character}三")
    assert refused.value.messages == [UNREADABLE]


@pytest.mark.parametrize("typed", ["", "   ", "\u3000", "\u200b\ufeff", "\r\n"])
@pytest.mark.parametrize("field", [LineField, TextField])
def test_nothing_is_no_answer(field, typed):
    with pytest.raises(ValidationError) as refused:
        field().clean(typed)
    assert [error.code for error in refused.value.error_list] == ["required"]


def test_length_is_counted_after_tidying():
    assert LineField(max_length=2).clean(" 张\u200b三 ") == "张三"
    assert TextField(max_length=3).clean("一\r\n二") == "一\n二"
    with pytest.raises(ValidationError):
        LineField(max_length=2).clean("张三丰")
