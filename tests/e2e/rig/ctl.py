"""ringfencectl as a case uses it."""
import json
import subprocess
import threading
import time

from rig import programs
from rig.outcome import Failure, expect_equal
from rig.parent import die_with_parent


class Refused(Exception):
    """What ringfencectl said on standard error, with its exit code and the error's code."""

    def __init__(self, exit_code, text):
        super().__init__(f"exit code {exit_code}: {text}")
        self.exit_code = exit_code
        self.text = text
        words = text.split(": ")
        self.code = words[1] if len(words) > 2 else ""


class Ctl:
    def __init__(self, server, token_file):
        self.server = server
        self.token_file = token_file

    def command(self, *words, server=None, token_file=None):
        return [programs.ours("ringfencectl"), *map(str, words), "--server", server or self.server,
                "--token-file", str(token_file or self.token_file)]

    def text(self, *words, timeout_s=30, **other):
        """What it prints; Refused unless the exit code is 0."""
        done = subprocess.run(self.command(*words, **other), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout_s, check=False)
        if done.returncode != 0:
            raise Refused(done.returncode, (done.stderr or done.stdout).strip())
        return done.stdout

    def __call__(self, *words, **other):
        """The answer as a dictionary."""
        return json.loads(self.text(*words, "--json", **other))

    def lines(self, *words, **other):
        """Answers of a line each."""
        return [json.loads(line) for line in self.text(*words, "--json", **other).splitlines()]

    def start(self, *words):
        """The command as a running process whose answer nobody waits for yet."""
        return subprocess.Popen(self.command(*words, "--json"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent)

    def refusal(self, *words, code, exit_code=1, **other):
        """The sentence of an error that must come."""
        try:
            answer = self.text(*words, **other)
        except Refused as refused:
            expect_equal((refused.code, refused.exit_code), (code, exit_code), f"{' '.join(map(str, words))}: {refused.text}")
            return refused.text
        raise Failure(f"{' '.join(map(str, words))} was to be refused as {code}, but answered {answer!r}")


class Feed:
    """Every committed fact as it comes, from one running `ringfencectl watch`, also over restarts of the node."""

    def __init__(self, ctl, account):
        self.changed = threading.Condition()
        self.facts = []
        self.gaps = 0
        self.snapshots = 0
        self.process = ctl.start("watch", "--for", "30m", "--account", account)
        threading.Thread(target=self.read, daemon=True).start()
        self.wait(lambda: self.snapshots > 0, "the watch's snapshot")

    def read(self):
        for line in self.process.stdout:
            frame = json.loads(line)
            with self.changed:
                if frame.get("snapshot", {}).get("last"):
                    self.snapshots += 1
                if "gap" in frame:
                    self.gaps += 1
                last = int(self.facts[-1]["seq"]) if self.facts else 0
                for fact in frame.get("deltas", {}).get("facts", []):
                    if int(fact["seq"]) > last:
                        self.facts.append(fact)
                self.changed.notify_all()

    def wait(self, condition, what, timeout_s=30):
        end = time.monotonic() + timeout_s
        with self.changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    seen = " ".join(f"{fact['seq']}:{fact['kind']}" for fact in self.facts[-30:])
                    raise Failure(f"{what} did not come within {timeout_s} s; the last facts were {seen}")

    def mark(self):
        """A place in the stream, to look only at what comes later."""
        with self.changed:
            return len(self.facts)

    def next(self, kind, after=0, timeout_s=30, **fields):
        """The first fact of that kind with those fields from the place `after` on, when it has come."""
        found = []

        def look():
            found[:] = [fact for fact in self.facts[after:] if matches(fact, kind, fields)]
            return bool(found)

        self.wait(look, f"the fact {kind} {fields}", timeout_s)
        return found[0]

    def none(self, kind, after=0, **fields):
        with self.changed:
            for fact in self.facts[after:]:
                if matches(fact, kind, fields):
                    raise Failure(f"there must be no {kind} {fields}, but there is {fact}")

    def close(self):
        self.process.kill()
        self.process.wait()


def matches(fact, kind, fields):
    return fact["kind"] == kind and all(fact.get(name) == value for name, value in fields.items())
