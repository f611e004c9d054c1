#!/usr/bin/env python3
"""Sums up one JUnit file of ctest for tools/test, as lines of a kind, a tab and a text.

passed N                 how many tests passed
failed NAME              one line for each test that failed, timed out or could not be started
skipped NAME: REASON     one line for each test that exited 77
skipped-case NAME: ...   one line for each case that a passing GoogleTest program skipped; the program counts as passed
"""
import re
import sys
import xml.etree.ElementTree

SKIPPED_CASE = re.compile(r"Skipped\n(?P<reason>.*?)\n*\[  SKIPPED \] (?P<case>\S+)", re.DOTALL)


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"


def summarise(tests):
    passed = 0
    for test in tests:
        name, status = test.get("name"), test.get("status")
        output = test.findtext("system-out") or ""
        not_run = test.find("skipped")
        if status == "run":
            passed += 1
            for case in SKIPPED_CASE.finditer(output):
                reason = " ".join(case["reason"].split()) or "it gave no reason"
                yield "skipped-case", f"{name}, case {case['case']}: {reason}"
        elif status == "notrun" and not_run is not None and "SKIP_" in not_run.get("message", ""):
            yield "skipped", f"{name}: {last_line(output)}"
        elif status == "disabled":
            yield "skipped", f"{name}: disabled in its CMakeLists.txt"
        else:
            yield "failed", name
    yield "passed", str(passed)


def main():
    try:
        tests = xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter("testcase")
    except (OSError, xml.etree.ElementTree.ParseError) as problem:
        print(f"failed\tthe report of ctest cannot be read: {problem}")
        return
    for kind, text in summarise(tests):
        print(f"{kind}\t{text}")


if __name__ == "__main__":
    main()
