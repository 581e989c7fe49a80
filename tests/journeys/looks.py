"""What is looked at on a page: accessibility, width, language, weight."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.translation import override
from django.utils.translation.trans_real import translation
from playwright.sync_api import Page

_GRAVE = {"serious", "critical"}
_RUN_AXE = """(rules) => axe.run(document, { preload: false, resultTypes: ["violations"], runOnly: rules })"""
_EVERY_RULE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OF_THE_LOOK = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""Rules that colours and sizes decide; all others say the same of a page in every look."""
_TEXTS = """() => {
  const said = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const held = walker.currentNode.parentElement;
    if (!held.closest("script, style, code, pre, .diff-path, [lang]:not(html)")) said.push(walker.currentNode.data);
  }
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    if (one.closest("[lang]:not(html)")) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) said.push(one.getAttribute(name) || "");
  }
  return said.map((text) => text.trim().replace(/\\s+/g, " ")).filter((text) => /[a-z]{2}/i.test(text));
}"""
_HOLE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]")
_SHORTEST = 4
_PROPERTIES = {"name", "State"}
"""Words of Microsoft's own, shown as they are, that are messages by coincidence."""


@cache
def axe_source() -> str:
    """The checker of accessibility, from its package."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def grave_barriers(page: Page, *, of_the_look: bool = False) -> list[str]:
    """What axe calls serious or critical on the page that is open; or only what its colours and sizes decide."""
    page.evaluate(axe_source())
    found: dict[str, Any] = page.evaluate(_RUN_AXE, _OF_THE_LOOK if of_the_look else _EVERY_RULE)
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]} {(node['any'] or [{}])[0].get('message', '')}"
        for one in found["violations"]
        if one["impact"] in _GRAVE
        for node in one["nodes"][:3]
    ]


def sideways(page: Page) -> str:
    """What is wider than the window; empty when nothing is."""
    return str(
        page.evaluate("""() => {
          const room = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= room) return "";
          const wide = [...document.querySelectorAll("body *")].filter(
            (one) => one.getBoundingClientRect().right > room + 1);
          return wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" | ") || "the page itself";
        }""")
    )


def squeezed(page: Page) -> str:
    """What has so little room that it is read letter by letter; empty when nothing has."""
    return str(
        page.evaluate("""() => {
          const isSqueezed = (one) => {
            const own = [...one.childNodes].filter((node) => node.nodeType === 3);
            const said = own.map((node) => node.data.trim()).join("");
            const { width, height } = one.getBoundingClientRect();
            return said.length > 8 && width > 1 && width < 32 && height > 100;
          };
          const found = [...document.querySelectorAll("main *")].filter(isSqueezed);
          return found.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" | ");
        }""")
    )


def texts(page: Page) -> list[str]:
    """Everything that a reader of the page reads or hears, except what names another language as its own."""
    found: list[str] = page.evaluate(_TEXTS)
    return found


@cache
def english_only() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Messages that German has other words for: as they stand, and as patterns where something is filled in."""
    with override("de"):
        catalogue = translation("de")
    plain, filled = set(), []
    for key, german in catalogue._catalog.items():
        message = key[0] if isinstance(key, tuple) else key
        message = message.rpartition("\x04")[2]
        if not message or german == message or len(message) < _SHORTEST:
            continue
        if not _HOLE.search(message):
            plain.add(_flat(message))
        elif len(_HOLE.sub("", message).strip(" .,:()")) > 8:
            filled.append(re.compile(".+".join(map(re.escape, _HOLE.split(_flat(message))))))
    german_too = {_flat(text) for _key, text in catalogue._catalog.items() if isinstance(text, str)}
    return frozenset(plain - german_too - _PROPERTIES), tuple(filled)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip())


def english(found: list[str]) -> list[str]:
    """The texts that are English messages of the catalogue, on a page that should be German."""
    plain, filled = english_only()
    return [text for text in found if text in plain or any(one.fullmatch(text) for one in filled)]
