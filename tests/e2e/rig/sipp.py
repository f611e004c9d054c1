"""sipp as a caller, and as a phone that answers by a script."""
import pathlib
import re
import tempfile

from rig import programs
from rig.account import DOMAIN
from rig.outcome import expect, expect_equal

SCENARIOS = pathlib.Path(__file__).resolve().parents[1] / "sipp"


class Sipp:
    """One running sipp. `calls` at most `rate` a second; `hold_s`: how long its pauses without a length are; `keys`: values for
    [key] in the scenario; `values`: texts for {{key}} where sipp takes no key, such as a response's code;
    `call_id`: the Call-ID of its one call."""

    def __init__(self, site, scenario, address, port, target, calls=1, rate=10, hold_s=0, timeout_s=50, keys=None, values=None,
                 user=None, password=None, transport="u1", call_id=None):
        self.site, self.scenario, self.address, self.port = site, scenario, address, port
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"sipp-{port}-{scenario}-", dir=site.folder))
        text = (SCENARIOS / f"{scenario}.xml").read_text()
        for key, value in (values or {}).items():
            text = text.replace("{{" + key + "}}", str(value))
        expect("{{" not in text, f"{scenario}.xml has a value that was not given")
        path = self.folder / "scenario.xml"
        path.write_text(text)
        command = [programs.installed("sipp"), "-sf", path, "-i", address, "-p", port, "-m", calls, "-r", rate, "-l", 1000,
                   "-d", int(hold_s * 1000), "-timeout", timeout_s, "-timeout_error", "-nostdin", "-t", transport,
                   "-trace_msg", "-message_file", self.folder / "messages.log",
                   "-trace_err", "-error_file", self.folder / "errors.log", "-mp", 20000 + port]
        if user:
            command += ["-au", user, "-ap", password or f"secret-{user}", "-auth_uri", DOMAIN]
        if call_id:
            command += ["-cid_str", call_id]
        for key, value in (keys or {}).items():
            command += ["-key", key, value]
        self.process = site.start(f"sipp-{scenario}-{port}", [*command, target])

    def wait(self, timeout_s=60):
        """It must have gone as the scenario says."""
        code = self.process.wait(timeout_s)
        errors = self.folder / "errors.log"
        said = errors.read_text(errors="replace")[:2000] if errors.exists() else self.process.log()[-500:]
        expect_equal(code, 0, f"sipp {self.scenario}: {said}")

    def alive(self):
        return self.process.alive()

    def messages(self):
        """(sent or received, first line, whole text) of every SIP message."""
        path = self.folder / "messages.log"
        if not path.exists():
            return []
        out = []
        for part in re.split(r"^-{20,}.*\n", path.read_text(errors="replace"), flags=re.MULTILINE)[1:]:
            head, _, text = part.partition("\n\n")
            direction = "sent" if "sent" in head else "received"
            out.append((direction, text.split("\n", 1)[0].strip(), text))
        return out

    def received(self):
        """First lines of what came in, repetitions left out."""
        out = []
        for direction, first, _ in self.messages():
            if direction == "received" and first not in out:
                out.append(first)
        return out

    def stop(self):
        self.process.kill()
