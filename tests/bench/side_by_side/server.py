"""A process in a session of its own: the kernel shares the cores out between sessions, so no part starves another."""
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Trouble(Exception):
    """The set-up went wrong, said to the person who runs it."""


def prefer(pid):
    """Weight of the whole session against what else runs on the machine."""
    try:
        pathlib.Path(f"/proc/{pid}/autogroup").write_text("-5")
    except OSError:
        # Without root, or a kernel without session groups: then it runs as everything else does.
        pass


def run(command, timeout_s, folder, name):
    """A command in its own session; its output when it ended, whatever its exit code."""
    log = folder / f"{name}.log"
    with open(log, "wb") as out:
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, start_new_session=True)
    prefer(process.pid)
    try:
        code = process.wait(timeout_s)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    return code, log.read_text(errors="replace")


class Server:
    """One started server with all processes of its session."""

    def __init__(self, name, command, folder, cwd=None, end_signal=signal.SIGTERM):
        self.name = name
        self.end_signal = end_signal
        self.log_path = folder / f"{name}.log"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, start_new_session=True, cwd=cwd or folder)
        prefer(self.process.pid)

    def pids(self):
        """Every process of the session, the ones that left it by a second fork included if their parent is here."""
        out = []
        for folder in pathlib.Path("/proc").iterdir():
            if folder.name.isdigit():
                fields = stat_of(folder)
                if fields and (int(fields[3]) == self.process.pid or int(folder.name) == self.process.pid):
                    out.append(int(folder.name))
        parents = set(out)
        for folder in pathlib.Path("/proc").iterdir():
            if folder.name.isdigit() and int(folder.name) not in parents:
                fields = stat_of(folder)
                if fields and int(fields[1]) in parents:
                    out.append(int(folder.name))
        return out

    def cpu_s(self):
        """User and system time of all its processes so far, also of children that ended."""
        total = 0
        for pid in self.pids():
            fields = stat_of(pathlib.Path(f"/proc/{pid}"))
            if fields:
                total += sum(int(field) for field in fields[11:15])
        return total / TICKS

    def memory_bytes(self):
        """Resident memory that is its own: without the pages of shared files."""
        total = 0
        for pid in self.pids():
            try:
                text = pathlib.Path(f"/proc/{pid}/status").read_text()
            except OSError:
                continue
            total += 1024 * int(re.search(r"RssAnon:\s+(\d+)", text).group(1))
        return total

    def alive(self):
        return self.process.poll() is None

    def log(self):
        return self.log_path.read_text(errors="replace")

    def wait_until(self, condition, what, timeout_s=60):
        end = time.monotonic() + timeout_s
        # Another server at the same address may answer for one that ended.
        while not condition() or not self.alive():
            if not self.alive():
                raise Trouble(f"{self.name} ended with {self.process.returncode}: {self.log()[-2000:]}")
            if time.monotonic() > end:
                raise Trouble(f"{self.name}: {what} not within {timeout_s} s: {self.log()[-2000:]}")
            time.sleep(0.002)

    def wait_ready(self, url, timeout_s=60):
        def ready():
            try:
                with urllib.request.urlopen(url, timeout=2) as answer:
                    return answer.status == 200
            except OSError:
                return False

        self.wait_until(ready, "ready", timeout_s)

    def close(self, timeout_s=30):
        if self.alive():
            self.process.send_signal(self.end_signal)
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                pass
        self.kill()

    def kill(self):
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()


def stat_of(folder):
    """The fields of /proc/PID/stat behind the name: state, parent, group, session, ..."""
    try:
        text = (folder / "stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2:].split()
