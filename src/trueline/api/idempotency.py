"""The same request again gets the same answer and has no second effect (RFC draft `Idempotency-Key`)."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse

from trueline.api.asked import Asked
from trueline.api.problems import Problem
from trueline.kit.digest import sha256
from trueline.workspaces.actions_requests import Claim, claim_answer, keep_answer

HEADER = "Idempotency-Key"
_LONGEST = 255
_NONCE_BYTES = 12
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")
_SEPARATOR = b"\x1f"
Run = Callable[[], HttpResponse]


def once(asked: Asked, token: str, run: Run) -> HttpResponse:
    """Do the work of a request, or give the answer that the first request with its key was given.

    A refusal is kept like a success: what failed once fails the same way. What can be tried again is not kept.

    Args:
        asked: Who asks. The key holds for this caller in this workspace.
        token: The caller's own secret, which seals what is kept.
        run: Does the work.
    """
    key = asked.request.headers.get(HEADER)
    if key is None:
        return _undone_when_refused(run)
    if not 0 < len(key) <= _LONGEST or not (key.isascii() and key.isprintable()):
        raise Problem("invalid_parameters", f"{HEADER} is 1 to {_LONGEST} printable ASCII characters.")
    digest = _digest(asked.request)
    try:
        claim = claim_answer(asked.scope, key, digest, actor=asked.actor)
    except OperationalError as error:
        raise Problem("idempotency_in_progress", headers={"Retry-After": "1"}) from error
    if not claim.is_new:
        return _again(claim, digest, token)
    response = _undone_when_refused(run)
    if response.status_code < 500:
        keep_answer(claim, response.status_code, _headers(response), _sealed(claim, token, response.content))
    return response


def _undone_when_refused(run: Run) -> HttpResponse:
    """A refused request leaves nothing behind but its refusal."""
    with transaction.atomic():
        response = run()
        if response.status_code >= 400:
            transaction.set_rollback(True)
    return response


def _again(claim: Claim, digest: str, token: str) -> HttpResponse:
    kept = claim.answer
    if kept.request_digest != digest:
        raise Problem("idempotency_key_reused")
    body = _cipher(token).decrypt(bytes(kept.body[:_NONCE_BYTES]), bytes(kept.body[_NONCE_BYTES:]), _bound_to(claim))
    return HttpResponse(body, status=kept.status, headers={**kept.headers, "Idempotency-Replayed": "true"})


def _headers(response: HttpResponse) -> dict[str, str]:
    return {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}


def _sealed(claim: Claim, token: str, body: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(token).encrypt(nonce, body, _bound_to(claim))


def _cipher(token: str) -> AESGCM:
    """A cipher that only the holder of the token can have: of the token itself only a digest is kept."""
    return AESGCM(hmac.new(token.encode(), b"trueline kept answer", hashlib.sha256).digest())


def _bound_to(claim: Claim) -> bytes:
    return f"{claim.answer.workspace_id}:{claim.answer.pk}".encode()


def _digest(request: HttpRequest) -> str:
    """Digest of method, address and content; of a form by its fields and files, for its boundary is new each time."""
    parts = [str(request.method).encode(), request.get_full_path().encode()]
    if request.content_type == "multipart/form-data":
        parts += [f"{name}={value}".encode() for name in sorted(request.POST) for value in request.POST.getlist(name)]
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                hashed = hashlib.sha256()
                for piece in file.chunks():
                    hashed.update(piece)
                file.seek(0)
                parts.append(f"{name}={file.name}:{hashed.hexdigest()}".encode())
    else:
        parts.append(request.body)
    return sha256(_SEPARATOR.join(parts))
