"""The last rung: an old kind of policy and the settings policy that took its place. Only ever proposed.

Types differ, so setting ids do too; what stays is the vocabulary. Setting ids and paths of both sides are broken into
words and compared as weighted sets, together with the names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trueline.inventory.matching.assignment import best_assignment
from trueline.inventory.matching.evidence import Evidence, ItemT, Method, Pair
from trueline.inventory.matching.names import base_tokens, house_prefix, name_tokens
from trueline.inventory.matching.resemblance import is_one_platform
from trueline.inventory.matching.signatures import NO_OVERLAP, Overlap, content_features, corpora, overlaps, postings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trueline.inventory.matching.keyed import Sides
    from trueline.inventory.rules import Content

    Load = Callable[[Sequence[ItemT]], Sequence[Content]]

CROSS_FLOOR = 0.25
"""Likeness from which a pair across types is worth a person's look."""

CROSS_CEILING = 0.6
"""No pair across types looks surer than this."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[a-z]{4,}")


def climb_across_types(sides: Sides[ItemT], load: Load[ItemT]) -> None:
    """Propose pairs of different types of which at least one is made of settings."""
    left, right = load(sides.left), load(sides.right)
    rows = _scores(sides, left, right)
    sides.accept(
        Pair(sides.left[row], sides.right[column], _evidence(rows[row][column]))
        for row, column in best_assignment(rows).items()
    )


def _evidence(score: float) -> Evidence:
    reason = "Another type of policy that speaks of the same settings; vendors move policies from one type to another."
    return Evidence(Method.CROSS_TYPE, round(min(CROSS_CEILING, score), 3), auto=False, reason=reason)


def _scores(sides: Sides[ItemT], left: Sequence[Content], right: Sequence[Content]) -> list[dict[int, float]]:
    mine, theirs = corpora([_words(one) for one in left], [_words(one) for one in right])
    bases_left, bases_right = _bases(sides.left), _bases(sides.right)
    names_left, names_right = corpora(
        [frozenset(base) for base in bases_left], [frozenset(base) for base in bases_right]
    )
    index, names_index = postings(theirs), postings(names_right)
    rows = []
    for number, item in enumerate(sides.left):
        words = overlaps(number, mine, theirs, index)
        names = overlaps(number, names_left, names_right, names_index)
        scores = {
            other: _score(words.get(other, NO_OVERLAP), name, is_same=bases_left[number] == bases_right[other])
            for other, name in names.items()
            if _may_pair(sides, item, other, has_settings=bool(left[number].settings or right[other].settings))
        }
        rows.append({other: score for other, score in scores.items() if score >= CROSS_FLOOR})
    return rows


def _score(words: Overlap, names: Overlap, *, is_same: bool) -> float:
    """Half the vocabulary, half the name; a name alone counts only when it is the same without version and prefix."""
    if not words.evidence and not is_same:
        return 0.0
    return 0.5 * words.similarity + 0.5 * (1.0 if is_same else names.similarity)


def _may_pair(sides: Sides[ItemT], item: ItemT, other: int, *, has_settings: bool) -> bool:
    partner = sides.right[other]
    return (
        has_settings
        and item.object_type != partner.object_type
        and is_one_platform(item.platform, partner.platform)
        and not sides.links.refuses(item, partner)
    )


def _bases(items: Sequence[ItemT]) -> list[tuple[str, ...]]:
    tokens = [name_tokens(item.name) for item in items]
    house = house_prefix(tokens)
    return [base_tokens(words, house) for words in tokens]


def _words(content: Content) -> frozenset[str]:
    ids = (feature.split("=", 1)[0] for feature in content_features(content))
    return frozenset(word for one in ids for word in _WORD.findall(_CAMEL.sub(" ", one).lower()))
