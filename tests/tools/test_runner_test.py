#!/usr/bin/env python3
"""tools/test on a small repository of its own: the closing line, the exit code, and what each option leaves out."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"

PRESETS = """{"version": 6, "configurePresets": [
  {"name": "dev", "generator": "Ninja", "binaryDir": "${sourceDir}/build/dev"},
  {"name": "asan", "generator": "Ninja", "binaryDir": "${sourceDir}/build/asan"},
  {"name": "tsan", "generator": "Ninja", "binaryDir": "${sourceDir}/build/tsan"}]}"""

CMAKE_HEAD = """cmake_minimum_required(VERSION 3.25)
project(small LANGUAGES NONE)
enable_testing()
add_custom_target(asan_tests)
add_custom_target(tsan_tests)
function(add name labels code)
  add_test(NAME ${name} COMMAND bash -c "${code}")
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" SKIP_RETURN_CODE 77 TIMEOUT 60)
endfunction()
"""

ALL_GOOD = """
add(core_test "unit;asan;tsan" "echo built in $PWD >> ${CMAKE_SOURCE_DIR}/ran; exit 0")
add(call_test e2e "echo there is no sipp here; exit 77")
add(sim_test sim "exit 0")
add(plant_test "sim;mutants" "exit 0")
add(odd_test deploy-docker "exit 0")
"""


class RunnerTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rf-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "tools").mkdir()
        for name in ("test", "junit_summary.py", "ubsan.supp"):
            shutil.copy(TOOLS / name, self.folder / "tools" / name)
        self.script("tools/setup", '#!/bin/bash\necho "$*" >> setup_arguments\n')
        (self.folder / "CMakePresets.json").write_text(PRESETS)

    def script(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)

    def run_tests(self, tests, *arguments):
        (self.folder / "CMakeLists.txt").write_text(CMAKE_HEAD + tests)
        done = subprocess.run([str(self.folder / "tools" / "test"), *arguments], text=True, timeout=120,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        closing = re.findall(r"^\d+ passed, \d+ failed, \d+ skipped$", done.stdout, re.MULTILINE)
        if closing:
            self.assertEqual(len(closing), 1, done.stdout)
            self.assertEqual(done.stdout.splitlines()[-1], closing[0])
        return done.returncode, done.stdout, closing[0] if closing else None

    def test_everything_is_run_and_summed(self):
        code, text, closing = self.run_tests(ALL_GOOD)
        self.assertEqual(closing, "6 passed, 0 failed, 1 skipped", text)
        self.assertEqual(code, 0)
        self.assertIn("skipped: call_test: there is no sipp here", text)
        self.assertEqual((self.folder / "setup_arguments").read_text(), "--with tests --with e2e\n--with tsan\n")
        ran = (self.folder / "ran").read_text()
        self.assertIn("build/dev", ran)
        self.assertIn("build/asan", ran)
        self.assertIn("build/tsan", ran)
        order = re.findall(r"^test: running (\S+)$", text, re.MULTILINE)
        self.assertEqual(order, ["unit", "actors", "sim", "storage", "node", "sip-edge", "golden", "fuzz", "e2e", "model",
                                 "other", "mutants", "asan", "tsan"])

    def test_quick_leaves_out_sanitizers_and_planted_bugs(self):
        code, text, closing = self.run_tests(ALL_GOOD, "--quick")
        self.assertEqual((code, closing), (0, "3 passed, 0 failed, 1 skipped"), text)
        self.assertFalse((self.folder / "build" / "asan").exists())
        self.assertFalse((self.folder / "build" / "tsan").exists())

    def test_one_label(self):
        code, text, closing = self.run_tests(ALL_GOOD, "--label", "unit")
        self.assertEqual((code, closing), (0, "1 passed, 0 failed, 0 skipped"), text)
        code, text, closing = self.run_tests(ALL_GOOD, "--label", "mutants", "--label", "asan")
        self.assertEqual((code, closing), (0, "2 passed, 0 failed, 0 skipped"), text)

    def test_whole_tree_under_asan(self):
        code, text, closing = self.run_tests(ALL_GOOD, "--asan")
        self.assertEqual((code, closing), (0, "3 passed, 0 failed, 1 skipped"), text)
        self.assertFalse((self.folder / "build" / "dev").exists())

    def test_tsan_part_alone(self):
        code, text, closing = self.run_tests(ALL_GOOD, "--tsan")
        self.assertEqual((code, closing), (0, "1 passed, 0 failed, 0 skipped"), text)
        self.assertFalse((self.folder / "build" / "dev").exists())

    def test_without_its_caf_the_tsan_part_is_skipped(self):
        self.script("tools/setup", '#!/bin/bash\n[[ $* != *tsan* ]]\n')
        code, text, closing = self.run_tests(ALL_GOOD)
        self.assertEqual((code, closing), (0, "5 passed, 0 failed, 2 skipped"), text)
        self.assertIn("skipped: tsan: there is no CAF with ThreadSanitizer here", text)
        self.assertFalse((self.folder / "build" / "tsan").exists())

    def test_a_failure_is_counted_and_named(self):
        code, text, closing = self.run_tests(ALL_GOOD + 'add(bad_test unit "echo boom; exit 1")', "--quick")
        self.assertEqual((code, closing), (1, "3 passed, 1 failed, 1 skipped"), text)
        self.assertIn("failed: unit: bad_test", text)
        self.assertIn("boom", text)

    def test_a_test_that_cannot_start_is_a_failure(self):
        code, text, closing = self.run_tests("add_test(NAME gone COMMAND no-such-program)", "--quick")
        self.assertEqual((code, closing), (1, "0 passed, 1 failed, 0 skipped"), text)

    def test_running_nothing_is_a_failure(self):
        code, text, closing = self.run_tests(ALL_GOOD, "--label", "untis")
        self.assertEqual((code, closing), (1, "0 passed, 0 failed, 0 skipped"), text)
        self.assertIn("no test ran", text)

    def test_only_skips_is_a_failure(self):
        code, text, closing = self.run_tests(ALL_GOOD, "--label", "e2e")
        self.assertEqual((code, closing), (1, "0 passed, 0 failed, 1 skipped"), text)

    def test_a_build_that_fails_is_a_failure(self):
        code, text, closing = self.run_tests('add_custom_target(broken ALL COMMAND false)')
        self.assertEqual((code, closing), (1, "0 passed, 1 failed, 0 skipped"), text)
        self.assertIn("failed: building preset dev", text)

    def test_failed_setup_is_a_failure(self):
        self.script("tools/setup", "#!/bin/bash\nexit 1\n")
        code, text, closing = self.run_tests(ALL_GOOD)
        self.assertEqual((code, closing), (1, "0 passed, 1 failed, 0 skipped"), text)

    def test_skipped_case_inside_a_passing_program_is_listed(self):
        program = "printf 'x_test.cpp:3: Skipped\\\\nno IPv6 here\\\\n\\\\n[  SKIPPED ] Net.six (0 ms)\\\\n'"
        code, text, closing = self.run_tests(f'add(net_test unit "{program}")', "--quick")
        self.assertEqual((code, closing), (0, "1 passed, 0 failed, 0 skipped"), text)
        self.assertIn("skipped: net_test, case Net.six: no IPv6 here", text)

    def test_unknown_argument_is_named(self):
        code, text, closing = self.run_tests(ALL_GOOD, "--fast")
        self.assertEqual((code, closing), (2, None))
        self.assertIn("unknown argument '--fast'", text)


if __name__ == "__main__":
    for tool in ("cmake", "ctest", "ninja"):
        if shutil.which(tool) is None:
            print(f"skipped: {tool} is not here, run tools/setup")
            sys.exit(77)
    unittest.main()
