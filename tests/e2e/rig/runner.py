"""Finds the cases and runs each in a process of its own, several side by side."""
import dataclasses
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback

from rig.outcome import Failure, Skipped
from rig.parent import die_with_parent
from rig.site import Site

EXIT_SKIPPED = 77


@dataclasses.dataclass
class Case:
    name: str
    purpose: str
    function: object
    timeout_s: float
    jobs: int


def case(timeout_s=60):
    """Marks a function of a module in cases/ as a case. It gets a Site; its first line of documentation is its purpose."""
    def mark(function):
        function.timeout_s = timeout_s
        return function
    return mark


def find(folder, wanted):
    out = []
    for path in sorted(folder.glob("*.py")):
        module = importlib.import_module(f"cases.{path.stem}")
        for name, function in vars(module).items():
            full = f"{path.stem}.{name}"
            if hasattr(function, "timeout_s") and (not wanted or path.stem in wanted or full in wanted):
                out.append(Case(full, function.__doc__.splitlines()[0], function, function.timeout_s,
                                getattr(module, "JOBS", 2)))
    return out


def run_here(case, keep):
    """The case in this process. Everything that it starts is gone when this returns."""
    def too_long(*_):
        raise Failure(f"not over after {case.timeout_s} s")

    signal.signal(signal.SIGTERM, too_long)
    site = Site(case.name)
    try:
        case.function(site)
        site.check_and_close()
        print("passed")
        return 0
    except Skipped as reason:
        site.kill_all()
        print(f"skipped: {reason}")
        return EXIT_SKIPPED
    except BaseException:  # whatever it is: say what was going on, then clean up
        traceback.print_exc(file=sys.stdout)
        site.kill_all()
        print(site.story())
        return 1
    finally:
        site.remove(keep)


class Running:
    def __init__(self, case, script, arguments):
        self.case = case
        self.start = time.monotonic()
        self.output = tempfile.TemporaryFile()
        command = [sys.executable, str(script), "--in-this-process", "--bin", str(arguments.bin), case.name]
        if arguments.keep:
            command.append("--keep")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
                                        start_new_session=True, preexec_fn=die_with_parent)

    def over(self):
        if self.process.poll() is not None:
            return True
        if time.monotonic() - self.start < self.case.timeout_s:
            return False
        # The case says what was going on when it is told to end.
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            pass
        return True

    def finish(self):
        """(verdict, seconds, text)"""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.output.seek(0)
        text = self.output.read().decode(errors="replace")
        seconds = time.monotonic() - self.start
        verdict = {0: "passed", EXIT_SKIPPED: "skipped"}.get(self.process.returncode, "FAILED")
        return verdict, seconds, text


def run_all(cases, script, arguments):
    # The longest first, so that the end does not wait for one of them.
    waiting = sorted(cases, key=lambda one: -one.timeout_s)
    jobs = arguments.jobs or max(one.jobs for one in cases)
    running, counts = [], {"passed": 0, "skipped": 0, "FAILED": 0}
    while waiting or running:
        while waiting and len(running) < jobs:
            running.append(Running(waiting.pop(0), script, arguments))
        for one in [one for one in running if one.over()]:
            running.remove(one)
            verdict, seconds, text = one.finish()
            counts[verdict] += 1
            print(f"{verdict:8}{one.case.name}  {seconds:.1f} s", flush=True)
            if verdict == "FAILED":
                print(f"  {one.case.purpose}\n" + "".join(f"  | {line}\n" for line in text.splitlines()), flush=True)
            elif verdict == "skipped":
                print("  " + text.strip().splitlines()[-1], flush=True)
        time.sleep(0.05)
    print(f"e2e: {counts['passed']} passed, {counts['FAILED']} failed, {counts['skipped']} skipped")
    if counts["FAILED"]:
        return 1
    return EXIT_SKIPPED if counts["passed"] == 0 else 0
