"""Prints the tables. How to run it is in README.md beside this file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from benchmarks.compare.contenders import Measured, contenders, measure, measure_intunecd
from benchmarks.compare.portfolio import sample, timings
from benchmarks.compare.scenarios import Scenario, reading, scenarios
from trueline.inventory.readings import compare_readings
from trueline.kit.memory import look_rarely

RELEASES = (("v3.3", "v3.4"), ("v3.4", "v3.6"))
SAMPLE = 600


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure our comparison against others.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the real Microsoft 365 data")
    parser.add_argument("--intunecd", type=Path, help="Python of an environment with IntuneCD")
    parser.add_argument("--quick", action="store_true", help="leave out the 60,000 objects")
    args = parser.parse_args()
    look_rarely()  # as every process of the product does when it begins; it holds for the other side just as well
    parts = (
        pair_lines(args.data, args.intunecd),
        match_lines(args.data),
        portfolio_lines(quick=args.quick),
        sample_lines(args.intunecd),
    )
    for line in chain.from_iterable(parts):
        print(line, flush=True)


def pair_lines(data: Path, intunecd: Path | None) -> Iterator[str]:
    yield "## Pairs\n"
    yield "| set | pairs | contender | ms | times ours | peak MB | called changed | false | missed |"
    yield "|--|--|--|--|--|--|--|--|--|"
    for scenario in scenarios(data):
        measured = _measured(scenario, intunecd)
        own = measured["Trueline"]
        assert own is not None
        yield from (_pair_line(scenario, name, found, own) for name, found in measured.items())


def _measured(scenario: Scenario, intunecd: Path | None) -> dict[str, Measured | None]:
    found = {name: measure(diff, scenario.pairs) if diff else None for name, diff in contenders().items()}
    return found | {"IntuneCD compare": measure_intunecd(intunecd, scenario) if intunecd else None}


def _pair_line(scenario: Scenario, name: str, found: Measured | None, own: Measured) -> str:
    head = f"| {scenario.name} | {len(scenario.pairs)} | {name} "
    if found is None:
        return f"{head}| not installed | | | | | |"
    truth = [bool(scenario.truth)] * len(scenario.pairs) if scenario.truth is not None else own.verdicts
    false = sum(said and not true for said, true in zip(found.verdicts, truth, strict=True))
    missed = sum(true and not said for said, true in zip(found.verdicts, truth, strict=True))
    peak = "" if found.peak_mb is None else f"{found.peak_mb:.1f}"
    return (
        f"{head}| {found.seconds * 1000:,.1f} | {found.seconds / own.seconds:,.1f} | {peak} "
        f"| {sum(found.verdicts)} | {false} | {missed} |"
    )


def match_lines(data: Path) -> Iterator[str]:
    yield "\n## Surviving policies found without ids\n"
    yield "| releases | surviving | by name alone | Trueline, automatic | wrong automatic |"
    yield "|--|--|--|--|--|"
    for old, new in RELEASES:
        left, right = (reading(data / f"OpenIntuneBaseline/windows-{one}") for one in (old, new))
        names = {(one.object_type, one.name) for one in right.records}
        surviving = {one.external_id for one in left.records} & {one.external_id for one in right.records}
        by_name = sum((one.object_type, one.name) in names for one in left.records if one.external_id in surviving)
        auto = [one for one in compare_readings(left, right, ignore_ids=True).matches if one.auto]
        good = len({one.left.id for one in auto if one.left.id == one.right.id})
        wrong = sum(one.left.id != one.right.id and bool({one.left.id, one.right.id} & surviving) for one in auto)
        yield f"| {old} > {new} | {len(surviving)} | {by_name} | {good} | {wrong} |"


def portfolio_lines(*, quick: bool) -> Iterator[str]:
    yield "\n## Portfolio, today against yesterday\n"
    yield "| objects | changed | found changed | seconds | orjson and SHA-256 alone | times | objects/s | peak MB |"
    yield "|--|--|--|--|--|--|--|--|"
    for one in timings((6_000,) if quick else (6_000, 60_000)):
        yield (
            f"| {one.objects:,} | {one.changed:,} | {one.found:,} | {one.seconds:.2f} | {one.reference:.2f} "
            f"| {one.seconds / one.reference:.2f} | {one.objects / one.seconds:,.0f} | {one.peak_mb:,.0f} |"
        )


def sample_lines(intunecd: Path | None) -> Iterator[str]:
    yield f"\n## The same portfolio pair by pair: {SAMPLE} pairs, one in a hundred changed, nothing hashed before\n"
    yield "| contender | seconds for 60,000 at this rate | called changed | false | missed |"
    yield "|--|--|--|--|--|"
    scenario = sample(SAMPLE)
    truth = [left != right for left, right in scenario.pairs]
    for name, found in _measured(scenario, intunecd).items():
        if found is None:
            yield f"| {name} | not installed | | | |"
            continue
        false = sum(said and not true for said, true in zip(found.verdicts, truth, strict=True))
        missed = sum(true and not said for said, true in zip(found.verdicts, truth, strict=True))
        total = found.seconds * 60_000 / SAMPLE
        yield f"| {name} | {total:,.1f} | {sum(found.verdicts)} | {false} | {missed} |"


if __name__ == "__main__":
    main()
