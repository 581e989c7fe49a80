"""What people write: its form is kept, and hostile markup comes out as the text that it is."""

from __future__ import annotations

import re

import pytest

from tests.samples import Captured
from trueline.findings.models import FindingMention
from trueline.findings.workflow import is_named
from trueline.web.markdown import rendered
from trueline.workspaces.actions import narrow
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](https://evil.example/pixel.png)",
    "<a href='https://a' onclick='x()'>y</a>",
    "<svg/onload=alert(1)>",
    '<https://a.example/"onmouseover=alert(1)>',
    "[x](https://a.example 'a\" onmouseover=\"alert(1)')",
    "`<script>`",
    '```"><script>x</script>\n</code>\n```',
    "[x]: javascript:alert(1)\n\n[x]",
    "<style>*{display:none}</style>",
)
ALLOWED = re.compile(
    r"</?(p|br|em|strong|code|pre|ul|ol|li|blockquote|h[1-6]|hr)( class=\"language-[^\"<>]*\")?( start=\"\d+\")? ?/?>"
)
LINK = re.compile(r'<a href="(https?://|mailto:)[^"<>]*"( title="[^"<>]*")?>|</a>')


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_markup_is_shown_as_text(attack):
    left = LINK.sub("", ALLOWED.sub("", str(rendered(attack))))
    assert "<" not in left
    assert ">" not in left


def test_form_is_kept():
    told = rendered("**bold**, `code`\n\n- one\n- two\n\n[site](https://example.org)")
    for part in (
        "<strong>bold</strong>",
        "<code>code</code>",
        "<li>one</li>",
        '<a href="https://example.org">site</a>',
    ):
        assert part in told


@pytest.mark.parametrize(
    ("text", "name", "is_so"),
    [
        ("please look, @olga owner.", "Olga Owner", True),
        ("@olga ownership", "Olga Owner", False),
        ("mail@olga owner", "Olga Owner", False),
        ("@ann", "Anna", False),
        ("@a@example.org", "a@example.org", True),
        ("@", "", False),
    ],
)
def test_somebody_is_named_by_the_whole_name(text, name, is_so):
    assert is_named(text, name) is is_so


def test_who_is_named_is_kept_when_they_may_see_the_finding(world, captured: Captured, signed_in):
    finding = captured.findings[0]
    with world.scope() as scope:
        member = Membership.objects.get(user=world.viewer)
        narrow(scope, member.pk, finding.environment_id, GrantEffect.EXCLUDE, actor=scope.actor)
    text = "Look at this, @Operator, @Viewer, @Customer and @stranger@example.org."
    signed_in(world.owner).post(f"/w/acme/findings/{finding.pk}/comment", {"text": text})
    with world.inside():
        assert [one.user for one in FindingMention.objects.select_related("user")] == [world.operator]


def test_a_comment_is_shown_in_its_form_and_harms_nobody(world, captured: Captured, signed_in):
    address = f"/w/acme/findings/{captured.findings[0].pk}"
    signed_in(world.owner).post(f"{address}/comment", {"text": "**Wait** <script>alert(1)</script>"})
    page = signed_in(world.viewer).get(address).content.decode()
    assert "<strong>Wait</strong>" in page
    assert "<script>alert(1)" not in page
