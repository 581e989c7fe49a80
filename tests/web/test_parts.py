"""Each part and frame renders, in both languages, and says what it is to those who do not see it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from trueline import web
from trueline.web.samples import styleguide_context
from trueline.web.templatetags.ui import _drawn

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
PARTS = Path(web.__file__).parent / "templates" / "ui"
SAMPLED_ELSEWHERE = {
    "ui/palette_hits.html": "what the palette of the style guide is given when it is opened",
    "ui/switcher.html": "in the rail of who is a member of two workspaces",
    "ui/toasts.html": "said by the page that follows an action",
}
FRAME = {
    "workspace": {"name": "Nordlicht IT", "slug": "nordlicht"},
    "nav": [{"label": "Findings", "url": "/f", "count": 3, "current": True, "key": "f"}],
    "crumbs": [("Nordlicht IT", "/"), ("Findings", "")],
}


class Page(HTMLParser):
    """Reads a page: whether its elements nest, the ids it gives and those it points at."""

    def __init__(self, text):
        super().__init__()
        self.open, self.faults, self.ids, self.pointed = [], [], [], []
        self.feed(text)
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.ids += [named["id"]] if "id" in named else []
        for attribute in ("for", "aria-labelledby", "aria-describedby", "popovertarget"):
            self.pointed += (named.get(attribute) or "").split()
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def request(**cookies):
    made = RequestFactory().get("/styleguide")
    made.COOKIES.update(cookies)
    return made


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_style_guide_is_well_formed_and_its_references_lead_somewhere(language):
    with translation.override(language):
        page = Page(render_to_string("web/styleguide.html", {**styleguide_context(), **FRAME}, request=request()))
    assert page.faults == []
    assert sorted(page.ids) == sorted(set(page.ids))
    assert [name for name in page.pointed if name not in page.ids] == []


def test_every_part_has_a_sample_in_the_style_guide(world, signed_in):
    world.owner.is_staff = True
    world.owner.save(update_fields=["is_staff"])
    _drawn.cache_clear()  # a mark that an earlier page drew is not drawn again
    shown = {template.name for template in signed_in(world.owner).get("/styleguide").templates}
    assert PARTS.is_dir()
    parts = {f"ui/{path.name}" for path in PARTS.glob("*.html")}
    assert parts - shown - SAMPLED_ELSEWHERE.keys() == set()
    assert SAMPLED_ELSEWHERE.keys() - parts == set()


def test_the_page_carries_its_language():
    for language in ("en", "de"):
        with translation.override(language):
            assert f'<html lang="{language}"' in render_to_string("web/base.html", FRAME, request=request())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_is_there_before_any_script_runs(theme):
    assert f'data-theme="{theme}"' in render_to_string("web/base.html", FRAME, request=request(theme=theme))


def test_a_theme_nobody_offers_is_not_written_into_the_page():
    text = render_to_string("web/base.html", FRAME, request=request(theme='"><script>'))
    assert "data-theme" not in text
    assert "><script>" not in text


def test_the_scope_is_always_in_sight():
    everywhere = render_to_string("web/base.html", FRAME, request=request())
    one = render_to_string("web/base.html", {**FRAME, "environment": {"name": "Kettler"}}, request=request())
    assert "All environments" in everywhere
    assert "All environments" not in one
    assert re.search(r'class="scope">.*Kettler', one, re.DOTALL)


@pytest.mark.parametrize("status", ["400", "403", "403_csrf", "404", "429", "500"])
def test_an_error_page_needs_no_request_and_echoes_nothing_of_it(status):
    bare = render_to_string(f"{status}.html")
    asked = render_to_string(f"{status}.html", request=RequestFactory().get("/w/secret-name/?q=secret-query"))
    assert bare == asked
    assert Page(bare).faults == []


def test_not_found_is_the_same_bytes_for_everyone():
    first, second = (render_to_string("404.html", request=RequestFactory().get(path)) for path in ("/a", "/b"))
    assert first == second


def test_a_part_shows_its_body_and_escapes_its_fields():
    text = render('{% part "card" title=title %}<b>body</b>{% endpart %}', title="<i>")
    assert "<b>body</b>" in text
    assert "&lt;i&gt;" in text


def test_a_severity_has_a_shape_and_a_word():
    text = render('{% severity "high" %}')
    assert "<svg" in text
    assert "High" in text
    assert "tone-high" in text


def test_a_disabled_button_says_why():
    text = render('{% include "ui/button.html" with label="Publish" reason="Your role may not publish." %}')
    assert "disabled" in text
    assert "Your role may not publish." in text
    assert Page(text).pointed == ["why-publish"]


@pytest.mark.parametrize(
    ("reason", "words"),
    [("nothing", "found nothing"), ("unread", "Not looked yet"), ("denied", "no permission")],
)
def test_an_empty_state_says_why_it_is_empty(reason, words):
    assert words in render('{% include "ui/empty.html" with reason=reason %}', reason=reason)


def test_progress_without_a_known_total_has_no_value():
    assert "value=" not in render('{% include "ui/progress.html" with label="Reading" %}')
    assert 'value="0" max="7"' in render('{% include "ui/progress.html" with label="Reading" value=0 max=7 %}')


def test_a_value_that_was_not_read_is_hatched_and_one_that_is_not_set_is_not():
    unread = render('{% include "ui/diff.html" with left="mfa" right_absent="unread" %}')
    absent = render('{% include "ui/diff.html" with left="mfa" right_absent="absent" %}')
    assert "hatched" in unread
    assert "Not read" in unread
    assert "hatched" not in absent
    assert "Not set" in absent


def test_an_unknown_value_in_a_list_reads_not_known():
    assert "Not known" in render('{% include "ui/kv.html" with pairs=pairs %}', pairs=[("Owner", None)])


def test_a_bar_of_shares_is_placed_by_attributes_alone():
    text = render("{% shares parts 'Coverage' %}", parts=[("good", "Complete", 3), ("unread", "Not read", 1)])
    assert 'x="75.000%" width="25.000%"' in text
    assert "style=" not in text


def test_a_toast_links_the_record_it_names():
    message = SimpleNamespace(level_tag="success", extra_tags="/w/n/findings/1", __str__=str)
    text = render('{% include "ui/toasts.html" %}', messages=[message])
    assert 'href="/w/n/findings/1"' in text


@pytest.mark.parametrize(("layout", "classes"), [("entrance", {"plain"}), ("manage", {"plain", "plain-wide"})])
def test_the_sign_in_library_wears_our_frame(layout, classes):
    text = render_to_string(f"allauth/layouts/{layout}.html", request=request())
    found = re.search(r'<div class="(plain[^"]*)"', text)
    assert found
    assert set(found[1].split()) == classes
    assert Page(text).faults == []
