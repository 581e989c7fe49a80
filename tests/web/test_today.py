"""The first page's sentence, its next step and its picture: pure, and honest about what was not read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueline.web.heat import MOST_COLUMNS, MOST_ROWS, heat
from trueline.web.today import AreaState, Situation, headline, next_step, some, unknowns

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LABELS = {"apps": "Apps", "groups": "Groups", "roles": "Roles", "updates": "Updates"}
READ = AreaState("complete")


def situation(name="North", *, captured=True, held=True, severities=None, areas=None):
    return Situation(
        name,
        name.lower(),
        AT if captured else None,
        held,
        severities or {},
        areas if areas is not None else {"apps": READ},
    )


def system(*, scanned=True, sent=True, severities=None):
    return Situation(
        "Clerks", "clerks", AT if scanned else None, scanned, severities or {}, is_system=True, has_sent=sent
    )


def drawn(*situations):
    return heat(situations, LABELS, lambda slug: f"/{slug}", lambda slug, area: f"/{slug}/{area}")


@pytest.mark.parametrize(
    ("situations", "said"),
    [
        ([], "Nothing was captured yet."),
        ([situation(captured=False, areas={})], "Nothing was captured yet."),
        ([situation(held=False)], "There is no standard to compare with yet."),
        ([situation()], "Everything was read, and it meets its standard."),
        ([situation(areas={"apps": AreaState("denied")})], "Nothing that was read differs from its standard."),
        ([situation(), situation("South", captured=False)], "Nothing that was read differs from its standard."),
        ([situation(severities={"low": 1})], "1 finding is open in North; it is not urgent."),
        (
            [situation(severities={"low": 1}), situation("South", severities={"medium": 2})],
            "3 findings are open, none of them urgent.",
        ),
        ([situation(severities={"high": 2, "low": 9})], "2 findings of high severity are open."),
        ([situation(severities={"critical": 1, "high": 5})], "1 critical finding is open."),
        ([system(scanned=False)], "Nothing was scanned yet."),
        ([system()], "No failure and no broken rule is open."),
        ([system(severities={"high": 1})], "1 finding of high severity is open."),
        ([situation(captured=False, areas={}), system(scanned=False)], "Nothing was captured yet."),
    ],
)
def test_one_sentence_says_the_state(situations, said):
    assert headline(situations) == said


def test_areas_that_were_refused_are_named_before_those_that_were_never_looked_at():
    areas = {"apps": AreaState("unread"), "groups": AreaState("denied"), "roles": AreaState("complete")}
    assert unknowns([situation(areas=areas)], {"apps": {"unread"}, "groups": {"denied"}}, LABELS) == [
        "Not read, or only in part: Groups and Apps. What was not read is not counted as good."
    ]


def test_an_environment_nobody_captured_is_named():
    assert unknowns([situation(), situation("South", captured=False)], {}, LABELS) == [
        "Nothing was captured yet of South."
    ]


def test_of_many_names_the_first_three_are_said():
    assert some(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert some(["a", "b"]) == "a and b"


@pytest.mark.parametrize(
    ("situations", "has_standards", "code"),
    [
        ([], False, "environment"),
        ([situation(captured=False)], False, "upload"),
        ([situation(severities={"info": 1})], True, "finding"),
        ([situation(held=False)], False, "standard"),
        ([situation(held=False)], True, "hold"),
        ([situation(areas={"apps": AreaState("partial")})], True, "coverage"),
        ([situation()], True, "again"),
    ],
)
def test_there_is_always_one_next_step(situations, has_standards, code):
    assert next_step(situations, has_standards=has_standards).code == code


def test_a_cell_shows_the_worst_severity_and_how_many():
    areas = {"apps": AreaState("complete", open=3, worst_rank=2), "groups": READ, "roles": AreaState("denied")}
    (row,) = drawn(situation(severities={"high": 1, "low": 2}, areas=areas)).rows
    assert [(cell.tone, cell.text) for cell in row.cells] == [("high", "3"), ("good", ""), ("unread", "")]


def test_without_a_standard_nothing_is_good():
    (row,) = drawn(situation(held=False)).rows
    assert [cell.tone for cell in row.cells] == [""]


def test_without_a_capture_the_whole_row_is_hatched():
    rows = drawn(situation(), situation("South", captured=False, areas={})).rows
    assert {cell.tone for cell in next(row for row in rows if row.label == "South").cells} == {"unread"}


def test_an_area_nobody_has_anything_of_takes_no_room():
    assert drawn(situation(areas={"apps": READ})).columns == ("Apps",)


def test_an_area_that_was_not_read_has_its_column_however_much_is_open_elsewhere():
    many = {f"area {number}": AreaState("complete", open=9, worst_rank=1) for number in range(MOST_COLUMNS + 2)}
    labels = {key: key for key in [*many, "partly", "never", "well"]}
    areas = many | {"partly": AreaState("partial"), "never": AreaState("unread"), "well": READ}
    picture = heat([situation(areas=areas)], labels, str, str.join)
    assert len(picture.columns) == MOST_COLUMNS
    assert picture.columns[-2:] == ("partly", "never")
    assert picture.more_columns == 5
    assert [cell.tone for cell in picture.rows[0].cells[-2:]] == ["unread", "unread"]


def test_what_was_not_read_comes_before_what_is_well():
    areas = {f"well {number}": READ for number in range(MOST_COLUMNS)} | {"never": AreaState("unread")}
    picture = heat([situation(areas=areas)], {key: key for key in areas}, str, str.join)
    assert picture.columns[-1] == "never"


def test_what_does_not_fit_is_counted():
    many = [situation(f"E{number:02}", severities={"low": number}) for number in range(MOST_ROWS + 3)]
    picture = drawn(*many)
    assert (len(picture.rows), picture.more_rows) == (MOST_ROWS, 3)
    assert picture.rows[0].label == f"E{MOST_ROWS + 2:02}"


coverages = st.sampled_from(["complete", "partial", "denied", "not_licensed", "unread"])
states = st.builds(AreaState, coverages, open=st.integers(0, 3)).map(
    lambda state: AreaState(state.coverage, "", state.open, 1 + state.open if state.open else 0)
)
area_maps = st.dictionaries(st.sampled_from(sorted(LABELS)), states)


@given(st.lists(area_maps, min_size=1, max_size=20), st.booleans())
def test_what_was_not_read_is_never_drawn_as_good(maps, held):
    made = [situation(f"E{number}", held=held, areas=areas) for number, areas in enumerate(maps)]
    picture = drawn(*made)
    by_name = {one.name: one for one in made}
    assert len(picture.columns) <= MOST_COLUMNS
    for row in picture.rows:
        for column, cell in zip(picture.columns, row.cells, strict=True):
            key = next(key for key, label in LABELS.items() if label == column)
            state = by_name[row.label].areas.get(key)
            if cell.tone == "good":
                assert held
                assert state is not None
                assert (state.coverage, state.open) == ("complete", 0)


@pytest.mark.parametrize(
    ("situations", "code"),
    [
        ([system(scanned=False, sent=False)], "send"),
        ([system(scanned=False)], "scan"),
        ([system(severities={"low": 1})], "finding"),
        ([system()], "scan_again"),
        ([situation(), system()], "again"),
        ([situation(captured=False), system(scanned=False)], "upload"),
    ],
)
def test_a_system_of_agents_is_sent_to_scanned_and_never_asked_for_an_export(situations, code):
    assert next_step(situations, has_standards=True).code == code
