"""Draws the picture that chats and networks show beside a link to an installation.

    python -m tools.social_picture

Writes the SVG from the product's own mark and tokens, and the PNG beside it with the browser that the tests use.
"""

from __future__ import annotations

import re
import sys
from base64 import b64encode
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.browser import browser_path

STATIC = Path(__file__).parents[1] / "src" / "trueline" / "web" / "static"
SVG, PNG = STATIC / "img" / "social.svg", STATIC / "img" / "social.png"
WIDTH, HEIGHT = 1200, 630
_TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), #[0-9a-f]{6}\)")
_ROWS = (("good", "good", "high", "good", "good"), ("good", "unread", "good", "critical", "good"))


def picture() -> str:
    """The SVG: name, promise, and a strip of the heat with one part that was not read."""
    colour = dict(_TOKEN.findall((STATIC / "css" / "tokens.css").read_text(encoding="utf-8")))
    cells = "".join(
        _cell(tone, 96 + 132 * column, 432 + 56 * row, colour)
        for row, tones in enumerate(_ROWS)
        for column, tone in enumerate(tones)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<defs><pattern id="hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M0 0v9" stroke="{colour["hatch-line"]}" stroke-width="3"/></pattern></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colour["paper"]}"/>'
        f'<path d="M1008 0v330" stroke="{colour["ink-3"]}" stroke-width="6"/>'
        f'<path d="M966 330h84l16 42-58 116-58-116z" fill="{colour["accent"]}"/>'
        f'<g font-family="Inter Variable, Inter, sans-serif" fill="{colour["ink"]}">'
        f'<text x="92" y="196" font-size="104" font-weight="660" letter-spacing="-3">Trueline</text>'
        f'<text x="96" y="278" font-size="38" fill="{colour["ink-2"]}">What differs, what it means,</text>'
        f'<text x="96" y="330" font-size="38" fill="{colour["ink-2"]}">and what to do first.</text></g>'
        f"{cells}</svg>\n"
    )


def _cell(tone: str, x: int, y: int, colour: dict[str, str]) -> str:
    fill = "url(#hatch)" if tone == "unread" else colour[f"{tone}-soft"]
    edge = colour["edge"] if tone == "unread" else colour[tone]
    return f'<rect x="{x}" y="{y}" width="120" height="44" rx="8" fill="{fill}" stroke="{edge}" stroke-width="2"/>'


def main() -> int:
    """Write both files; 1 without a browser."""
    SVG.write_text(picture(), encoding="utf-8")
    path = browser_path()
    if path is None:
        print("There is no chromium to draw the PNG with.", file=sys.stderr)
        return 1
    font = b64encode((STATIC / "vendor" / "inter" / "inter-latin-wght-normal.woff2").read_bytes()).decode()
    face = f"@font-face{{font-family:'Inter Variable';src:url(data:font/woff2;base64,{font});font-weight:100 900}}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_content(f"<style>{face}body{{margin:0}}svg{{display:block}}</style>{picture()}")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=PNG)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
