"""A PDF is set in a process of its own that reaches no network and no file but static ones, and fails in words."""

import logging
import socket
import sys

import pytest

from membership import pdf, pdf_press
from tests.files import pdf_sizes, pdf_text

FAILED = "文件未能生成，请稍后重试"


def lacking(package):
    return f"文件暂时无法生成：服务器缺少系统组件 {package}"


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a program of this name and text before all others."""

    def put(name, text):
        file = tmp_path / name
        file.write_text(text)
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return put


def refusal(html):
    with pytest.raises(pdf.PdfUnavailable) as refused:
        pdf.press(html)
    return str(refused.value), refused.value.package


def test_a_page_becomes_a_paper_of_its_size(press):
    content = pdf.press("<style>@page { size: A4 landscape }</style><p>会员之家<p style='break-before: page'>第二页")
    assert pdf_text(content) == ["会员之家", "第二页"]
    assert pdf_sizes(content) == [(297, 210), (297, 210)]
    assert "weasyprint" not in sys.modules  # it stays out of the process that asked


def test_a_paper_is_in_the_language_of_the_association(press, settings):
    paper = ("pdf/commitment_letter.html", {"association": {"name": "示范协会"}, "unit": {"name": "", "uscc": ""}})
    (chinese,) = pdf_text(pdf.render(*paper))
    assert chinese.startswith("申请材料真实性承诺书示范协会：")
    settings.LANGUAGE_CODE = "en"
    (english,) = pdf_text(pdf.render(*paper))
    assert english.startswith("LetterofcommitmentTo示范协会:")


def test_static_files_and_data_are_read(press):
    data = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"
    page = f'<link rel=stylesheet href=/static/pdf/paper.css><div class=certificate><img src="{data}">证书</div>'
    assert pdf_sizes(pdf.press(page)) == [(297, 210)]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static//etc/hostname",
        "/media/x.png",
        "//static/pdf/paper.css",
        "https://portal.invalid.example.org/static/pdf/paper.css",
        "ftp://127.0.0.1/static/pdf/paper.css",
    ],
)
def test_nothing_else_is_read(press, address):
    assert refusal(f'<img src="{address}">') == (FAILED, "")


def test_no_network_is_reached(press):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        assert refusal(f'<link rel=stylesheet href="http://127.0.0.1:{port}/static/pdf/paper.css">') == (FAILED, "")
        with pytest.raises(BlockingIOError):
            server.accept()


def test_own_file_is_one_below_a_root(tmp_path):
    inside, outside = tmp_path / "static", tmp_path / "secret"
    inside.mkdir()
    (inside / "a b.css").write_text("p {}")
    outside.write_text("secret")
    (inside / "link").symlink_to(outside)

    def found(path):
        return pdf_press.own_file(pdf_press.ORIGIN + path, [tmp_path / "nowhere", inside])

    assert found("/static/a%20b.css") == inside / "a b.css"
    assert [found(path) for path in ("/static/../secret", "/static/link", "/static/", "/a b.css")] == [None] * 4


def test_a_missing_library_is_named(tmp_path, monkeypatch, caplog):
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    package = "libpangoft2-1.0-0"
    assert refusal("<p>会员") == (lacking(package), package)
    assert caplog.record_tuples == [
        ("membership.pdf", logging.ERROR, f"no PDF of paper: the package {package} is not installed")
    ]


def test_a_missing_font_is_named(press, program):
    program("fc-list", "#!/bin/sh\n")
    assert refusal("<p>会员") == (lacking("fonts-noto-cjk"), "fonts-noto-cjk")


def test_a_machine_that_cannot_list_its_fonts_is_trusted(press, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pdf_text(pdf.press("<p>OK")) == ["OK"]


def test_a_paper_that_takes_too_long_is_given_up(monkeypatch, caplog):
    monkeypatch.setattr(pdf, "WITHIN_SECONDS", 0.001)
    assert refusal("<p>会员") == (FAILED, "")
    assert [record.getMessage() for record in caplog.records] == ["no PDF of paper: no answer in time"]


def test_a_paper_that_needs_too_much_memory_is_given_up(press):
    heavy = "data:image/svg+xml," + "x" * 200_000_000
    assert refusal(f'<img src="{heavy}">') == (FAILED, "")
