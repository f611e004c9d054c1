#!/usr/bin/env python3
"""Runs end-to-end cases against real processes: ringfenced, ringfence-edge, ringfencectl, sipp and baresip.

Each case is a process of its own with its own loopback addresses and temporary folder, so cases run side by side.
Exit code 0: all passed; 1: one failed; 77: all were skipped.
"""
import argparse
import os
import pathlib
import sys

sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))

from rig import programs, runner  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wanted", nargs="*", metavar="GROUP[.CASE]", help="what to run; all when absent")
    parser.add_argument("--bin", type=pathlib.Path, default=here.parents[1] / "build" / "dev" / "bin",
                        help="the folder of our programs (default: build/dev/bin)")
    parser.add_argument("--jobs", type=int, default=0, help="cases side by side (default: 2, or what the group says)")
    parser.add_argument("--keep", action="store_true", help="keep the folders of failed cases")
    parser.add_argument("--list", action="store_true", help="list the cases")
    parser.add_argument("--in-this-process", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    arguments = parse()
    os.environ["TZ"] = "UTC"
    programs.folder = arguments.bin.resolve()
    cases = runner.find(here / "cases", arguments.wanted)
    if not cases:
        print(f"e2e: no case is called {' or '.join(arguments.wanted)}; --list names them", file=sys.stderr)
        return 2
    if arguments.list:
        for case in cases:
            print(f"{case.name}  {case.purpose}")
        return 0
    if arguments.in_this_process:
        return runner.run_here(cases[0], arguments.keep)
    return runner.run_all(cases, pathlib.Path(__file__).resolve(), arguments)


if __name__ == "__main__":
    sys.exit(main())
