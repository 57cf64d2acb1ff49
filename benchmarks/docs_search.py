"""Search of the documentation site: typical questions, in a newcomer's words, and the place of the page that answers.

sphinx-build docs build/docs
python benchmarks/docs_search.py

Needs `pip install playwright` and Chromium. The site is opened from the disk; a request to any other place is an error.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote_plus

import click
from playwright.sync_api import sync_playwright

SITE = Path(__file__).resolve().parents[1] / "build" / "docs"
QUESTIONS = {
    "install CPU torch": "first-ten-minutes",
    "own data": "own-data",
    "CSV columns": "data",
    "wrong encoding": "data",
    "resume training": "recipes",
    "how long training": "figures",
    "rare class": "topics",
    "several labels": "topics",
    "long documents": "topics",
    "pretrained word vectors": "own-data",
    "better hyperparameters": "tuning",
    "why predict": "explain",
    "named entities": "tagging",
    "translate languages": "translation",
    "beam search": "command-line",
    "temperature": "text-generation",
    "several GPUs": "processes",
    "fit into memory": "data",
    "serve HTTP": "serving",
    "data frame": "python",
    "own loss": "research",
    "weights nn.LSTM": "research",
    "vanish explode": "equations",
    "TensorBoard": "callbacks",
    "spam": "spam",
    "forecast": "forecasting",
}
"""Search -> the page that answers; a section of `questions`, which links to that page, answers too."""

SHOWN = 3
"""Results among which the answer counts."""


@click.command()
@click.option("--browser", default="/usr/bin/chromium", help="Chromium.")
def main(browser: str) -> None:
    """Search for each question, print the place of the answer, and end with code 1 if one is not among the first."""
    outside, missed = set[str](), 0
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--allow-file-access-from-files"]
        chromium = playwright.chromium.launch(executable_path=browser, args=options)
        page = chromium.new_page()
        page.on("request", lambda request: outside.add(request.url) if request.url.startswith("http") else None)
        for question, answer in QUESTIONS.items():
            page.goto(f"{(SITE / 'search.html').as_uri()}?q={quote_plus(question)}")
            page.wait_for_selector("#search-results p.search-summary, #search-results > p", timeout=20_000)
            page.wait_for_timeout(1000)
            links = [link.get_attribute("href") or "" for link in page.query_selector_all("ul.search li > a")]
            names = [link.split("?")[0].split("#")[0].removesuffix(".html") for link in links]
            place = next((place for place, name in enumerate(names, 1) if name in (answer, "questions")), None)
            missed += place is None or place > SHOWN
            click.echo(f"{question:26} {place or 'none':>4}   {', '.join(dict.fromkeys(names[:SHOWN]))}")
        chromium.close()
    click.echo(f"{len(QUESTIONS) - missed} of {len(QUESTIONS)} answered by one of the first {SHOWN} results")
    if missed or outside:
        raise SystemExit(f"outside: {sorted(outside)}" if outside else 1)


if __name__ == "__main__":
    main()
