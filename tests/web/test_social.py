"""The picture beside a link: drawn from our own tokens, named on pages for everybody, and on no page of a workspace."""

from __future__ import annotations

import struct

from django.conf import settings
from django.test import Client

from tools.social_picture import HEIGHT, PNG, SVG, WIDTH, picture


def test_the_picture_follows_the_tokens_and_is_small():
    assert SVG.read_text(encoding="utf-8") == picture(), "run python -m tools.social_picture"
    head = PNG.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:]) == (WIDTH, HEIGHT)
    assert PNG.stat().st_size < 60_000


def test_a_page_for_everybody_names_it_by_its_whole_address_and_a_page_of_a_workspace_does_not(world, signed_in):
    named = f'<meta property="og:image" content="{settings.PUBLIC_URL}/static/img/social.png">'
    assert named in Client().get("/account/login/").content.decode()
    assert "og:" not in signed_in(world.owner).get("/w/acme/").content.decode()
