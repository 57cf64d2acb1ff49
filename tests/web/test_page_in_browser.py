"""The page in a real browser: `NLPRNN_BROWSER=/usr/bin/chromium python -m pytest tests/web/test_page_in_browser.py`.

It needs `pip install playwright` and a Chromium, and takes ten seconds, so that the suite leaves it out.
"""

from __future__ import annotations

import os

import pytest

BROWSER = os.environ.get("NLPRNN_BROWSER")
pytestmark = pytest.mark.skipif(not BROWSER, reason="NLPRNN_BROWSER names no browser")


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as api:
        started = api.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(params=["light", "dark", "narrow"])
def page(browser, address, request):
    """The page, whose requests, faults and violations of its policy are collected."""
    size = {"width": 320, "height": 640} if request.param == "narrow" else {"width": 1200, "height": 800}
    context = browser.new_context(color_scheme="dark" if request.param == "dark" else "light", viewport=size)
    page = context.new_page()
    urls, faults = [], []
    page.on("request", lambda one: urls.append(one.url))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    page.wait_for_function("document.querySelectorAll('#model option').length > 0")
    yield page
    assert not faults
    assert all(url.startswith(address) for url in urls)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")  # nothing is cut off
    context.close()


def choose(page, name):
    page.select_option("#model", name)


def answered(page):
    page.wait_for_function("!document.querySelector('#go').disabled")
    return page.locator("#answer")


def test_page_answers_for_each_kind_of_model(page):
    choose(page, "classifier")
    page.fill("#text", "the <b>cat</b> sat")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#answer mark")
    answer = answered(page)
    assert "the <b>cat</b> sat" in answer.inner_text()
    assert answer.locator("meter").count() == 3
    choose(page, "tagger")
    page.fill("#text", "😀 the cat sat")
    page.click("#go")
    page.wait_for_selector("#answer .text")
    assert "the" in answered(page).inner_text()
    choose(page, "translator")
    page.fill("#text", "The cat sat")
    page.click("#go")
    page.wait_for_selector("#answer table")
    assert answered(page).locator("thead th").count() >= 3
    choose(page, "generator")
    page.fill("#text", "The")
    page.fill("#length", "40")
    page.fill("#seed", "1")
    page.click("#go")
    page.wait_for_selector("#answer .text")
    assert answered(page).inner_text().startswith("The")


def test_page_is_used_by_keyboard_alone(page):
    page.select_option("#model", "classifier")
    page.focus("#model")
    order = []
    for _ in range(3):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id"))
    assert order[:2] == ["text", "go"]
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
