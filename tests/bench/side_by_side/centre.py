"""Our node and edge with an account of the generator's, and the generator."""
import json
import pathlib
import shutil
import socket
import time

from side_by_side.server import Server, Trouble, run

NODE, NODE_METRICS, EDGE, EDGE_METRICS = "127.0.0.1:7400", "127.0.0.1:9464", "127.0.0.1:5060", "127.0.0.1:9465"


def refuse_if_taken(*addresses):
    for address in addresses:
        host, port = address.split(":")
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                raise Trouble(f"something listens on {address} already: stop it first")


def words_of(flags):
    """Keyword arguments as flags of a command; True stands for a flag without a value."""
    words = []
    for name, value in flags.items():
        words += [f"--{name.replace('_', '-')}"] + ([] if value is True else [value])
    return words


class Centre:
    def __init__(self, programs, folder, under=lambda name: []):
        """`under` gives the words before a program's command, for what watches it."""
        self.programs = programs
        self.under = under
        self.folder = pathlib.Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.node = None
        self.edge = None
        self.runs = 0

    @property
    def token_file(self):
        return self.folder / "data" / "client.token"

    def start_node(self, *flags):
        refuse_if_taken(NODE, NODE_METRICS)
        self.node = Server("ringfenced", [*self.under("ringfenced"), self.programs / "ringfenced", "--data_dir", self.folder / "data", "--grpc.listen",
                                          NODE, "--metrics.listen", NODE_METRICS, "--log.level", "warn", *flags], self.folder)
        self.node.wait_ready(f"http://{NODE_METRICS}/readyz")

    def start_edge(self, *flags):
        refuse_if_taken(EDGE_METRICS)
        self.edge = Server("ringfence-edge", [*self.under("ringfence-edge"), self.programs / "ringfence-edge", "--node.addresses", NODE, "--edge.token_file",
                                              self.folder / "data" / "edge.token", "--data_dir", self.folder / "data-edge",
                                              "--sip.listen", f"udp:{EDGE}", "--metrics.listen", EDGE_METRICS, "--log.level",
                                              "warn", *flags], self.folder)
        self.edge.wait_ready(f"http://{EDGE_METRICS}/readyz")

    def prepare(self, agents, queues=1, **flags):
        code, text = run([self.programs / "rf-load", "prepare", "--node", NODE, "--token-file", self.token_file, "--agents",
                          agents, "--queues", queues, *words_of(flags)], 600, self.folder, "prepare")
        if code != 0:
            raise Trouble(f"rf-load prepare: {text}")

    def start(self, agents, queues=1, **flags):
        self.start_node()
        self.prepare(agents, queues, **flags)
        self.start_edge()

    def servers(self):
        return [server for server in (self.node, self.edge) if server]

    def memory_bytes(self):
        """Of each process, at rest."""
        time.sleep(1)
        return {server.name: server.memory_bytes() for server in self.servers()}

    def close(self):
        for server in reversed(self.servers()):
            server.close()

    def load(self, work, **flags):
        """One run of the generator; `server_cpu_s`: what our processes used meanwhile."""
        words = words_of(flags)
        self.runs += 1
        path = self.folder / f"load-{self.runs}.json"
        before = [server.cpu_s() for server in self.servers()]
        code, text = run([self.programs / "rf-load", work, "--server", EDGE, "--json", path, *words], 3600, self.folder,
                         f"load-{self.runs}")
        if not path.exists():
            raise Trouble(f"rf-load {work} ended with {code}: {text}")
        figures = json.loads(path.read_text())
        figures["server_cpu_s"] = {server.name: server.cpu_s() - at for server, at in zip(self.servers(), before)}
        return figures

    def keep_warm(self, agents, **flags):
        """Registers the phones, with a first call, and leaves them registered: later runs say `static`."""
        return self.load("steady", agents=agents, rate=5, seconds="1s", registrations="keep", register_rate=2000, **flags)
