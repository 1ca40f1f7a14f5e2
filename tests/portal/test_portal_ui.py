"""Fields, error summary and pages as readers and their tools meet them."""

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation


class Reply(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致")
    opinion = forms.ChoiceField(label="审议意见", choices=[("a", "同意"), ("b", "不同意")], widget=forms.RadioSelect)
    note = forms.CharField(label="备注", required=False)
    file = forms.FileField(label="回执文件")


Rows = forms.formset_factory(Reply, extra=0, can_delete=True)


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


def draw(source, **context):
    return BeautifulSoup(Template("{% load portal_ui %}" + source).render(Context(context)), "html.parser")


def test_field_names_hint_and_error_for_screen_readers():
    page = draw("{% field form.name %}", form=Reply({}))
    control = page.select_one("input")
    assert control["aria-describedby"] == "id_name_helptext id_name_error"
    assert (control["aria-invalid"], control["aria-required"]) == ("true", "true")
    assert page.select_one("#id_name_helptext").text == "与身份证一致"
    assert page.select_one("#id_name_error .visually-hidden").text == "错误："
    assert page.select_one("label")["for"] == "id_name"
    assert page.select_one(".field__req").text == "*"


def test_optional_field_without_hint_describes_nothing():
    page = draw("{% field form.note optional=True %}", form=Reply())
    assert "aria-describedby" not in page.select_one("input").attrs
    assert page.select_one(".field__req") is None
    assert page.select_one(".field__opt").text == "（选填）"


def test_radio_buttons_are_a_group_with_a_legend():
    page = draw('{% field form.opinion look="choices" %}', form=Reply({}))
    assert page.select_one("fieldset")["aria-describedby"] == "id_opinion_error"
    assert [label.text for label in page.select(".choice label")] == ["同意", "不同意"]
    assert [control["id"] for control in page.select(".choice input")] == ["id_opinion_0", "id_opinion_1"]


def test_password_placeholder_that_repeats_the_label_is_dropped():
    class Login(forms.Form):
        password = forms.CharField(label="密码", widget=forms.PasswordInput(attrs={"placeholder": "密码"}))

    page = draw("{% field form.password %}", form=Login())
    assert "placeholder" not in page.select_one("input").attrs
    assert page.select_one("button[data-reveal]")["data-reveal"] == "id_password"


def test_upload_box_holds_a_plain_file_input():
    page = draw('{% upload_field form.file text="上传" hint="PDF" accept="application/pdf" %}', form=Reply())
    box = page.select_one("label.upload")
    assert box["data-max-bytes"] == "20971520"
    assert box["data-too-large"] == "文件必须小于 20 MB"
    control = box.select_one("input")
    assert (control["type"], control["name"], control["accept"]) == ("file", "file", "application/pdf")
    assert control["aria-describedby"] == "id_file_helptext"


def test_summary_lists_errors_in_order_with_links():
    form = Reply({})
    form.add_error(None, "整体错误")
    rows = Rows({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "张三", "form-0-opinion": "a"})
    page = draw("{% error_summary form rows %}", form=form, rows=rows)
    links = [(item.a["href"] if item.a else "", item.text) for item in page.select("li")]
    required = form.errors["name"][0]
    assert links == [
        ("", "整体错误"),
        ("#id_name", required),
        ("#id_opinion_0", required),
        ("#id_file", required),
        ("#id_form-0-file", f"第 1 行：{required}"),
    ]


def test_summary_skips_deleted_rows_and_is_absent_without_errors():
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-DELETE": "on"}
    page = draw("{% error_summary rows form %}", rows=Rows(data), form=Reply())
    assert page.select(".error-summary") == []


@pytest.mark.parametrize(("data", "expected"), [(None, ""), ({}, "错误：")])
def test_title_prefix_follows_any_form_of_the_page(data, expected):
    assert draw("{% title_prefix %}", anything=Reply(data), other=[1]).text == expected


def test_pages_keep_the_rest_of_the_query():
    request = RequestFactory().get("/list", {"q": "章程", "page": "2"})
    page_obj = Paginator(range(50), 10).page(2)
    page = draw("{% pagination page_obj %}", page_obj=page_obj, request=request)
    assert page.select_one("a[rel=prev]")["href"] == "?q=%E7%AB%A0%E7%A8%8B&page=1"
    assert page.select_one("[aria-current=page]").text == "第 2"
    assert page.select_one(".pager__total").text == "共 50 条"


def test_one_page_needs_no_pager():
    page = draw("{% pagination page_obj %}", page_obj=Paginator([1], 10).page(1), request=RequestFactory().get("/"))
    assert page.text.strip() == ""


@pytest.mark.parametrize(("number", "expected"), [(0, ""), (5, "5 条未读"), (120, "99+ 条未读")])
def test_badge(number, expected):
    assert draw('{% count n "条未读" %}', n=number).text.strip() == expected


def test_messages_become_banners_and_toasts():
    waiting = [Message(messages.SUCCESS, "密码已更新"), Message(messages.INFO, "已复制", extra_tags="toast")]
    page = draw("{% message_banners %}", messages=waiting)
    banners = [(b["class"][1], b.p.text, b.has_attr("data-toast")) for b in page.select(".banner")]
    assert banners == [("banner-ok", "密码已更新", False), ("banner-info", "已复制", True)]


def test_texts_are_escaped():
    page = draw("{% tag label %}{% banner label %}", label="<b>x</b>")
    assert page.select("b") == []


def test_file_row_shows_size_and_download():
    page = draw('{% file_row "章程.pdf" "/f/1" 1258291 %}')
    assert page.select_one(".file__meta").text == "1.2\xa0MB"
    assert page.select_one("a")["href"] == "/f/1"
    assert page.select_one("a .visually-hidden").text == " 章程.pdf"
