"""The lint's command line.

python -m tools.lint [PATH ...]      # one line for each breach; exit code 1 when there is any
python -m tools.lint --explain TL001
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.lint.registry import RULES
from tools.lint.runner import run


def main() -> int:
    """Run the rules, or tell the story of one. 0 nothing broken, 1 something is, 2 no such rule."""
    parser = argparse.ArgumentParser(prog="python -m tools.lint", description="Hold the code to the house rules.")
    parser.add_argument("paths", nargs="*", help="files or folders; the whole repository when left out")
    parser.add_argument("--explain", metavar="CODE", help="say what a rule asks and why")
    parser.add_argument("--quiet", action="store_true", help="leave warnings out")
    arguments = parser.parse_args()
    if arguments.explain:
        return _explain(arguments.explain)
    missing = [path for path in arguments.paths if not Path(path).exists()]
    if missing:
        print(f"There is no {missing[0]} to look at.", file=sys.stderr)
        return 2
    found = run(arguments.paths)
    shown = [report for report in found if not (arguments.quiet and report.breach.is_soft)]
    print("\n".join(map(str, shown)), end="\n" if shown else "")
    return int(any(not report.breach.is_soft for report in found))


def _explain(code: str) -> int:
    rule = next((rule for rule in RULES if rule.code == code), None)
    if rule is None:
        print(f"There is no rule {code}; the rules are {RULES[0].code} to {RULES[-1].code}.", file=sys.stderr)
        return 2
    print(f"{rule.code} {rule.name}\n\n{rule.sentence}\n\n{rule.story}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
