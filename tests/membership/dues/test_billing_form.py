"""填写发票信息: what is tidied, what is refused in words, where it begins."""

import pytest

from membership.dues.forms import BillingForm
from membership.dues.models import BillingProfile, DuesSettings
from tests.membership.dues.conftest import billing

pytestmark = pytest.mark.django_db


def form(ours, **fields):
    return BillingForm(billing(ours.unit, **fields), unit=ours.unit)


def problems(ours, **fields):
    """{field: sentences} of a form with these entries."""
    return {name: list(words) for name, words in form(ours, **fields).errors.items()}


def offer(*kinds):
    rules = DuesSettings.load()
    for kind in ("normal", "special", "fiscal"):
        setattr(rules, f"offers_{kind}", kind in kinds)
    rules.save()


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("tax_no", "９１５１０１００ ma0000002p", "91510100MA0000002P"),
        ("tax_no", "510100-1234-56789", "510100123456789"),
        ("tax_no", "", ""),
        ("contact_phone", "１３８ １１１３ ８１１１", "13811138111"),
        ("contact_phone", "(028)86000000", "028-86000000"),
        ("contact_name", "  李　四 ", "李 四"),
        ("contact_name", "𠮷田", "𠮷田"),
        ("email", "  caiwu@example.com ", "caiwu@example.com"),
        ("bank_account", "6222 0000 1111 2222 333", "6222000011112222333"),
        ("reg_phone", "028-86000000", "028-86000000"),
    ],
)
def test_what_people_paste_is_tidied(ours, field, typed, kept):
    filled = form(ours, **{field: typed})
    assert filled.is_valid(), filled.errors
    assert filled.billing()[field] == kept


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("payer_name", "", "请填写转账单位"),
        ("payer_name", "12345", "请填写单位全称"),
        ("contact_name", "   ", "请填写联系人"),
        ("contact_name", "李\x00四", "含有无法识别的字符，请删除后重新输入"),
        ("contact_phone", "", "请填写联系电话"),
        ("contact_phone", "123", "请填写手机号码，或带区号的固定电话，例如 028-86000000"),
        ("invoice_kind", "", "请选择票据类型"),
        ("invoice_kind", "special", "请选择票据类型"),
        ("invoice_kind", "1;drop", "请选择票据类型"),
        ("invoice_title", "", "请填写抬头"),
        ("tax_no", "9151", "税号应为 15 至 20 位数字或大写字母"),
        ("tax_no", "9" * 21, "税号应为 15 至 20 位数字或大写字母"),
        ("tax_no", "91510100MA000000税号", "税号应为 15 至 20 位数字或大写字母"),
        ("tax_no", "91510100MA00000😀", "税号应为 15 至 20 位数字或大写字母"),
        ("email", "caiwu", "请填写完整的邮箱地址，例如 name@example.com"),
        ("reg_phone", "0", "请填写手机号码，或带区号的固定电话，例如 028-86000000"),
        ("bank_account", "12", "银行账号应为 8 至 32 位数字"),
        ("bank_account", "无", "银行账号应为 8 至 32 位数字"),
    ],
)
def test_what_is_refused_says_so_beside_the_field(ours, field, typed, words):
    assert problems(ours, **{field: typed})[field] == [words]


def test_a_special_invoice_needs_the_tax_number(ours):
    offer("normal", "special")
    assert problems(ours, invoice_kind="special", tax_no="") == {"tax_no": ["开具专票须填写税号"]}
    assert problems(ours, invoice_kind="special", tax_no="9") == {"tax_no": ["税号应为 15 至 20 位数字或大写字母"]}
    assert problems(ours, invoice_kind="special") == {}
    assert problems(ours, invoice_kind="normal", tax_no="") == {}


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [("路" * 44, "028-86000000", True), ("路" * 45, "028-86000000", False), ("a" * 88, "028-86000000", True)],
)
@pytest.mark.parametrize("pair", [("reg_address", "reg_phone"), ("bank_name", "bank_account")])
def test_each_pair_fits_the_box_of_the_invoice(ours, pair, first, second, fits):
    second = second if pair[1] == "reg_phone" else second.replace("-", "0")
    told = problems(ours, **dict(zip(pair, (first, second), strict=True)))
    words = "这两项合计过长，票面最多容纳 100 个字节（50 个汉字）"
    assert told == ({} if fits else {pair[0]: [words]})


def test_another_title_than_the_payer_is_asked_about(ours):
    assert not form(ours).asks_about_title
    other = form(ours, invoice_title="示范投资控股有限公司")
    assert other.asks_about_title
    assert other.errors == {"title_confirmed": ["抬头与转账单位不一致，如确需如此，请勾选确认"]}
    assert problems(ours, invoice_title="示范投资控股有限公司", title_confirmed="on") == {}
    assert problems(ours, payer_name="示范（外省）公司", invoice_title="示范(外省) 公司") == {}


def test_it_begins_with_the_unit_and_later_with_what_was_written_last(ours, outsider):
    blank = BillingForm(unit=ours.unit)
    names = ("payer_name", "invoice_title", "tax_no", "contact_name", "invoice_kind")
    assert [blank[name].value() for name in names] == [ours.unit.name, ours.unit.name, ours.unit.uscc, "李四", "normal"]
    BillingProfile.objects.create(unit=outsider.unit, **billing(outsider.unit, payer_name="别家"))
    BillingProfile.objects.create(
        unit=ours.unit, **billing(ours.unit, payer_name="母公司", contact_name="钱会计", invoice_kind="special")
    )
    known = BillingForm(unit=ours.unit)
    assert [known[name].value() for name in names] == ["母公司", ours.unit.name, ours.unit.uscc, "钱会计", "normal"]
    assert (known.asks_about_title, known["title_confirmed"].value(), known.has_more) == (True, True, False)


def test_only_the_kinds_that_are_offered_can_be_chosen(ours):
    offer("fiscal")
    assert [value for value, _label in BillingForm(unit=ours.unit).fields["invoice_kind"].choices] == ["fiscal"]
    assert problems(ours, invoice_kind="normal") == {"invoice_kind": ["请选择票据类型"]}
