#!/usr/bin/env python3
"""Two results are compared row by row, by their conditions."""
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from side_by_side import report  # noqa: E402


def result(rows):
    return {"machine": {"commit": "abc", "cores": 2}, "parts": {"W1": rows}}


class Report(unittest.TestCase):
    def test_a_table_names_each_column_once_and_leaves_out_what_is_not_known(self):
        text = report.whole(result([{"rate": 30, "clean": True, "us": 2.5}, {"rate": 100, "clean": False, "us": None, "note": "x"}]))
        lines = text.splitlines()
        self.assertEqual(lines[-3].split(), ["rate", "clean", "us", "note"])
        self.assertEqual(lines[-2].split(), ["30", "yes", "2.5"])
        self.assertEqual(lines[-1].split(), ["100", "NO", "x"])

    def test_rows_of_the_same_conditions_are_compared(self):
        before = result([{"agents": 100, "rate": 30, "us": 40, "clean": True}, {"agents": 100, "rate": 100, "us": 1}])
        after = result([{"agents": 100, "rate": 30, "us": 20, "clean": True}, {"agents": 1000, "rate": 100, "us": 1}])
        lines = report.compared(before, after).splitlines()
        self.assertEqual(lines[-1].split(), ["agents", "100,", "rate", "30", "us", "40", "20", "0.5"])
        self.assertEqual(sum("agents 1" in line for line in lines), 1)

    def test_nothing_is_divided_by_zero(self):
        text = report.compared(result([{"rate": 30, "us": 0}]), result([{"rate": 30, "us": 5}]))
        self.assertEqual(text.splitlines()[-1].split(), ["rate", "30", "us", "0", "5"])


if __name__ == "__main__":
    unittest.main()
