"""Inferred templates as one JSON document, and as lines for a terminal."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

from trueline.engine.templates.parts import slot_part, split_constant
from trueline.engine.templates.quotations import joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.engine.templates.inference import Fitted, Inference, Rendering
    from trueline.engine.templates.prompts import Material, Utterance

EXAMPLES = 3
EXAMPLE_LENGTH = 200
Z_95 = 1.959964
VERSION = "1"
"""Part of every template's id; raised when the method changes what an id stands for."""

Json = dict[str, Any]


def templates_document(inference: Inference, material: Material, *, traces: int, unread: Sequence[Json]) -> Json:
    """All templates with segments, slots, cover and renderings, as plain JSON."""
    prompts = len(material.prompts)
    read = sum(len(fitted.renderings) for fitted in inference.templates)
    return {
        "traces": traces,
        "prompts": prompts,
        "unread": list(unread),
        "cover": read / prompts if prompts else None,
        "templates": [template_document(fitted, material.said) for fitted in inference.templates],
        "unassigned": [
            {"id": each.id, "trace_id": each.trace_id, "agent": each.agent, "reason": "nothing in it repeats"}
            for each in inference.unassigned
        ],
    }


def template_document(fitted: Fitted, said: Mapping[str, Sequence[Utterance]]) -> Json:
    """One template: text with `{{slot_n}}`, parts in order, evidence, and the slot values of each prompt."""
    fitted = joined(fitted, said)
    segments = _segments(fitted, said)
    return {
        "id": template_id(fitted),
        "state": "draft",
        "agent": fitted.agent,
        "role": fitted.role,
        "text": "".join(each.get("text", "{{" + each.get("slot", "") + "}}") for each in segments),
        "cover": fitted.cover,
        "confidence": _confidence(fitted),
        "prompts": len(fitted.renderings) + len(fitted.misfits),
        "samples": fitted.samples,
        "held_out": {"texts": fitted.held_out, "read": fitted.held_out_read},
        "segments": segments,
        "slots": [each for each in segments if each["kind"] == "slot"],
        "renderings": [_rendering(each) for each in fitted.renderings],
        "misfits": [{"id": each.id, "trace_id": each.trace_id} for each in fitted.misfits],
    }


def template_id(fitted: Fitted) -> str:
    """An id that stays the same as long as sender and constants do, whatever the prompts and their order."""
    content = "\x00".join([VERSION, fitted.agent, fitted.role, *fitted.skeleton.islands])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _confidence(fitted: Fitted) -> float:
    return round(wilson_lower(fitted.held_out_read, fitted.held_out), 4)


def wilson_lower(successes: int, trials: int) -> float:
    """Lower bound of Wilson's 95% interval of a share; 0 when nothing was tried."""
    if trials == 0:
        return 0.0
    share, z2 = successes / trials, Z_95 * Z_95
    spread = Z_95 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    return max(0.0, (share + z2 / (2 * trials) - spread) / (1 + z2 / trials))


def _segments(fitted: Fitted, said: Mapping[str, Sequence[Utterance]]) -> list[Json]:
    skeleton = fitted.skeleton
    traces = sorted({each.prompt.trace_id for each in fitted.renderings if each.prompt.trace_id})
    shared: Json = {"confidence": _confidence(fitted), "traces": traces}
    segments: list[Json] = []
    slots = iter(range(skeleton.slot_count))
    if skeleton.open_start:
        segments.append(_slot(next(slots), fitted.renderings, said) | shared)
    for number, island in enumerate(skeleton.islands):
        segments += [
            _constant(stretch.part, stretch.text, stretch.reason) | shared for stretch in split_constant(island)
        ]
        if number < len(skeleton.islands) - 1 or skeleton.open_end:
            segments.append(_slot(next(slots), fitted.renderings, said) | shared)
    return segments


def _constant(part: str, text: str, reason: str) -> Json:
    return {"kind": "constant", "part": str(part), "text": text, "reason": reason}


def _slot(number: int, renderings: Sequence[Rendering], said: Mapping[str, Sequence[Utterance]]) -> Json:
    values = [each.values[number] for each in renderings]
    part, reason, source = slot_part(values, renderings, said)
    distinct = sorted(set(values))
    return {
        "kind": "slot",
        "slot": f"slot_{number + 1}",
        "part": part.value,
        "reason": reason,
        "source": None if source is None else {"speaker": source.speaker, "share": round(source.share, 4)},
        "distinct": len(distinct),
        "examples": [value[:EXAMPLE_LENGTH] for value in distinct[:EXAMPLES]],
    }


def _rendering(rendering: Rendering) -> Json:
    values = {f"slot_{number}": value for number, value in enumerate(rendering.values, start=1)}
    return {"id": rendering.prompt.id, "trace_id": rendering.prompt.trace_id, "slots": values}


def templates_lines(document: Json) -> list[str]:
    """The document for a person: one block for each template."""
    lines = [f"{len(document['templates'])} templates in {document['prompts']} prompts of {document['traces']} traces."]
    for each in document["templates"]:
        sender = each["agent"] or "unknown sender"
        lines += [
            "",
            (
                f"{each['id'][:12]}  {sender}, {each['role']}: {each['prompts']} prompts, cover {each['cover']:.2f}, "
                f"confidence {each['confidence']:.2f}, {len(each['slots'])} slots"
            ),
            *(f"  {_segment_line(segment)}" for segment in each["segments"]),
        ]
    if document["unassigned"]:
        lines += ["", f"{len(document['unassigned'])} prompts repeat nothing and belong to no template."]
    return lines


def _segment_line(segment: Json) -> str:
    if segment["kind"] == "slot":
        return f"{segment['part']:<18} {{{{{segment['slot']}}}}} {segment['distinct']} values; {segment['reason']}"
    text = " ".join(segment["text"].split())
    return f"{segment['part']:<18} {text[:80]}{' ...' if len(text) > 80 else ''}"
