"""Take what a sender sends. When this has committed, it is kept; only then is the sender told so."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from trueline.engine.traces import receiving
from trueline.kit import clock
from trueline.kit.digest import sha256
from trueline.kit.failpoints import reach
from trueline.kit.scope import Scope
from trueline.traces import queries
from trueline.traces.actions.keeping import keep_batch
from trueline.traces.batches import Batch, packed_batch
from trueline.traces.errors import NotReceiving, ReceiverBusy
from trueline.traces.rules import FULL_RETRY_SECONDS, MOST_WAITING_BYTES, nanoseconds_of
from trueline.workspaces import access
from trueline.workspaces.rules import Capability, Kind, Lifecycle

if TYPE_CHECKING:
    from trueline.engine.traces.model import Decoded

WINDOW = receiving.AgeWindow()
_ASK_SECONDS = 1.0
_last_asked: dict[UUID, tuple[float, int]] = {}


@dataclass(frozen=True, slots=True)
class Sent:
    """The body of one request, as it came."""

    signal: receiving.Signal
    form: receiving.Form
    encoding: str
    body: bytes


# lint: allow TL015 it decides and changes nothing
def receiving_environment(scope: Scope, environment_id: UUID | None) -> UUID:
    """The environment that a key sends to. Raises `NotReceiving`, `NotVisible`, `NotAllowed`."""
    if environment_id is None:
        raise NotReceiving("This key is for no single environment.", next_step="Make one for the system that sends.")
    found = access.environment_by_id(scope, environment_id)
    scope.require(Capability.TRACES_WRITE, found.pk)
    if found.kind != Kind.AGENTS:
        raise NotReceiving("The environment of this key is no system of agents.")
    if found.lifecycle == Lifecycle.ARCHIVED:
        raise NotReceiving("The environment of this key is archived: nothing new is taken.")
    return found.pk


@transaction.atomic
# lint: allow TL015 the connection, which names who made it, tells of all that comes through it
def receive(scope: Scope, environment_id: UUID, sent: Sent) -> Decoded:
    """Keep one request and say what of it was valid.

    Raises `NotReceiving`, `ReceiverBusy`, `UnreadableError` and its `TooLargeError`; nothing is kept then.
    """
    receiving_environment(scope, environment_id)
    if _waiting_bytes(scope, environment_id) >= MOST_WAITING_BYTES:
        raise ReceiverBusy(FULL_RETRY_SECONDS)
    data = receiving.unpacked(sent.body, sent.encoding)
    now = clock.now()
    valid, found = receiving.checked(data, sent.form, sent.signal, WINDOW, nanoseconds_of(now))
    if valid:
        keep_batch(scope, environment_id, _batch(sent, data, valid), now)
        asked_at, size = _last_asked[environment_id]
        _last_asked[environment_id] = asked_at, size + len(data)
        reach("receive:before-commit")
    return found


def _waiting_bytes(scope: Scope, environment_id: UUID) -> int:
    """How much waits, asked once a second: the sum over all that waits would be most of the work."""
    now = time.monotonic()
    asked_at, size = _last_asked.get(environment_id, (-_ASK_SECONDS, 0))
    if now - asked_at >= _ASK_SECONDS:
        asked_at, size = now, queries.waiting_bytes(scope, environment_id)
        _last_asked[environment_id] = asked_at, size
    return size


def _batch(sent: Sent, data: bytes, items: int) -> Batch:
    if sent.encoding.strip().lower() == "gzip":  # what came packed stays as it came
        return Batch(sent.signal, sent.form, "gzip", sent.body, sha256(data), len(data), items, WINDOW.days_back)
    return packed_batch(sent.signal, sent.form, data, items, WINDOW)
