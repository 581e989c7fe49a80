"""The look, held by arithmetic: contrast, colour-blind readers, tokens, and nothing inline that the policy refuses."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import allauth
import pytest

WEB = Path(__file__).parents[2] / "src" / "trueline" / "web"
CSS = WEB / "static" / "css"
TEMPLATES = sorted(WEB.glob("templates/**/*.html"))
THEMES = ("light", "dark")
GROUNDS = ("paper", "surface", "raised", "sunken")
INKS = ("ink", "ink-2", "ink-3", "accent", "accent-strong")
SEVERITIES = ("critical", "high", "medium", "low", "info")
TONES = (*SEVERITIES, "good")
AA_TEXT, AA_SHAPE = 4.5, 3.0
TOLD_APART = 10.0
"""A difference in CIELAB that is seen at a glance; 2.3 is just noticeable side by side."""
SIGHT = {
    # What is missing in an eye, as matrices on linear sRGB (Machado, Oliveira, Fernandes 2009, severity 1).
    "anyone": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}

_TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
_INLINE = {
    "a style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script without an address": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "a htmx expression": re.compile(r"\bhx-(?:on|vals\s*=\s*[\"']js|headers\s*=\s*[\"']js)", re.IGNORECASE),
    "another origin": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}


def tokens(theme: str) -> dict[str, str]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    return {name: (light, dark)[THEMES.index(theme)] for name, light, dark in _TOKEN.findall(text)}


def linear_of(colour: str) -> list[float]:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def difference(one: str, other: str, seen_by: str) -> float:
    """How far two colours are from each other in CIELAB, for an eye."""
    first, second = (_lab([_dot(row, linear_of(colour)) for row in SIGHT[seen_by]]) for colour in (one, other))
    return sum((x - y) ** 2 for x, y in zip(first, second, strict=True)) ** 0.5


def _lab(linear: list[float]) -> tuple[float, float, float]:
    shown = [min(1.0, max(0.0, channel)) for channel in linear]
    x, y, z = (
        _dot(row, shown) / white
        for row, white in (
            ((0.4124, 0.3576, 0.1805), 0.95047),
            ((0.2126, 0.7152, 0.0722), 1.0),
            ((0.0193, 0.1192, 0.9505), 1.08883),
        )
    )
    f, g, h = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * g - 16, 500 * (f - g), 200 * (g - h)


def _dot(row: Sequence[float], vector: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(row, vector, strict=True))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    linear = linear_of(colour)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    on_ground = [(ink, ground, AA_TEXT) for ink in (*INKS, *TONES) for ground in GROUNDS]
    on_own_soft = [(tone, f"{tone}-soft", AA_TEXT) for tone in (*TONES, "accent")]
    ink_on_soft = [(ink, f"{tone}-soft", AA_TEXT) for ink in ("ink", "ink-2") for tone in (*TONES, "accent")]
    edges = [("edge", ground, AA_SHAPE) for ground in GROUNDS]
    return [
        *on_ground,
        *on_own_soft,
        *ink_on_soft,
        *edges,
        ("accent-ink", "accent", AA_TEXT),
        ("accent-ink", "accent-strong", AA_TEXT),
    ]


def test_black_on_white_has_the_highest_contrast_there_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), pairs())
def test_every_pair_of_tokens_that_meets_on_a_page_reaches_aa(theme, front, back, least):
    colours = tokens(theme)
    assert contrast(colours[front], colours[back]) >= least


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("seen_by", SIGHT)
def test_severities_and_good_are_told_apart_by_every_eye(theme, seen_by):
    # Shape and word carry the meaning; this keeps two of them from looking the same to anybody.
    colours = tokens(theme)
    near = {pair: difference(colours[pair[0]], colours[pair[1]], seen_by) for pair in combinations(TONES, 2)}
    assert {pair: round(found, 1) for pair, found in near.items() if found < TOLD_APART} == {}


def test_the_eyes_that_are_simulated_confuse_what_they_do_confuse():
    assert difference("#ff0000", "#00a000", "anyone") > 100
    assert difference("#a06000", "#708000", "deuteranopia") < difference("#a06000", "#708000", "anyone") / 2
    assert difference("#8080ff", "#80a0a0", "tritanopia") < difference("#8080ff", "#80a0a0", "anyone") / 2


@pytest.mark.parametrize("sheet", ["layout.css", "parts.css"])
def test_only_the_tokens_name_a_colour(sheet):
    text = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-f]{3,8}\b(?=[^{]*;)|\brgba?\(|\bhsla?\(", text) == []


def test_every_token_that_is_used_is_defined():
    sheets = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CSS.glob("*.css")))
    defined = set(re.findall(r"(--[\w-]+)\s*:", sheets))
    assert set(re.findall(r"var\((--[\w-]+)", sheets)) - defined == set()


def test_lengths_of_the_spacing_scale_lie_on_the_grid_of_four_pixels():
    scale = re.findall(r"--s\d: (\d+)px", (CSS / "tokens.css").read_text(encoding="utf-8"))
    assert len(scale) == 8
    assert all(int(step) % 4 == 0 for step in scale)


def test_what_was_not_read_is_hatched():
    text = (CSS / "parts.css").read_text(encoding="utf-8")
    for selector in (".hatched", ".chip.tone-unread", ".swatch.tone-unread", ".empty-unread"):
        rules = re.findall(re.escape(selector) + r"[^{}]*\{([^}]*)\}", text)
        assert any("var(--hatch)" in rule for rule in rules), selector


def test_motion_and_print_are_looked_after():
    text = (CSS / "layout.css").read_text(encoding="utf-8")
    assert "@media (prefers-reduced-motion: reduce)" in text
    assert "@media print" in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(WEB / "templates").as_posix())
def test_no_template_needs_more_than_the_strict_policy_allows(template):
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [name for name, pattern in _INLINE.items() if pattern.search(text)] == []


def test_what_the_sign_in_library_writes_inline_is_overridden():
    # Changing a phone number and being an identity provider are not mounted here.
    theirs = Path(allauth.__path__[0]) / "templates"
    found = {
        path.relative_to(theirs).as_posix()
        for path in theirs.rglob("*.html")
        if any(pattern.search(path.read_text(encoding="utf-8")) for pattern in _INLINE.values())
    }
    ours = {path.relative_to(WEB / "templates").as_posix() for path in TEMPLATES}
    assert "account/email_change.html" in found
    assert {name for name in found - ours if not name.startswith("idp/")} == {"account/phone_change.html"}


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ('<b style="color:red">', "a style attribute"),
        ("<style>", "a style element"),
        ('<a onclick="x()">', "an event attribute"),
        ("<script>x()</script>", "a script without an address"),
        ('<a href="javascript:x()">', "a javascript address"),
        ('<i hx-on:click="x()">', "a htmx expression"),
        ('<img src="//cdn.example/x.png">', "another origin"),
    ],
)
def test_the_search_for_inline_code_finds_it(bad, name):
    assert _INLINE[name].search(bad)


def test_each_vendored_folder_brings_its_licence():
    folders = [path for path in (WEB / "static" / "vendor").iterdir() if path.is_dir()]
    assert folders
    assert [folder.name for folder in folders if not (folder / "LICENSE").read_text(encoding="utf-8").strip()] == []


def test_what_is_sent_packed_is_what_lies_beside_it():
    packed = list((WEB / "static" / "vendor").glob("*/*.js.gz"))
    assert {path.with_suffix("") for path in packed} == set((WEB / "static" / "vendor").glob("*/*.js"))
    for path in packed:
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes(), path.name


def test_a_first_page_stays_under_150_kilobytes_with_font_and_scripts():
    static = WEB / "static"
    loaded = [
        *CSS.glob("*.css"),
        *(path for path in static.glob("js/*.js") if path.name != "charts.js"),  # a page with charts weighs more
        static / "vendor" / "htmx" / "htmx.min.js.gz",  # as browsers get it
        static / "img" / "favicon.svg",
    ]
    font = static / "vendor" / "inter" / "inter-latin-wght-normal.woff2"
    assert sum(path.stat().st_size for path in [*loaded, font]) < 150_000
