"""One process that a case started, its log, and how it ends."""
import json
import os
import signal
import subprocess
import time

from rig.outcome import Failure
from rig.parent import die_with_parent


class Process:
    def __init__(self, name, command, folder, ignored_signals=()):
        self.name = name
        self.command = [str(word) for word in command]
        self.log_path = folder / f"{name}.log"
        self.expected_dead = False

        def in_child():
            die_with_parent()
            for number in ignored_signals:
                signal.signal(number, signal.SIG_IGN)

        # Stays in the case's process group: the runner ends the whole group.
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                            cwd=folder, preexec_fn=in_child)

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process.poll() is None

    def log(self):
        return self.log_path.read_text(errors="replace")

    def log_lines(self):
        """Its JSON log lines as dictionaries; what is not JSON is left out."""
        out = []
        for line in self.log().splitlines():
            try:
                parsed = json.loads(line)
            except ValueError:
                continue
            if isinstance(parsed, dict):
                out.append(parsed)
        return out

    def wait_log(self, event, timeout_s=30, after=0):
        """The first log line of that event from line `after` on."""
        end = time.monotonic() + timeout_s
        while True:
            for line in self.log_lines()[after:]:
                if line.get("event") == event:
                    return line
            if not self.alive():
                raise Failure(f"{self.name} ended with {self.process.returncode} before it said '{event}'")
            if time.monotonic() > end:
                raise Failure(f"{self.name} did not say '{event}' within {timeout_s} s")
            time.sleep(0.02)

    def wait(self, timeout_s=30):
        """Its exit code."""
        try:
            code = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} did not end within {timeout_s} s") from None
        self.expected_dead = True
        return code

    def terminate(self, timeout_s=30):
        """SIGTERM, and its exit code."""
        self.expected_dead = True
        if self.alive():
            os.kill(self.pid, signal.SIGTERM)
        return self.wait(timeout_s)

    def kill(self):
        self.expected_dead = True
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait()

    def freeze(self):
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.pid, signal.SIGCONT)
