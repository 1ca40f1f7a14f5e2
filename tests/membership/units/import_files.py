"""Tables of members as the office fills them in."""

import csv
import io

from tests.factories import uscc
from tests.files import upload, workbook

HEAD = {
    "name": "单位名称*",
    "uscc": "统一社会信用代码*",
    "unit_type": "单位类型*",
    "province": "所在省份*",
    "city": "所在城市",
    "address": "地址",
    "legal_representative": "法人代表*",
    "contact_department": "联系部门",
    "contact_name": "联系人*",
    "contact_phone": "联系电话*",
    "email": "邮箱",
    "joined_on": "入会时间*",
    "level": "协会级别*",
    "member_no": "会员编号",
    "quality": "质量分会",
    "testing": "检测分会",
}
CODE = 500_000  # of the first unit; those of the factories begin with 1


def facts(n=1, **changed):
    """A row by key; `n` gives name and code of their own."""
    return {
        "name": f"老会员{n}有限公司",
        "uscc": uscc(CODE + n),
        "unit_type": "施工",
        "province": "四川省",
        "legal_representative": "王五",
        "contact_name": "赵六",
        "contact_phone": f"138{n:08d}",
        "joined_on": "2015-06-30",
        "level": "理事单位",
    } | changed


def table(*rows, head=HEAD, before=None):
    """An upload with these rows: a text file where that says all, else a workbook, which takes a process to read."""
    lines = [list(head.values()), *([row.get(key, "") for key in head] for row in rows)]
    values = [value for line in lines for value in line]
    if before or not all(isinstance(value, str) and not value.startswith("=") for value in values):
        return workbook(lines, before=before)
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return upload("名单.csv", text.getvalue().encode("utf-8-sig"))
