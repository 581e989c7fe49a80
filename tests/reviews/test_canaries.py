"""A text planted in every writable field of every model reaches a customer only where this file says why (8.7, D-38).

The models are walked, not listed: a new field is planted by itself, and the test fails when it comes out, when it
cannot be planted, or when a line here has become untrue.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from tests.api.conftest import Caller, key_of
from tests.api.test_every_operation import ask, named
from tests.isolation.factories import FACTORIES, Seeds, columns, tenant_models
from tests.isolation.routes import values_of, workspace_routes
from tests.notices.post import send, trueline
from tests.worlds import World
from trueline.api.declared import OPERATIONS
from trueline.api.urls import urlpatterns
from trueline.audit.models import SealedValue
from trueline.findings.models import Finding, FindingException
from trueline.inventory.models import BaselineAssignment, BaselineVersion
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.notices import registry
from trueline.notices.actions.telling import Wished, wish_for
from trueline.reviews import actions, editions
from trueline.reviews.actions_sharing import share_review
from trueline.reviews.models import Review
from trueline.reviews.rendering.view import view
from trueline.reviews.rules import Audience
from trueline.workspaces.models import User

assert urlpatterns  # makes every operation known

_OF_FINDING = "a finding says what differs and where; addresses in it are pseudonyms"
_CODE = "a word of the product, not of a person"
SHOWN = {
    "workspaces.Workspace.name": "who hands the review out",
    "workspaces.Workspace.slug": "it is in the addresses of the customer's own pages",
    "workspaces.Environment.name": "what the review is of",
    "workspaces.Environment.slug": "how a customer's program names it",
    "reviews.Review.title": "written for the customer",
    "reviews.Review.summary": "written for the customer",
    "inventory.BaselineProfile.name": "what the environment is held to",
    "findings.Finding.subject_name": _OF_FINDING,
    "findings.Finding.path": _OF_FINDING,
    "findings.Finding.object_type": _OF_FINDING,
    "findings.Finding.expected": _OF_FINDING,
    "findings.Finding.observed": _OF_FINDING,
    "findings.FindingException.reason": "why a risk was accepted, and until when, is the customer's to know",
    "findings.FindingException.compensating_control": "what is done instead is the customer's to know",
}
"""What a customer may see of what is written anywhere, each with its reason."""

CODES = {
    "findings.Finding.area", "findings.Finding.facet", "findings.Finding.kind", "findings.Finding.severity",
    "findings.Finding.state", "findings.FindingException.status", "inventory.Snapshot.coverage",
    "inventory.SnapshotArea.area", "inventory.SnapshotArea.coverage", "inventory.SnapshotGap.kind",
}  # fmt: skip
"""Codes that shared code reads as members of an enumeration: nobody writes them, and another word would break it."""

TIED = {
    "audit.AuditEvent": "sealed: the chain would not hold", "audit.AuditHead": "the end of the chain",
    "audit.AuditCheckpoint": "signed", "vault.DataKey": "keys", "vault.SigningKey": "keys",
    "notices.NoticeCursor": "holds no text", "workspaces.RequestWindow": "counts", "reviews.Pack": "signed bytes",
    "workspaces.Workspace": "planted by hand", "workspaces.Environment": "planted by hand",
}  # fmt: skip
"""Rows that hold together by a digest or a key; what people write into them comes from other fields."""

ELSEWHERE = {
    "contenttypes": "names of models", "auth": "groups that nobody uses", "sessions": "browsers that are signed in",
    "account": "sign-in of one person", "socialaccount": "sign-in of one person", "mfa": "second factors of one person",
    "procrastinate": "the queue holds ids",
}  # fmt: skip
"""Apps of libraries, whose rows belong to no workspace and are on no page of one."""

_TEXT = (models.CharField, models.TextField, models.JSONField, SealedValue)


def texts(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a model that a text fits into."""
    keys = {"id", "workspace_id"}
    return [one for one in model._meta.concrete_fields if isinstance(one, _TEXT) and one.name not in keys]


def name_of(one: models.Field[Any, Any]) -> str:
    return f"{one.model._meta.label}.{one.name}"


def canaries() -> dict[str, str]:
    """For each field a word of letters that nothing else says, short enough for the shortest column."""
    letters = "bcdfghjklmnpqrstvwx"
    found = {}
    for number, name in enumerate(sorted(name_of(one) for model in apps.get_models() for one in texts(model))):
        tail = letters[number // 361 % 19] + letters[number // 19 % 19] + letters[number % 19]
        found[name] = f"zqy{tail}"
    return found


CANARIES = canaries()


@dataclass
class Planted(Seeds):
    """Rows of one workspace whose every text is a canary, where the database takes one."""

    whole: set[type[models.Model]] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def one(self, model: type[models.Model]) -> Any:
        if model not in self._made and self._is_free(model):
            with within(self.workspace.pk):
                self._made[model] = self.row(model)
        return super().one(model)

    def every(self) -> list[Any]:
        rows = [self.one(model) for model in tenant_models() if self._is_free(model)]
        untouched = [model for model in tenant_models() if self._is_free(model) and model not in self.whole]
        return [*rows, *map(self.row, untouched)]  # another's factory had made one on the way

    def _is_free(self, model: type[models.Model]) -> bool:
        return model._meta.label in FACTORIES and model._meta.label not in TIED

    def row(self, model: type[models.Model], **given: Any) -> Any:
        """A stored row of that model, with canaries in every text but the given ones."""
        wanted = [one for one in texts(model) if one.name not in given and self._may_hold(one)]
        fit = wanted if self._try(model, wanted, given, keep=False) else [
            one for one in wanted if self._try(model, [one], given, keep=False)
        ]  # fmt: skip
        self.whole.add(model)
        self.done |= {name_of(one) for one in fit}
        self.refused |= {name_of(one) for one in wanted if one not in fit}
        return self._try(model, fit, given, keep=True)

    def _may_hold(self, one: models.Field[Any, Any]) -> bool:
        return name_of(one) not in CODES and one.model._meta.label not in TIED

    def _try(self, model: type[models.Model], fields: list[Any], given: dict[str, Any], *, keep: bool) -> Any:
        made = self.draft(model)
        for name, value in given.items():
            setattr(made, name, value)
        for one in fields:
            setattr(made, one.name, planted(one, getattr(made, one.name)))
        try:
            with transaction.atomic():
                made.save(force_insert=True)
                connection.check_constraints()  # ties between tables are looked at now, not at the end
                transaction.set_rollback(not keep)
        except (DatabaseError, ValueError, TypeError):
            if keep:
                raise
            return False
        return made


def planted(one: models.Field[Any, Any], value: Any) -> Any:
    """A field's value with its canary in it; the shape of JSON stays as code expects it."""
    word = CANARIES[name_of(one)]
    if isinstance(value, dict):
        return {**value, "planted": word}
    if isinstance(value, list):
        return [word if isinstance(item, str) else item for item in value] or value
    return word


@dataclass
class Told:
    """What a customer was shown, by where."""

    parts: dict[str, str] = field(default_factory=dict)

    def add(self, where: str, body: bytes | str) -> None:
        self.parts[where] = body if isinstance(body, str) else body.decode("utf-8", "replace")

    def of(self, word: str) -> list[str]:
        return sorted(where for where, text in self.parts.items() if word in text)


@pytest.fixture
def told(world: World, signed_in: Any) -> tuple[Told, Planted]:
    with world.inside():
        User.objects.filter(pk__in=[world.owner.pk, world.approver.pk, world.operator.pk]).update(
            name=CANARIES["workspaces.User.name"], locale="en"
        )
        User.objects.filter(pk=world.owner.pk).update(email=f"{CANARIES['workspaces.User.email']}@example.org")
        for place, given in ((world.workspace, "workspaces.Workspace"), (world.environment, "workspaces.Environment")):
            place.name, place.slug = CANARIES[f"{given}.name"], CANARIES[f"{given}.slug"]
            place.save(update_fields=["name", "slug"])
        world.owner.refresh_from_db()
        seeds = Planted(world.workspace, world.environment, world.owner, "canary")
        seeds.every()
    found = Told()
    review = _published(world, seeds)
    for where, body in _outputs(world, seeds, review, signed_in(world.customer)):
        found.add(where, body)
    for number, letter in enumerate(_mails(world)):
        found.add(f"mail {number}", letter)
    return found, seeds


def _published(world: World, seeds: Planted) -> Review:
    with world.scope() as scope:
        seeds.row(BaselineAssignment, profile=seeds.one(BaselineVersion).profile)
        risky = seeds.row(Finding, state="risk_accepted")
        now = clock.now()
        decided = {"status": "active", "decided_at": now, "effective_from": now, "expires_at": now + timedelta(days=30)}
        pinned = {"pinned_digest": risky.observed_digest, "pinned_rank": risky.severity_rank}
        seeds.row(FindingException, finding=risky, review_due_at=now + timedelta(days=20), **decided, **pinned)
        begun = actions.begin_review(scope, world.environment, CANARIES["reviews.Review.title"], actor=scope.actor)
        actions.write_review(scope, begun.pk, begun.title, CANARIES["reviews.Review.summary"], actor=scope.actor)
        actions.ready_review(scope, begun.pk, actor=scope.actor)
        return actions.publish_review(scope, begun.pk, actor=scope.actor)


def _outputs(world: World, seeds: Planted, review: Review, browser: Any) -> Iterator[tuple[str, bytes | str]]:
    """Everything that a customer can get at: pages, a shared link, programs, packs."""
    seeds._made[Review] = review  # the addresses of a review name this one
    for route in workspace_routes():
        answer = browser.get(route.url(values_of(seeds, route)))
        if answer.status_code == 200:
            yield f"page {route.name}", answer.content
    with world.scope() as scope:
        _link, token = share_review(scope, review.pk, CANARIES["reviews.ShareLink.label"], 7, actor=scope.actor)
    yield "shared", Client().post(f"/shared/{world.workspace.pk}/{token}").content
    caller = Caller(key_of(world.workspace, world.customer), world.workspace.slug)
    for operation in OPERATIONS:
        if operation.method == "GET" and "{slug:workspace}" in operation.path and not operation.file:
            answer = ask(caller, operation, named(seeds, operation), seeds, world.workspace.slug)
            if answer.status_code == 200:
                yield f"api {operation.name}", answer.content
    with world.scope(world.customer) as scope:
        shown = editions.edition(scope, review, Audience.CUSTOMER)
        yield "pdf", json.dumps(view(shown), ensure_ascii=False)  # all that the PDF is set from
        made = actions.make_pack(scope, review.pk, Audience.CUSTOMER, "en", actor=scope.actor)
        with zipfile.ZipFile(io.BytesIO(bytes(made.body))) as opened:
            for name in opened.namelist():
                if not name.endswith((".pdf", ".py")):
                    yield f"pack {name}", opened.read(name)


def _mails(world: World) -> Iterator[str]:
    """Mail to the customer, who has asked for every mail there is."""
    with world.scope(world.customer) as scope:
        wish_for(scope, Wished([], "daily", hour=0, weekday=0), actor=scope.actor)
    with trueline(world) as scope:
        for make in registry.makers():
            make(scope)
        send(scope)
    yield from (str(one.message()) for one in mail.outbox if world.customer.email in one.to)


def test_a_text_of_any_field_reaches_a_customer_only_where_it_is_named_here(told: tuple[Told, Planted]) -> None:
    found, seeds = told
    assert {"pack review.json", "page released_review", "shared", "api get_released_document", "pdf"} <= set(
        found.parts
    )
    seen = {name: found.of(word) for name, word in CANARIES.items() if found.of(word)}
    assert {name: where for name, where in seen.items() if name not in SHOWN} == {}
    assert set(SHOWN) - set(seen) == set(), "a line here that is not true any more"
    held = {name for name in CANARIES if apps.get_model(name.rpartition(".")[0])._meta.label in FACTORIES}
    assert held - seeds.done - seeds.refused - CODES - {n for n in held if n.rpartition(".")[0] in TIED} == set()


def test_every_model_is_planted_or_its_reason_stands_here() -> None:
    open_ones = {
        model._meta.label
        for model in apps.get_models()
        if texts(model)
        and model._meta.label not in FACTORIES
        and model._meta.app_label not in ELSEWHERE
        and model._meta.label not in {"workspaces.User", "workspaces.Workspace", "workspaces.SignInLink"}
        and "workspace_id" in columns(model)
    }
    assert open_ones == set()
    assert len(set(CANARIES.values())) == len(CANARIES)
