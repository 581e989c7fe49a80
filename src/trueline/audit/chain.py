"""The check of a chain as statements of PostgreSQL, which vouches for a million events in seconds. Text only.

The database builds the canonical form of each event from its columns and hashes it. It vouches only where digest and
seal come out as they stand; every other event is judged in Python. So a form that it cannot write costs time, and no
verdict: where the SHA-256 fits, the columns are what was sealed.
"""

from __future__ import annotations

from trueline.audit.rules import BODY_FIELDS, VALUE_FIELDS

_TIME = """case when recorded_at between '0001-01-01 00:00+00' and '9999-12-31 00:00+00'
    then to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') end"""
"""As `body_of` writes it. A year before Christ would be written as one after, and is nothing here."""


def _member(name: str) -> str:
    if name == "recorded_at":
        return f"""'"' || {_TIME} || '"'"""
    if name == "environment_id":
        return """'"' || coalesce(environment_id::text, '') || '"'"""
    if name in VALUE_FIELDS:
        return f"{name}::text"  # kept as it was sealed
    return f"to_json({name})::text"  # escapes as RFC 8785 asks


_BODY = " || ".join(
    f"""'{"," if place else "{"}"{name}":' || {_member(name)}""" for place, name in enumerate(sorted(BODY_FIELDS))
)
_AS_TEXT = ", ".join(
    {"recorded_at": _TIME, "environment_id": "coalesce(environment_id::text, '')"}.get(name, f"{name}::text")
    for name in BODY_FIELDS
)
_LINK = """'{"body":"' || body_digest || '","previous":"' || previous_digest
    || '","sequence":' || sequence || ',"workspace":"' || workspace_id || '"}'"""
_IN_RANGE = """from audit_auditevent
    where workspace_id = %(workspace)s and sequence > %(after)s and sequence <= %(until)s"""


def _sha256(text: str) -> str:
    return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"


ENDS = """
    select coalesce((select min(sequence) from audit_auditevent where workspace_id = %(workspace)s), 1),
        coalesce((select max(sequence) from audit_auditevent where workspace_id = %(workspace)s), 0),
        coalesce((select sequence from audit_audithead where workspace_id = %(workspace)s), 0),
        coalesce((select digest from audit_audithead where workspace_id = %(workspace)s), %(genesis)s)
"""
"""The first and the last event that are there, and number and digest that the chain claims to end with. One statement,
so that events that come meanwhile do not look like a fault."""

FIRST_OUT_OF_PLACE = """
    select sequence, sequence = expected, expected from (
        select sequence, previous_digest,
            coalesce(lag(sequence) over (order by sequence), %(after)s) + 1 as expected,
            coalesce(lag(digest) over (order by sequence), %(last)s) as predecessor
        from audit_auditevent
        where workspace_id = %(workspace)s and sequence > %(after)s and sequence <= %(until)s
    ) placed
    where sequence <> expected or previous_digest <> predecessor
    order by sequence limit 1
"""
"""The first event of a range that does not follow the one before it."""

UNVOUCHED = f"""
    select sequence, body_digest, previous_digest, digest, {_AS_TEXT}
    {_IN_RANGE}
        and ({_sha256(_BODY + " || '}'")} = body_digest and {_sha256(_LINK)} = digest) is not true
    order by sequence
"""
"""Events of a range whose digest or seal does not come out: changed, or written in a form of before."""

PART = """
    select sequence, digest from (
        select sequence, digest from audit_auditevent
        where workspace_id = %(workspace)s and sequence > %(after)s and sequence <= %(top)s
        order by sequence limit %(at_once)s
    ) part
    order by sequence desc limit 1
"""
"""The last event of the part that is looked at next, by rows, so that a gap is inside of a part and not between two."""
