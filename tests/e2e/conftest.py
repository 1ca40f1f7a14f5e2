"""A real browser on a live server: headless Chromium, desktop and phone, no error in its console."""

import os

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.factories import PASSWORD

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the thread of the test

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PATIENCE = 30_000  # milliseconds for a page or a condition, on a machine that is busy with other work
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


def pytest_collection_modifyitems(items):
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))


@pytest.fixture(scope="session")
def browser():
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, live_server):
    """Open a page as a person of one's own (own cookies); errors and what the policy refused fail the test."""
    contexts, errors = [], []

    def open_context(size="desktop", **options):
        context = browser.new_context(
            viewport=SIZES[size], base_url=live_server.url, locale="zh-CN", accept_downloads=True, **options
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: "Content Security Policy" in said.text and errors.append(said.text))
        page.on("response", lambda answer: answer.status >= 500 and errors.append(f"{answer.status} {answer.url}"))
        return page

    yield open_context
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def log_in(visit):
    """Log a user in through the login page, as a person does; returns the browser page."""

    def as_user(user, size="desktop", next_url=""):
        page = visit(size)
        page.goto(f"/accounts/login/?next={next_url}" if next_url else "/accounts/login/")
        page.locator("#id_login").fill(str(user.phone).removeprefix("+86"))
        page.locator("#id_password").fill(PASSWORD)
        with page.expect_navigation():
            page.locator("form .btn-submit").click()
        return page

    return as_user
