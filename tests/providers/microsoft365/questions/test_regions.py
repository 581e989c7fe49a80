"""What is left of a set of sign-ins, held against trying every sign-in."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from trueline.providers.microsoft365.questions.regions import PROPERTIES, Box, Members, Region, rest, survivor

USERS, PLACES = ("a", "b", "c"), ("x", "y")
CLIENTS = sorted(PROPERTIES["client"])
SIGN_INS = [
    (frozenset(users), frozenset(places), client)
    for size in range(len(USERS) + 1)
    for users in itertools.combinations(USERS, size)
    for many in range(len(PLACES) + 1)
    for places in itertools.combinations(PLACES, many)
    for client in CLIENTS
]


def some(names):
    return st.frozensets(st.sampled_from(names), max_size=len(names))


def members(names):
    return st.builds(Members, st.booleans(), some(names), some(names))


BOXES = st.lists(
    st.builds(
        lambda users, places, clients: Box(
            {"users": users, "locations": places}, {"client": clients} if clients else {}
        ),
        members(USERS),
        members(PLACES),
        some(CLIENTS),
    ),
    max_size=4,
)


def reaches(box, sign_in):
    users, places, client = sign_in
    for own, asked in ((users, box.members["users"]), (places, box.members["locations"])):
        if own & asked.exclude or not (asked.is_all or own & asked.include):
            return False
    return client in box.properties.get("client", PROPERTIES["client"])


def is_in(region, sign_in):
    users, places, client = sign_in
    own = {("users", one) for one in users} | {("locations", one) for one in places}
    return region.within <= own and not region.outside & own and client in region.of("client")


@settings(max_examples=300, deadline=None)
@given(BOXES)
def test_a_survivor_is_there_exactly_when_some_sign_in_is_reached_by_no_box(boxes):
    free = [one for one in SIGN_INS if not any(reaches(box, one) for box in boxes)]
    found = survivor(Region(), boxes)
    assert (found is None) == (free == [])
    if found is not None:
        inside = [one for one in SIGN_INS if is_in(found, one)]
        assert inside
        assert set(inside) <= set(free)


@settings(max_examples=300, deadline=None)
@given(BOXES)
def test_the_rest_holds_every_sign_in_that_no_box_reaches(boxes):
    free = [one for one in SIGN_INS if not any(reaches(box, one) for box in boxes)]
    told = rest(Region(), boxes)
    assert bool(told) == bool(free)
    assert all(any(is_in(region, one) for region in told) for one in free)


def test_so_many_boxes_that_the_search_ends_early_leave_too_much_and_never_too_little():
    boxes = [Box({"users": Members(exclude=frozenset(f"{number}-{one}" for one in range(12)))}) for number in range(12)]
    assert rest(Region(), boxes) != ()
