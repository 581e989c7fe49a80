"""Whether a likely pair stands by itself or is proposed to a person, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from trueline.inventory.matching.evidence import Evidence, ItemT, Method
from trueline.inventory.matching.names import Contrast, contrast, normal_name
from trueline.inventory.matching.resemblance import content_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trueline.inventory.matching.resemblance import Block, Face, Likeness

FLOOR = 0.3
"""Below this score a pair is not even proposed: more often wrong than right on every set it was tried on."""

BASE_CONTENT = 0.1
"""Content that a pair of equal base names must share, unless neither has a better partner."""

SUPPORTED_NAME, SUPPORTED_CONTENT = 0.3, 0.5
"""Name and content that together make a link."""

SOLE_CONTENT, SOLE_EVIDENCE = 0.85, 4.0
"""Content that makes a link without any help of the name, and how much of it there must be."""

SAME_EVIDENCE = 3.0
"""How much content must be there when it is the same to the last value and nobody else has it."""

SISTER_NAME = 0.25
"""Names that share less than this are no sisters: their numbers are not about the same thing."""

LEAD = 0.1
"""How far a pair must be ahead of the second best on both sides to be linked without asking."""

CONTENT_LEAD = 0.15
"""The same for content alone, where objects that are already paired count as rivals too."""


@dataclass(frozen=True, slots=True)
class Contest(Generic[ItemT]):
    """A pair and its rivals.

    Attributes:
        lead: How far its score is ahead of the best other free partner of either member.
        content_lead: How far its content is ahead of the best other object, free or not.
    """

    left: Face[ItemT]
    right: Face[ItemT]
    likeness: Likeness
    lead: float
    content_lead: float


def contests(block: Block[ItemT], assigned: Mapping[int, int]) -> list[Contest[ItemT]]:
    """Every assigned pair of a block with its rivals counted on both sides.

    An object that is assigned to the only one of its name is nobody's rival: it has found its place.
    """
    named = {left: right for left, right in assigned.items() if _is_named(block, left, right)}
    open_left = frozenset(number for number, face in enumerate(block.left) if face.is_free) - named.keys()
    open_right = frozenset(number for number, face in enumerate(block.right) if face.is_free) - set(named.values())
    return [_contest(block, left, right, open_left, open_right) for left, right in assigned.items()]


def _is_named(block: Block[ItemT], left: int, right: int) -> bool:
    mine, theirs = block.left[left], block.right[right]
    return mine.base == theirs.base and mine.is_base_unique and theirs.is_base_unique


def _contest(
    block: Block[ItemT], left: int, right: int, open_left: frozenset[int], open_right: frozenset[int]
) -> Contest[ItemT]:
    likeness = block.forward[left][right]
    forward, backward = block.forward[left], block.backward[right]
    score_rival = max(_best_score(forward, right, open_right), _best_score(backward, left, open_left))
    content_rival = max(_best_content(forward, right), _best_content(backward, left))
    return Contest(
        block.left[left],
        block.right[right],
        likeness,
        likeness.score - score_rival,
        likeness.content - content_rival,
    )


def _best_score(row: Mapping[int, Likeness], partner: int, rivals: frozenset[int]) -> float:
    return max((one.score for other, one in row.items() if other != partner and other in rivals), default=0.0)


def _best_content(row: Mapping[int, Likeness], partner: int) -> float:
    return max((one.content for other, one in row.items() if other != partner), default=0.0)


def verdict(pair: Contest[ItemT], *, are_related: bool) -> Evidence:
    """The evidence of a pair: its rung, how sure it is, whether it stands by itself, and why.

    Args:
        pair: The pair with its rivals.
        are_related: Whether the two sides as a whole have objects in common. Two baselines of different authors hold
            policies that do the same and still are not the same.
    """
    method = _method(pair)
    doubt = _doubt(pair, method) or _doubt_of_kinship(pair, method, are_related=are_related)
    return Evidence(method, _confidence(pair, method, doubt), not doubt, _reason(pair, method, doubt))


def _method(pair: Contest[ItemT]) -> Method:
    if normal_name(pair.left.item.name) == normal_name(pair.right.item.name):
        return Method.NAME
    if pair.left.base == pair.right.base:
        return Method.BASE_NAME
    return Method.SETTINGS if pair.left.has_settings or pair.right.has_settings else Method.CONTENT


def _doubt(pair: Contest[ItemT], method: Method) -> str:
    """Why a person must decide, as part of a sentence; empty when nobody needs to."""
    if method in {Method.NAME, Method.BASE_NAME}:
        return _doubt_of_name(pair)
    sisters = contrast(pair.left.base, pair.right.base) if pair.likeness.name >= SISTER_NAME else Contrast.NONE
    if sisters is Contrast.OPPOSED:
        return "their names tell sister policies apart"
    if _is_same_content(pair):
        return ""
    return "only one name has a word that tells sister policies apart" if sisters else _doubt_of_likeness(pair)


def _doubt_of_likeness(pair: Contest[ItemT]) -> str:
    if pair.lead < LEAD:
        return "another object fits almost as well"
    if pair.likeness.name >= SUPPORTED_NAME and pair.likeness.content >= SUPPORTED_CONTENT:
        return ""
    return _doubt_of_content(pair)


def _is_same_content(pair: Contest[ItemT]) -> bool:
    """Whether both have exactly the same settings, enough of them, and no other object of either side has these."""
    same = content_digest(pair.left.item) == content_digest(pair.right.item) != ""
    return same and pair.left.is_content_unique and pair.right.is_content_unique and _has(pair, SAME_EVIDENCE)


def _has(pair: Contest[ItemT], evidence: float) -> bool:
    return pair.likeness.evidence >= evidence


def _doubt_of_content(pair: Contest[ItemT]) -> str:
    if pair.likeness.content < SOLE_CONTENT or not _has(pair, SOLE_EVIDENCE):
        return "they have too little in common"
    return "" if pair.content_lead >= CONTENT_LEAD else "other objects have the same content"


def _doubt_of_kinship(pair: Contest[ItemT], method: Method, *, are_related: bool) -> str:
    is_sure = method is Method.NAME or (method is Method.BASE_NAME and pair.likeness.content >= SUPPORTED_CONTENT)
    return "" if are_related or is_sure else "the two sides have little in common as a whole"


def _doubt_of_name(pair: Contest[ItemT]) -> str:
    if not pair.left.is_base_unique or not pair.right.is_base_unique:
        is_clear = pair.lead >= LEAD and pair.likeness.content >= SUPPORTED_CONTENT
        return "" if is_clear else "several objects share the name"
    if pair.lead < 0:
        return "the content fits another object better"
    if pair.likeness.content < BASE_CONTENT and pair.content_lead < 0:
        return "the content is not the same"
    return ""


def _confidence(pair: Contest[ItemT], method: Method, doubt: str) -> float:
    """From the likeness, within bounds for each rung: a doubtful pair never looks surer than a certain one."""
    likeness = pair.likeness
    best = max(likeness.content, likeness.score)
    if doubt:
        return round(min(0.7, 0.2 + 0.5 * best), 3)
    if method is Method.NAME:
        return round(0.9 + 0.07 * likeness.content, 3)
    return round((0.85 if method is Method.BASE_NAME else 0.75) + 0.1 * best, 3)


def _reason(pair: Contest[ItemT], method: Method, doubt: str) -> str:
    return f"{_what_agrees(pair, method)}{f'; but {doubt}' if doubt else ''}."


def _what_agrees(pair: Contest[ItemT], method: Method) -> str:
    content = round(100 * pair.likeness.content)
    noun = "settings" if pair.left.has_settings or pair.right.has_settings else "content"
    if method is Method.NAME:
        return f"The names are equal; {content}% of the {noun} agree"
    if method is Method.BASE_NAME:
        return f"The names are equal without version and prefix; {content}% of the {noun} agree"
    return f"{content}% of the {noun} and {round(100 * pair.likeness.name)}% of the name agree"
