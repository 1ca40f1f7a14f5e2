"""Certificates and papers of the demo's units: pages with facts for those under review, mere scans for the others."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from config.demo.files import stamped_receipt
from membership.units.states import WITHOUT_QUALIFICATION, DocumentKind
from membership.units.states import UnitType as T

# The certificate that a unit of this type shows: (group, name, grade).
QUALIFICATIONS = {
    T.CONTRACTOR: ("施工总承包", "建筑工程", "一级"),
    T.SUPERVISION: ("工程监理", "房屋建筑工程", "甲级"),
    T.TESTING: ("建设工程质量检测", "建筑材料及构配件", ""),
    T.APPRAISAL: ("许可及其他", "房屋安全鉴定机构备案", ""),
    T.SURVEY: ("工程勘察", "岩土工程", "甲级"),
    T.DESIGN: ("工程设计", "建筑行业", "甲级"),
    T.COST: ("许可及其他", "工程造价咨询（信用）", ""),
    T.MATERIALS: ("专业承包", "预拌混凝土", ""),
}
OTHERS = ("许可及其他", "安全生产许可证", "")


@dataclass
class Certificate:
    """A qualification certificate as the profile names it."""

    group: str
    name: str
    grade: str
    number: str
    valid_until: object


def certificates(facts, number):
    """What qualifies the unit: one certificate, for contractors the safety licence too. Some run out soon."""
    if facts["unit_type"] in WITHOUT_QUALIFICATION:
        return []
    kinds = [QUALIFICATIONS.get(facts["unit_type"], OTHERS)]
    if facts["unit_type"] == T.CONTRACTOR:
        kinds.append(OTHERS)
    today = timezone.localdate()
    return [
        Certificate(*kind, f"D{facts['province']}{number:04d}{order}", today + timedelta(days=25 + 97 * (number % 11)))
        for order, kind in enumerate(kinds, start=1)
    ]


def page(facts, kind, *, drawn, lines=()):
    """One file of the unit as it would be uploaded; `drawn` says whether its facts can be read on it."""
    title = str(DocumentKind(kind).label)
    if not drawn:
        return SimpleUploadedFile(f"{title}.png", scan())
    about = [
        f"统一社会信用代码：{facts['uscc']}",
        f"法人代表：{facts['legal_representative']}",
        *lines,
        "（本文件为演示内容。）",
    ]
    return SimpleUploadedFile(f"{title}.pdf", stamped_receipt(facts["name"], title, about))


@cache
def scan():
    """A page with illegible lines and a seal, as small as it can be."""
    paper = Image.new("RGB", (620, 877), "#fbfaf5")
    draw = ImageDraw.Draw(paper)
    draw.rectangle((20, 20, 600, 857), outline="#b0a890", width=3)
    draw.rectangle((210, 80, 410, 104), fill="#555555")
    for row in range(18):
        draw.rectangle((70, 160 + row * 32, 520 - row * 37 % 160, 170 + row * 32), fill="#c9c9c9")
    draw.ellipse((400, 690, 540, 830), outline="#c8161d", width=5)
    stream = BytesIO()
    paper.save(stream, "PNG", optimize=True)
    return stream.getvalue()
