"""`python -m benchmarks [name...]` measures and writes RESULTS.md; `... soak` runs the long campaigns."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks import results, soak

BENCHMARKS = {
    "import": "benchmarks.product.imports",
    "compare-yesterday": "benchmarks.product.yesterday",
    "detections": "benchmarks.product.detections",
    "row-security": "benchmarks.product.row_security",
    "audit": "benchmarks.product.trail",
    "packs": "benchmarks.product.packs",
    "inbox": "benchmarks.product.inbox",
    "pages": "benchmarks.product.pages",
    "compare-page": "benchmarks.product.compare_page",
    "traces-receiver": "benchmarks.traces.receiver",
    "traces-store": "benchmarks.traces.store",
    "first-paint": "benchmarks.product.first_paint",
    "start-up": "benchmarks.product.start_up",
}
"""Each module has `TITLE` and `tables(is_quick)`, which yields `results.Table`s."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(BENCHMARKS)}; or soak (default: all)")
    parser.add_argument("--quick", action="store_true", help="smaller numbers, to try it; nothing is written")
    args = parser.parse_args()
    if args.names == ["soak"]:
        return soak.run()
    unknown = [name for name in args.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark called {', '.join(unknown)}")
    for name in args.names or BENCHMARKS:
        _measure(name, is_quick=args.quick)
    return 0


def _measure(name: str, *, is_quick: bool) -> None:
    module = importlib.import_module(BENCHMARKS[name])
    load = results.load()
    text = "\n\n".join(table.markdown() for table in module.tables(is_quick))
    print(f"\n## {module.TITLE}\n\n{text}", flush=True)
    if not is_quick:
        results.write(name, module.TITLE, text, load)


if __name__ == "__main__":
    sys.exit(main())
