"""Whatever units write: nothing of it runs in a table that is taken away, and every name in the bundle is a name."""

import re
import zipfile

import pytest

from cms.models import NoticePage
from membership.messaging.gateways import memory
from membership.spreadsheets.writing import STARTS_FORMULA
from membership.tracking import actions
from membership.tracking.models import ReminderSettings
from membership.tracking.naming import ENDINGS, file_name, receipt_name
from membership.tracking.states import Export, Occasion
from membership.units.actions import store_document
from membership.units.models import Document, Seat
from membership.units.states import DocumentKind
from tests.cms.conftest import in_days, staff
from tests.cms.staff.test_board import sent_to
from tests.cms.staff.test_exports import content, made
from tests.factories import UnitFactory, clerk
from tests.files import cells, docx, pdf

pytestmark = pytest.mark.django_db

PREFIXES = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000=", "\r\n="]
FORMULA = "HYPERLINK(1)"
DISK = 255  # bytes of a name on the file systems of Linux; those of Windows and macOS take as many characters
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}


@pytest.fixture
def colleague():
    return staff("编辑", name="王编辑")


def returned(page, unit, name, **answer):
    """A receipt with a file called `name`, by a person called so."""
    person = clerk(unit, name=name)
    document = store_document(pdf(), unit=unit, kind=DocumentKind.RECEIPT, by=person)
    Document.objects.filter(pk=document.pk).update(original_name=name)
    delivery = page.deliveries.select_related("unit").get(unit=unit)
    return actions.submit_receipt(delivery, by=person, version=0, document=document, **answer)


def opinions(page, comment):
    return [{"item": item, "choice": "disagree", "comment": comment} for item in page.agenda_items.all()]


def person(text):
    named = dict.fromkeys(("name", "position", "email", "remark"), text)
    return {**named, "mobile": "+8613900000000"}


def harmless(job):
    """Every text of the workbook, once it is certain that none is a formula or begins like one."""
    stream = content(job)
    with zipfile.ZipFile(stream) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert [name for name in sheets if re.search(rb"<f[ >/]", book.read(name))] == []
        assert [name for name in book.namelist() if "externalLink" in name or "vba" in name.lower()] == []
    texts = [text for rows in cells(stream).values() for row in rows for text in row if isinstance(text, str)]
    assert [text for text in texts if text.lstrip(" \u3000").startswith(STARTS_FORMULA)] == []
    return texts


def times(text, texts):
    """In how many cells this text stands, with the apostrophe in front."""
    return sum(each.replace("_x000D_", "\r") == f"'{text}" for each in texts)  # so is it written in a workbook


@pytest.fixture(params=PREFIXES, ids=[repr(prefix) for prefix in PREFIXES])
def evil(request):
    return f"{request.param}{FORMULA}"


def test_a_deliberation_has_no_formula(evil, colleague):
    units = [UnitFactory(certified=True, contact_name=evil, name=f"{evil}{number}") for number in range(4)]
    fields = {"receipt_kind": "deliberation", "deadline": in_days(3), "items": [evil]}
    page = sent_to(*units[:3], title=evil, **fields)
    returned(page, units[0], evil, opinions=opinions(page, evil))
    back = returned(page, units[1], evil, opinions=opinions(page, evil))
    actions.send_back_receipt(back, by=colleague, reason=f"退回 {evil}")

    texts = harmless(made(page, Export.WORKBOOK, colleague))

    assert times(evil, texts) == 1 + 1 + 1 + 1 + 2  # matter, comment, person, file; contact of two that are missing
    assert [times(f"{evil}{number}", texts) for number in range(4)] == [1, 1, 1, 0]
    NoticePage.objects.filter(pk=page.pk).update(deadline=in_days(-1))
    page.refresh_from_db()
    actions.freeze_result(page, by=colleague)
    texts = harmless(made(page, Export.RESULT, colleague))
    assert times(evil, texts) == 1 + 3 + 1 + 1  # the notice; the matter, once for each choice; its column; the comment
    assert [times(f"{evil}{number}", texts) for number in range(4)] == [1, 1, 1, 0]


def test_a_meeting_has_no_formula(evil, colleague):
    units = [UnitFactory(certified=True, name=f"{evil}{number}") for number in range(2)]
    page = sent_to(*units, receipt_kind="attendance", deadline=in_days(3))
    returned(page, units[0], evil, attendees=[person(evil), person(evil)])
    returned(page, units[1], evil, declined_because=evil)
    texts = harmless(made(page, Export.WORKBOOK, colleague))
    assert times(evil, texts) == 2 * 4 + 2 * 2 + 1  # two persons; who returned and the file, twice; the reason
    assert times(f"{evil}0", texts) == 1 + 2


def test_the_list_of_units_that_were_not_reminded_has_no_formula(colleague):
    texts = [f"{prefix}{FORMULA}" for prefix in PREFIXES]
    units = [UnitFactory(certified=True, name=text, contact_name=text, contact_phone=text) for text in texts]
    page = sent_to(*units, receipt_kind="attendance", deadline=in_days(3))
    Seat.objects.filter(unit__in=units).delete()
    settings = ReminderSettings.current()
    settings.quiet_from = settings.quiet_until
    settings.save()
    job = actions.request_reminders(page, by=colleague, occasion=Occasion.UNREAD)
    job.refresh_from_db()
    assert (job.state, memory.outbox) == ("succeeded", [])
    written = harmless(job)
    assert [times(text, written) for text in texts] == [3] * len(texts)


# --- Names ----------------------------------------------------------------------------------------------------------
NAMES = [
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "/etc/passwd",
    "C:\\autoexec.bat",
    "一\u202e二\u200b三\x1b[31m四\x7f\x85",
    "\u2028行\u2029",
    "长" * 300,
    "🏗" * 300,
    "e\u0301" * 300,
    "a" * 300,
    *sorted(RESERVED),
    "con.txt",
    "...",
    " ",
    ".hidden",
    "name. ",
    "'\"`$(rm)&;|<>",
    "~$回执",
    "=1+1",
    "-rf",
]


def sound(name, ending):
    """Whether the name can be unpacked anywhere, and shows itself as what it is."""
    stem = name.removesuffix(ending)
    assert name.endswith(ending)
    assert len(name.encode()) <= DISK
    assert name.isprintable()
    assert set(name).isdisjoint('/\\:*?"<>|')
    assert stem == stem.strip(" .")
    assert not stem.startswith((".", "-", "~"))
    assert name.split(".")[0].upper() not in RESERVED
    return True


@pytest.mark.parametrize(("number", "ending"), [(1, ".pdf"), (99_999, ".docx")])
def test_every_unit_gets_a_name_that_any_disk_takes(number, ending):
    assert all(sound(receipt_name(number, name, ending), ending) for name in NAMES)


@pytest.mark.parametrize("what", list(Export))
def test_the_file_itself_has_a_name_that_any_disk_takes(what):
    assert all(sound(file_name(NoticePage(title=name), what), ENDINGS[what]) for name in NAMES)


def test_the_bundle_unpacks_into_one_folder_with_a_file_for_each_unit(colleague, tmp_path):
    """Also where two units are called the same, or differ in nothing that a name may hold."""
    called = ["../../甲", "甲", "甲/", "甲\u202e", "长" * 100, "长" * 99 + "短", "🏗" * 100, "CON", "=1+1", "..."]
    units = [UnitFactory(certified=True, name=name) for name in called]
    page = sent_to(*units, receipt_kind="attendance", deadline=in_days(3))
    for unit in units:
        returned(page, unit, "../../x.pdf", attendees=[person("王五")])
    with zipfile.ZipFile(content(made(page, Export.BUNDLE, colleague))) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "unpacked")
    assert len({name.casefold() for name in names}) == len(called)
    assert all(sound(name, ".pdf") for name in names)
    assert sorted(path.name for path in (tmp_path / "unpacked").iterdir()) == sorted(names)
    assert [path.name for path in tmp_path.iterdir() if path.name in {"etc", "甲", "x.pdf"}] == []
    assert all((tmp_path / "unpacked" / name).read_bytes().startswith(b"%PDF-") for name in names)


def test_what_a_file_is_called_in_the_bundle_follows_its_content_not_its_name(colleague):
    unit = UnitFactory(certified=True, name="甲")
    page = sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    sender = clerk(unit)
    accept = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",)
    document = store_document(docx("回执.docx"), unit=unit, kind=DocumentKind.RECEIPT, by=sender, accept=accept)
    Document.objects.filter(pk=document.pk).update(original_name="回执.pdf.exe")
    actions.submit_receipt(page.deliveries.get(), by=sender, version=0, document=document)
    with zipfile.ZipFile(content(made(page, Export.BUNDLE, colleague))) as archive:
        assert archive.namelist() == ["0001_甲_回执.docx"]
