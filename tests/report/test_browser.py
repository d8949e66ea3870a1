"""The page in a real browser: it draws, it answers, it asks nobody for anything."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
LOCAL = ("file:", "data:", "blob:")
Files = Callable[[str], Path]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on the path: install the package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()


class _Visit:
    """A page in the browser with what it said and asked for."""

    def __init__(self, browser: object, path: Path, *, width: int, theme: str) -> None:
        self.page = browser.new_page(  # type: ignore[attr-defined]
            viewport={"width": width, "height": 900}, color_scheme=theme
        )
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on(
            "console",
            lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda d: (self.said.append(d.message), d.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html.drawn", timeout=30_000)

    def quiet(self) -> bool:
        return not self.said and all(url.startswith(LOCAL) for url in self.asked)


@pytest.mark.parametrize(
    ("lang", "theme", "width"),
    [
        ("en", "light", 1280), ("en", "dark", 390), ("zh", "dark", 1280), ("zh", "light", 390),
        ("en", "light", 390), ("en", "dark", 1280), ("zh", "light", 1280), ("zh", "dark", 390),
    ],
)  # fmt: skip
def test_the_page_draws_quietly_everywhere(
    browser: object, page_files: Files, lang: str, theme: str, width: int
) -> None:
    visit = _Visit(browser, page_files(lang), width=width, theme=theme)
    page = visit.page
    try:
        assert page.get_attribute("html", "lang") == {"en": "en", "zh": "zh-CN"}[lang]
        assert page.locator("figure.ready .live svg").count() == 14
        assert page.locator("figure.failed").count() == 0
        marks = page.locator("#figure-frontiers .live svg path").count()
        assert marks > (100 if width > 1000 else 60)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(20, 23, 27)") is (theme == "dark")
        assert visit.quiet(), visit.said
    finally:
        page.close()


def test_texts_of_the_main_chart_do_not_collide(browser: object, page_files: Files) -> None:
    for lang, width in (("en", 1280), ("zh", 1280), ("en", 390)):
        visit = _Visit(browser, page_files(lang), width=width, theme="light")
        collisions = visit.page.evaluate(
            """() => {
              const texts = [...document.querySelectorAll('#figure-frontiers .live svg text')]
                .filter((t) => t.textContent.trim());
              const boxes = new Map(
                texts.map((t) => [t.textContent + Math.round(t.getBoundingClientRect().x), t])
              );
              const all = [...boxes.values()]
                .map((t) => [t.textContent, t.getBoundingClientRect()]);
              const found = [];
              all.forEach(([a, p], i) => all.slice(i + 1).forEach(([b, q]) => {
                const across = Math.min(p.right, q.right) - Math.max(p.left, q.left);
                const down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
                if (across > 1 && down > 3) found.push(`${a} / ${b}`);
              }));
              return found;
            }"""
        )
        visit.page.close()
        assert collisions == []


def test_a_dot_tells_about_its_model(browser: object, page_files: Files) -> None:
    visit = _Visit(browser, page_files("en"), width=1280, theme="light")
    page = visit.page
    page.evaluate("document.querySelector('#figure-frontiers').scrollIntoView({block: 'center'})")
    page.wait_for_timeout(600)
    dots = page.locator("#figure-frontiers .live path[aria-label*='Model: Kimi K3']")
    assert dots.count() >= 1
    box = dots.first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#vg-tooltip-element.visible", timeout=5_000)
    text = page.inner_text("#vg-tooltip-element")
    page.close()
    assert "Kimi K3" in text
    assert "Moonshot" in text
    assert "16 July 2026" in text
    assert visit.quiet(), visit.said


def test_the_theme_can_be_turned_and_is_kept(browser: object, page_files: Files) -> None:
    visit = _Visit(browser, page_files("en"), width=1280, theme="light")
    page = visit.page
    line = "#figure-frontiers .live svg .mark-line path[stroke]"
    colour = f"getComputedStyle(document.querySelector('{line}')).stroke"
    before = page.evaluate(colour)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("button.theme")
    page.keyboard.press("Enter")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.get_attribute("button.theme", "aria-pressed") == "true"
    assert page.evaluate(colour) != before
    page.reload()
    page.wait_for_selector("html.drawn", timeout=30_000)
    assert page.get_attribute("html", "data-theme") == "dark"
    page.click("button.theme")
    assert page.get_attribute("html", "data-theme") == "light"
    page.close()
    assert visit.quiet(), visit.said


def test_charts_are_drawn_anew_for_another_width(browser: object, page_files: Files) -> None:
    visit = _Visit(browser, page_files("en"), width=1280, theme="light")
    page = visit.page
    assert page.get_attribute("#figure-frontiers", "data-drawn") == "wide"
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_selector("#figure-frontiers[data-drawn=narrow]", timeout=10_000)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
    assert visit.quiet(), visit.said


def test_print_and_no_script_show_pictures(browser: object, page_files: Files) -> None:
    visit = _Visit(browser, page_files("en"), width=1280, theme="dark")
    visit.page.emulate_media(media="print")
    assert visit.page.locator("#figure-frontiers .static svg").is_visible()
    assert not visit.page.locator("#figure-frontiers .live").is_visible()
    paper = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    assert len(visit.page.pdf(format="A4")) > 50_000
    visit.page.close()
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(page_files("zh").as_uri())
    assert page.locator("#figure-frontiers .static svg").is_visible()
    assert page.locator(".theme").is_hidden()
    context.close()


def test_hostile_names_do_nothing(browser: object, hostile_story: object, tmp_path: Path) -> None:
    from headway.report.page import page as html
    from headway.report.story import Story

    assert isinstance(hostile_story, Story)
    path = tmp_path / "hostile.html"
    path.write_text(html(hostile_story), encoding="utf-8")
    visit = _Visit(browser, path, width=1280, theme="light")
    visit.page.close()
    assert visit.quiet(), visit.said
