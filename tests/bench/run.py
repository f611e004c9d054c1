#!/usr/bin/env python3
"""Measures one node beside servers that people know; figures for people, never a pass or fail. See README.md."""
import argparse
import json
import pathlib
import shutil
import sys
import time

sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
sys.path.insert(0, str(here))

from side_by_side import machine, report  # noqa: E402
from side_by_side.parts import PARTS, Bench  # noqa: E402
from side_by_side.profile import PROFILES, profile  # noqa: E402
from side_by_side.server import Trouble  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", required=True)
    table = commands.add_parser("table", help="measure parts and print them as one table")
    table.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when absent")
    table.add_argument("--quick", action="store_true", help="short windows: to see that it works")
    two = commands.add_parser("report", help="compare two results, or print one")
    two.add_argument("results", nargs="+", type=pathlib.Path, metavar="FILE")
    one = commands.add_parser("profile", help="where a workload's processor time goes, by function")
    one.add_argument("workload", choices=PROFILES)
    return parser.parse_args()


def measure(bench, wanted):
    """Every row is printed as it comes and written at once, so that a run that is broken off has what it measured."""
    results = bench.folder.parent / "results"
    results.mkdir(parents=True, exist_ok=True)
    result = {"machine": machine.facts(root, bench.folder), "parts": {}}
    path = results / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{result['machine']['commit']}.json"
    for name in wanted:
        rows = result["parts"].setdefault(name, [])
        print(f"-- {report.TITLES[name]}", flush=True)
        for row in PARTS[name](bench):
            rows.append(row)
            print("  " + "  ".join(f"{key} {report.text_of(value)}" for key, value in row.items() if value is not None), flush=True)
            path.write_text(json.dumps(result, indent=1))
    print(f"\n{report.whole(result)}\n\nwritten to {path}")


def read(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as why:
        raise Trouble(f"{path} is no result that can be read ({why}): name a file of build/bench-run/results") from None


def main():
    asked = arguments()
    if asked.command == "report":
        results = [read(path) for path in asked.results]
        print(report.compared(*results) if len(results) == 2 else "\n\n".join(map(report.whole, results)))
        return 0
    folder = root / "build" / "bench-run" / "work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bench = Bench(asked.bin.resolve(), folder, getattr(asked, "quick", False))
    if asked.command == "profile":
        profile(bench, asked.workload)
        return 0
    unknown = [part for part in asked.parts if part not in PARTS]
    if unknown:
        raise Trouble(f"there is no part {unknown[0]}: use {', '.join(PARTS)}")
    measure(bench, [name for name in PARTS if name in (asked.parts or PARTS)])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        print(f"bench: {trouble}", file=sys.stderr)
        sys.exit(1)
