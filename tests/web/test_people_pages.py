"""Members, invitations, workspaces and the ways in."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.worlds import World
from trueline.kit.database.context import within
from trueline.workspaces import access
from trueline.workspaces.actions import make_sign_in_link
from trueline.workspaces.models import EnvironmentGrant, Invitation, Membership, User

PASSWORD = "a-long-and-rare-password"


def address(world: World, name, *parts):
    return reverse(name, args=[world.workspace.slug, *parts])


def text(answer):
    return " ".join(answer.content.decode().split())


def membership(world: World, user):
    with world.inside():
        return Membership.objects.get(user=user)


def invited(world: World, signed_in, email="new@example.org", role="viewer"):
    browser = signed_in(world.owner)
    answer = browser.post(address(world, "invite"), {"email": email, "role": role}, follow=True)
    return browser, re.search(r"http://testserver(/join/[^<]+)</code>", answer.content.decode())[1]


def test_an_invitation_link_is_shown_once(world, signed_in):
    browser, link = invited(world, signed_in)
    page = text(browser.get(address(world, "members")))
    assert link not in page
    assert "new@example.org" in page


def test_an_invited_person_makes_an_account_and_joins(world, signed_in):
    _browser, link = invited(world, signed_in)
    visitor = Client()
    assert "You are invited to Acme" in text(visitor.get(link))
    signup = visitor.post(link)
    assert signup.url.startswith("/account/signup/")
    form = {"email": "New@example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert visitor.post("/account/signup/", {**form, "email": "other@example.org"}).status_code == 200
    assert not User.objects.filter(email="other@example.org").exists()
    assert visitor.post("/account/signup/", form).url == link
    assert visitor.post(link, follow=True).redirect_chain[-1][0] == "/w/acme/"
    assert [door.role for door in access.doors(User.objects.get(email="new@example.org"))] == ["viewer"]


def test_nobody_signs_up_unasked(db):
    answer = Client().post("/account/signup/", {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code in {200, 302, 403}
    assert not User.objects.filter(email="x@example.org").exists()


def test_an_invitation_is_good_for_its_own_address_only(world, signed_in):
    _browser, link = invited(world, signed_in)
    other = signed_in(world.stranger)
    assert "This invitation is for somebody else" in text(other.get(link))
    assert other.post(link).status_code == 410


def test_a_withdrawn_invitation_opens_nothing(world, signed_in):
    browser, link = invited(world, signed_in)
    with world.inside():
        invitation = Invitation.objects.get()
    here = address(world, "invitation_withdraw", invitation.pk)
    assert "The invitation was withdrawn." in text(browser.post(here, follow=True))
    assert browser.post(here).status_code == 404
    assert Client().get(link).status_code == 410
    assert Client().post(link).status_code == 410


def test_only_who_manages_members_withdraws(world, signed_in):
    invited(world, signed_in)
    with world.inside():
        here = address(world, "invitation_withdraw", Invitation.objects.get().pk)
    assert signed_in(world.viewer).post(here).status_code == 403
    assert signed_in(world.stranger).post(here).status_code == 404
    assert signed_in(world.owner).get(here).status_code == 405


@pytest.mark.parametrize(
    "given", [{}, {"email": "no address", "role": "viewer"}, {"email": "a@b.example", "role": "god"}]
)
def test_a_bad_invitation_is_refused_beside_its_field(given, world, signed_in):
    answer = signed_in(world.owner).post(address(world, "invite"), given)
    assert answer.status_code == 422
    assert "field-errors" in text(answer)


def test_a_role_is_changed(world, signed_in):
    member = membership(world, world.viewer)
    answer = signed_in(world.owner).post(address(world, "member_role", member.pk), {"role": "operator"}, follow=True)
    assert "has another role now" in text(answer)
    assert membership(world, world.viewer).role == "operator"


def test_the_last_owner_stays(world, signed_in):
    member, browser = membership(world, world.owner), signed_in(world.owner)
    for name, given in (("member_role", {"role": "viewer"}), ("member_remove", {})):
        page = text(browser.post(address(world, name, member.pk), given, follow=True))
        assert "This is the last owner of the workspace." in page
        assert "Make somebody else an owner first" in page
    assert membership(world, world.owner).role == "owner"


def test_a_removed_member_is_out_at_once(world, signed_in):
    viewer, member = signed_in(world.viewer), membership(world, world.viewer)
    assert viewer.get(address(world, "workspace_home")).status_code == 200
    signed_in(world.owner).post(address(world, "member_remove", member.pk))
    assert viewer.get(address(world, "workspace_home")).status_code == 404


def test_a_member_is_narrowed_and_widened_again(world, signed_in):
    browser, member = signed_in(world.owner), membership(world, world.operator)
    given = {"environment": str(world.environment.pk), "effect": "include", "role": "viewer"}
    page = text(browser.post(address(world, "member_narrow", member.pk), given, follow=True))
    assert "only North" in page
    operator = signed_in(world.operator)
    assert operator.get(address(world, "environment", "south")).status_code == 404
    assert operator.get(address(world, "environment", "north")).status_code == 200
    assert operator.get(address(world, "upload", "north")).status_code == 403
    here = address(world, "member_widen", member.pk, world.environment.pk)
    assert signed_in(world.viewer).post(here).status_code == 403
    assert browser.get(here).status_code == 405
    assert "The limit was lifted." in text(browser.post(here, follow=True))
    with world.inside():
        assert not EnvironmentGrant.objects.exists()
    assert operator.get(address(world, "environment", "south")).status_code == 200


def test_nobody_is_given_more_than_their_role_by_an_environment(world, signed_in):
    given = {"environment": str(world.environment.pk), "effect": "include", "role": "owner"}
    here = address(world, "member_narrow", membership(world, world.viewer).pk)
    assert "more rights" in text(signed_in(world.owner).post(here, given, follow=True))


def test_a_bad_choice_changes_nothing(world, signed_in):
    browser, member = signed_in(world.owner), membership(world, world.viewer)
    assert browser.post(address(world, "member_narrow", member.pk), {"environment": "x"}).status_code == 422
    answer = browser.post(address(world, "member_role", member.pk), {"role": "god"}, follow=True)
    assert "Choose one of the roles." in text(answer)
    assert membership(world, world.viewer).role == "viewer"


def test_a_sign_in_link_asks_first_and_works_once(world):
    link = reverse("sign_in_link", args=[make_sign_in_link(world.owner, actor=access.person(world.owner))])
    visitor = Client()
    assert "Sign in by a link" in text(visitor.get(link))
    assert visitor.post(link, follow=True).redirect_chain[-1][0] == "/w/acme/"
    again = Client().post(link)
    assert again.status_code == 410
    assert "does not sign in" in text(again)


def test_a_person_without_a_workspace_makes_one(db, signed_in):
    browser = signed_in(_lone())
    assert "You belong to no workspace yet" in text(browser.get("/"))
    assert "field-errors" in text(browser.post("/new-workspace", {"name": ""}))
    assert browser.post("/new-workspace", {"name": "Lone & Co"}).url == "/w/lone-co/"
    assert browser.get("/w/lone-co/").status_code == 200


def _lone():
    return User.objects.create_user("lone@example.org", None, name="Lone")


def test_who_has_a_workspace_is_not_asked_to_make_another(world, signed_in):
    assert signed_in(world.owner).get("/new-workspace").status_code == 404
    assert Client().get("/new-workspace").status_code == 302


def test_a_taken_name_is_refused_in_a_sentence(world, signed_in):
    answer = signed_in(_lone()).post("/new-workspace", {"name": "Acme"})
    assert "This address is taken." in text(answer)


def test_who_has_several_workspaces_chooses(world, signed_in):
    with within(world.other_workspace.pk):
        Membership.objects.create(workspace=world.other_workspace, user=world.owner, role="viewer")
    page = text(signed_in(world.owner).get("/"))
    assert "/w/acme/" in page
    assert "/w/elsewhere/" in page
    assert signed_in(world.viewer).get("/").url == "/w/acme/"


def test_the_style_guide_is_for_staff(world, signed_in):
    assert signed_in(world.owner).get("/styleguide").status_code == 404
    User.objects.filter(id=world.owner.pk).update(is_staff=True)
    assert signed_in(world.owner).get("/styleguide").status_code == 200
    assert Client().get("/styleguide").status_code == 302
