"""One contact centre of a case: a node, its edges and phones, all on addresses and in a folder of its own."""
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

from rig import facts as facts_of
from rig import programs
from rig.account import DOMAIN
from rig.address import Addresses
from rig.baresip import Baresip
from rig.ctl import Ctl, Feed, Refused
from rig.outcome import Failure, expect, expect_equal
from rig.process import Process
from rig.sipp import Sipp

GRPC_PORT, METRICS_PORT, EDGE_METRICS_PORT, SIP_PORT = 7400, 9464, 9465, 5060


class Site:
    def __init__(self, name):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"ringfence-e2e-{name}-"))
        self.addresses = Addresses()
        self.address = self.addresses[0]
        self.callers = self.addresses[1]
        self.phones = self.addresses[2]
        self.processes = []
        self.feeds = {}
        self.node = None
        self.edge = None
        self.next_port = 5060
        self.ctl = Ctl(f"{self.address}:{GRPC_PORT}", self.data / "client.token")

    # Ours

    @property
    def data(self):
        return self.folder / "data"

    def start(self, name, command, **other):
        count = sum(process.name.split("@")[0] == name for process in self.processes)
        process = Process(name if count == 0 else f"{name}@{count + 1}", command, self.folder, **other)
        self.processes.append(process)
        return process

    def node_command(self, *flags):
        return [programs.ours("ringfenced"), "--data_dir", self.data, "--grpc.listen", f"{self.address}:{GRPC_PORT}",
                "--metrics.listen", f"{self.address}:{METRICS_PORT}", "--log.level", "debug", *flags]

    def start_node(self, *flags, **other):
        """Starts ringfenced, waits until it serves."""
        self.node = self.start("ringfenced", self.node_command(*flags), **other)
        self.node.wait_log("ready")
        return self.node

    def edge_command(self, name="edge-1", address=None, flags=(), token_file=None, listen=()):
        address = address or self.address
        return [programs.ours("ringfence-edge"), "--edge.name", name, "--node.addresses", f"{self.address}:{GRPC_PORT}",
                "--edge.token_file", token_file or self.data / "edge.token", "--data_dir", self.folder / f"data-{name}",
                "--sip.listen", ",".join([f"udp:{address}:{SIP_PORT}", f"tcp:{address}:{SIP_PORT}", *listen]),
                "--metrics.listen", f"{address}:{EDGE_METRICS_PORT}", "--log.level", "debug", *flags]

    def start_edge(self, name="edge-1", address=None, flags=(), listen=()):
        """Starts ringfence-edge, waits until it takes calls."""
        edge = self.start(name, self.edge_command(name, address, flags, listen=listen))
        edge.wait_log("ready")
        self.wait_edge_ready(address)
        self.edge = edge
        return edge

    def edge_ready(self, address=None):
        """Whether the edge takes calls: a node is attached and the directory known."""
        try:
            with urllib.request.urlopen(f"http://{address or self.address}:{EDGE_METRICS_PORT}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def wait_edge_ready(self, address=None):
        self.wait_until(lambda: self.edge_ready(address), "the edge ready")

    def restart_node(self):
        """After a kill: the node comes back with what it acknowledged."""
        expect(not self.node.alive(), "the node still runs")
        return self.start_node()

    def import_account(self, text):
        """Imports the account file, watches the account from now on and gives its feed."""
        path = self.folder / f"account-{len(self.feeds)}.toml"
        path.write_text(text)
        account = self.ctl("account", "import", path)["account"]
        self.feeds[account["id"]] = Feed(self.ctl, account["id"])
        self.account = account["id"]
        return self.feeds[account["id"]]

    @property
    def feed(self):
        return self.feeds[self.account]

    def facts(self, account=None):
        """The account's whole log."""
        return self.ctl.lines("facts", "--account", account or self.account)

    def agent(self, key):
        return self.ctl("agent", "status", key, "--account", self.account)["agent"]

    def bucket(self, key):
        return self.agent(key)["bucket"].removeprefix("BUCKET_").lower()

    def ids(self):
        """Ids of agents and queues by key."""
        agents = self.ctl("agent", "list", "--account", self.account)["agents"]
        queues = self.ctl("queue", "list", "--account", self.account)["queues"]
        return {row["definition"]["key"]: row["definition"]["id"] for row in agents + queues}

    def rooms(self, account):
        """How many calls each agent may have at once, by id."""
        agents = self.ctl("agent", "list", "--account", account)["agents"]
        return {row["definition"]["id"]: int(row["definition"].get("max_concurrent") or 1) for row in agents}

    def wait_until(self, condition, what, timeout_s=30):
        """For what is not a fact: asks again and again."""
        end = time.monotonic() + timeout_s
        while True:
            try:
                if condition():
                    return
            except Refused as refused:
                if refused.exit_code != 3:
                    raise
            if time.monotonic() > end:
                raise Failure(f"{what}: not within {timeout_s} s")
            time.sleep(0.1)

    def wait_bucket(self, key, wanted, timeout_s=30):
        self.wait_until(lambda: self.bucket(key) == wanted, f"{key} {wanted}", timeout_s)

    # SIP

    def port(self):
        """A port of its own, with the next three free, for a caller or a phone of this case."""
        self.next_port += 4
        return self.next_port

    def sipp(self, scenario, address=None, target=None, port=None, **other):
        """Starts a sipp scenario towards the edge; `calls`, `hold_s`, `keys` and so on as in rig/sipp.py."""
        return Sipp(self, scenario, address or self.callers, port or self.port(), target or f"{self.address}:{SIP_PORT}",
                    **other)

    def baresip(self, extension, password=None, edge=None, **other):
        """Starts a baresip phone and waits until it is registered, at the edge with that address."""
        return Baresip(self, extension, password or f"secret-{extension}", f"{edge or self.address}:{SIP_PORT}", DOMAIN, **other)

    # Ends

    def rf_log(self, *words):
        done = subprocess.run([programs.ours("rf-log"), *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def verify_log(self):
        for word in ("verify", "replay"):
            code, text = self.rf_log(word, self.data / "log")
            expect_equal(code, 0, f"rf-log {word}: {text}")

    def check_and_close(self):
        """What every case ends with: nobody died unasked, the logs hold, everything ends well when told to."""
        for process in self.processes:
            over = process.expected_dead or process.alive() or process.name.startswith("sipp") and process.process.returncode == 0
            expect(over, f"{process.name} died: exit code {process.process.returncode}")
        if self.node and self.node.alive():
            for account in self.feeds:
                facts_of.check(self.facts(account), self.rooms(account))
        for feed in self.feeds.values():
            feed.close()
        # Callers and phones first, then edges, then nodes.
        ours = {kind: [process for process in self.processes if process.name.startswith(kind)] for kind in ("edge", "ringfenced")}
        for process in self.processes:
            if process not in ours["edge"] + ours["ringfenced"]:
                process.kill()
        for process in ours["edge"] + ours["ringfenced"]:
            if process.alive():
                expect_equal(process.terminate(), 0, f"exit code of {process.name}")
        if self.node:
            self.verify_log()
        self.kill_all()

    def kill_all(self):
        for process in self.processes:
            process.kill()
        for feed in self.feeds.values():
            feed.close()

    def story(self):
        """The end of every log, for the report of a failed case."""
        out = [f"folder {self.folder}"]
        for path in sorted(self.folder.rglob("*.log")):
            if self.data in path.parents:
                continue
            lines = path.read_text(errors="replace").splitlines()
            out.append(f"-- {path.relative_to(self.folder)}, the last of {len(lines)} lines")
            out += [f"   {line[:400]}" for line in lines[-40:]]
        return "\n".join(out)

    def remove(self, keep):
        self.addresses.close()
        if keep:
            print(f"kept {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
