"""The report opened in a real browser: nothing asked of the network, no error, and a skeleton that is really drawn."""

import io
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


class Visit:
    """What happened while the report was open."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page: Any = None


@pytest.fixture(scope="module")
def visit(made_report: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    from playwright.sync_api import sync_playwright

    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(made_report, encoding="utf-8")
    seen = Visit()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1180, "height": 1000}, color_scheme="light", reduced_motion="reduce")
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("websocket", lambda socket: seen.requests.append(socket.url))
        page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.goto(path.as_uri())
        page.frames[1].wait_for_selector("canvas", timeout=30_000)
        page.wait_for_timeout(2500)
        seen.page = page
        yield seen
        browser.close()


def colours(png: bytes) -> dict[str, int]:
    """Count blue, orange and distinct colours in the middle of the view, where no control or notice lies over it."""
    from PIL import Image

    view = Image.open(io.BytesIO(png)).convert("RGB")
    width, height = view.size
    middle = view.crop((round(0.34 * width), round(0.05 * height), round(0.66 * width), round(0.95 * height)))
    pixels = list(middle.get_flattened_data())
    return {
        "blue": sum(1 for r, g, b in pixels if b > 130 and b - r > 80),
        "orange": sum(1 for r, g, b in pixels if r > 140 and r - b > 80),
        "distinct": len(set(pixels)),
    }


def test_only_this_file_is_ever_asked_for(visit: Visit) -> None:
    assert [url for url in visit.requests if not url.startswith(("file:", "data:", "blob:", "about:"))] == []
    assert len([url for url in visit.requests if url.startswith("file:")]) == 1


def test_the_page_raises_no_error(visit: Visit) -> None:
    assert visit.errors == []


def test_the_skeleton_is_really_drawn_with_its_left_and_its_right(visit: Visit) -> None:
    canvas = visit.page.frames[1].query_selector("canvas")
    shots = []
    for _ in range(
        8
    ):  # the viewer rebuilds the scene whenever playback starts over, so that one shot may find it empty
        shots.append(colours(canvas.screenshot()))
        if shots[-1]["blue"] > 100:
            break
        visit.page.wait_for_timeout(400)
    assert shots[-1]["distinct"] > 200
    assert shots[-1]["blue"] > 100
    assert shots[-1]["orange"] > 100


def test_the_scene_plays_by_itself(visit: Visit) -> None:
    canvas = visit.page.frames[1].query_selector("canvas")
    first = canvas.screenshot()
    visit.page.wait_for_timeout(1000)
    assert canvas.screenshot() != first


def test_every_figure_is_drawn(visit: Visit) -> None:
    sources = visit.page.query_selector_all("script[data-figure]")
    drawn = visit.page.query_selector_all(".js-plotly-plot svg.main-svg")
    assert len(sources) == 8
    assert len(drawn) >= len(sources)


def test_a_hostile_name_runs_nothing(visit: Visit) -> None:
    assert visit.page.query_selector("img") is None
    assert visit.page.query_selector("dd").inner_text() == "</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("width", [390, 820, 1180])
def test_the_page_fits_a_phone_a_tablet_and_a_screen_without_sideways_scrolling(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 1000})
    visit.page.wait_for_timeout(400)
    assert visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
