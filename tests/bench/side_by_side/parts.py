"""What is measured. Each part is a function that yields rows: flat dictionaries, the keys that tell rows apart first."""
import concurrent.futures
import contextlib
import itertools
import json
import shutil
import time
import urllib.request

from side_by_side import peers
from side_by_side.centre import EDGE_METRICS, NODE, Centre
from side_by_side.server import Trouble, run

# Calls a second, each step tried until one is not clean.
RATES = (30, 100, 300, 500, 700, 900, 1100, 1300, 1500, 1700, 1900, 2200, 2500, 3000)
TALK_S = 0.5
# Registrations a second, and how many.
REGISTRATIONS = ((1000, 5000), (4000, 20000))


class Bench:
    """Where programs and results are, and how long each measurement takes."""

    def __init__(self, programs, folder, quick):
        self.programs = programs
        self.folder = folder
        self.quick = quick
        self.known = {}

    def seconds(self, long, short):
        return short if self.quick else long

    def centre(self, **other):
        return Centre(self.programs, self.folder / "centre", **other)

    def generator(self, *words):
        """rf-load against a peer; its figures."""
        path = self.folder / "peer.json"
        path.unlink(missing_ok=True)
        code, text = run([self.programs / "rf-load", *words, "--json", path], 3600, self.folder, "peer-load")
        if not path.exists():
            raise Trouble(f"rf-load ended with {code}: {text}")
        return json.loads(path.read_text())


def per_call_us(seconds, calls):
    return round(seconds * 1e6 / calls) if calls else None


def clean(figures):
    calls = figures["calls"]
    again = figures["retransmissions"]
    repeated = again["callers"]["sent"] + again["phones"]["sent"]
    return figures["clean"] and calls["shed"] == 0 and repeated * 100 <= calls["started"]


def median(rows):
    """Of each figure for itself."""
    out = {}
    for name, value in rows[0].items():
        out[name] = None if value is None else sorted(row[name] for row in rows)[len(rows) // 2]
    return out


def milliseconds(row, name, times):
    row[f"{name}_p50_ms"] = times["p50_ms"]
    row[f"{name}_p99_ms"] = times["p99_ms"]


def routed(agents, rate, figures):
    """One row of W1."""
    calls, cpu = figures["calls"], figures["server_cpu_s"]
    row = {"agents": agents, "rate": rate, "clean": clean(figures), "connected": calls["connected"], "failed": calls["failed"],
           "unfinished": calls["unfinished"], "shed": calls["shed"], "overlapping": calls["overlapping"]}
    milliseconds(row, "route", figures["route"])
    row["node_us"] = per_call_us(cpu["ringfenced"], calls["connected"])
    row["edge_us"] = per_call_us(cpu["ringfence-edge"], calls["connected"])
    row["both_us"] = per_call_us(sum(cpu.values()), calls["connected"])
    row["generator_us"] = per_call_us(figures["generator"]["cpu_s"], calls["connected"])
    return row


def yardstick(bench):
    """W3: a tuned proxy's CPU for the same calls by the same generator, and for a REGISTER; ours for a REGISTER with digest,
    known to the node's log when it is counted."""
    to_it = ["--server", f"127.0.0.1:{peers.KAMAILIO_PORT}"]
    with contextlib.closing(peers.start_kamailio(bench.folder, "127.0.0.1:7080")) as server:
        for rate in (30, 100, 300, 500, 1000, 1500, 1800):
            before = server.cpu_s()
            figures = bench.generator("steady", *to_it, "--static", "--number", "a0", "--agents", 1, "--rate", rate, "--seconds",
                                      f"{bench.seconds(10, 4)}s")
            calls = figures["calls"]
            cpu = per_call_us(server.cpu_s() - before, calls["connected"])
            row = {"server": "kamailio", "what": "call", "rate": rate, "failed": calls["failed"] + calls["unfinished"], "us": cpu}
            milliseconds(row, "took", figures["route"])
            # All its calls go to one phone, so offers overlap; that is no fault of a proxy.
            if row["failed"] == 0:
                bench.known[rate] = cpu
            yield row
        for rate, agents in REGISTRATIONS:
            before = server.cpu_s()
            figures = bench.generator("steady", *to_it, "--number", "a0", "--domain", "127.0.0.1", "--agents", agents, "--register-rate",
                                      rate, "--registrations", "keep", "--rate", 1, "--seconds", "0.1s", "--drain", "1s")
            yield registered("kamailio", rate, agents, server.cpu_s() - before, figures)
    for rate, agents in REGISTRATIONS:
        with contextlib.closing(bench.centre()) as centre:
            centre.start(agents)
            figures = centre.load("steady", agents=agents, register_rate=rate, registrations="keep", rate=1, seconds="0.1s", drain="1s")
            yield registered("ringfence", rate, agents, sum(figures["server_cpu_s"].values()), figures)


def registered(server, rate, agents, cpu_s, figures):
    done = figures["registrations"]["registered"]
    row = {"server": server, "what": "REGISTER", "rate": rate, "failed": agents - done, "us": per_call_us(cpu_s, done)}
    milliseconds(row, "took", figures["registrations"]["took"])
    return row


def beside(bench, row):
    """CPU against the proxy's at the same rate, where that was measured in this run."""
    same = bench.known.get(row["rate"])
    row["to_kamailio"] = round(row["both_us"] / same, 2) if same and row["both_us"] else None
    return row


def steady(bench):
    """W1: free agents, calls by the clock; then half of the last clean rate, and more than can be served. The rates of the
    aims are measured three times and the median counts, so that a machine that is slow for a moment does not decide."""
    for agents in (100, 1000, 10000):
        with contextlib.closing(bench.centre()) as centre:
            centre.start(agents)
            centre.keep_warm(agents)
            last = None
            # So many at most that the agents are no limit: a call holds one for the talk and its set-up.
            rates = [rate for rate in RATES if rate * TALK_S * 1.4 <= agents]
            for rate in rates:
                row = at_rate(bench, centre, agents, rate, bench.seconds(10 if rate <= 100 else 5, 3), 3 if rate == 30 else 1)
                yield row
                if not row["clean"]:
                    break
                last = row
            if last and last["rate"] != rates[-1]:
                yield from past_the_limit(bench, centre, agents, last)
            if last and agents >= 1000:
                yield {**at_rate(bench, centre, agents, last["rate"] // 2, bench.seconds(10, 3), 3),
                       "note": "half of the last clean rate"}


def at_rate(bench, centre, agents, rate, seconds, times):
    rows = [routed(agents, rate, warm(centre, agents, rate, seconds)) for _ in range(times)]
    row = median(rows)
    row["clean"] = all(one["clean"] for one in rows)
    for count in ("failed", "unfinished", "shed", "overlapping"):
        row[count] = sum(one[count] for one in rows)
    return beside(bench, row)


def warm(centre, agents, rate, seconds):
    return centre.load("steady", agents=agents, rate=rate, seconds=f"{seconds}s", static=True, domain="load.test", talk=f"{TALK_S}s")


def past_the_limit(bench, centre, agents, last):
    for factor in (1.5, 2):
        rate = int(last["rate"] * factor)
        seconds = bench.seconds(10, 4)
        row = at_rate(bench, centre, agents, rate, seconds, 1)
        # A second of warm-up belongs to the load; what was served of it counts as well.
        row["goodput"] = round(row["connected"] / (seconds + 1) / last["rate"], 3)
        row["note"] = f"{factor:g} x the last clean rate"
        yield row


def backlog(bench):
    """W2: callers always wait for 50 agents; medians of three runs. A long run brings the agents into step (all talk equally
    long), and then measures how a burst of fifty is served."""
    for waiting, seconds in ((100, 10), (1000, 10), (1000, 60)):
        if seconds > 10 and bench.quick:
            continue
        with contextlib.closing(bench.centre()) as centre:
            centre.start(50)
            centre.keep_warm(50)
            rows = [served(centre.load("backlog", agents=50, waiting=waiting, seconds=f"{seconds}s", static=True, domain="load.test"))
                    for _ in range(3 if seconds == 10 and not bench.quick else 1)]
            row = median(rows)
            for count in ("passed", "overlapping", "failed"):
                row[count] = sum(one[count] for one in rows)
            yield {"waiting": waiting, "seconds": seconds, **row}


def served(figures):
    calls = figures["calls"]
    row = {"served_per_s": figures["connected_per_s"], "of_ideal": round(figures["share_of_ideal"], 4), "passed": calls["passed"],
           "overlapping": calls["overlapping"], "failed": calls["failed"] + calls["unfinished"]}
    milliseconds(row, "gap", figures["idle_gap"])
    row["both_us"] = per_call_us(sum(figures["server_cpu_s"].values()), calls["connected"])
    return row


def contention(bench):
    """W5: ten queues of the same 50 agents, nine of ten always busy: the actors in virtual time, then over SIP."""
    code, text = run([bench.programs / "rf-contention", bench.seconds(1_000_000, 50_000)], 1800, bench.folder, "contention")
    if not text.startswith("{") and "\n{" not in text:
        raise Trouble(f"rf-contention ended with {code}: {text}")
    figures = json.loads(text.splitlines()[-1])
    yield {"what": "virtual time", "seconds": figures["virtual_s"], "offers": figures["offers"], "overlapping": figures["overlapping"],
           "crashes": figures["crashes"]}
    for delay in (0, 0.2):
        with contextlib.closing(bench.centre()) as centre:
            centre.start(50, 10)
            centre.keep_warm(50, queues=10)
            rate = round(0.9 * 50 / (1 + delay), 1)
            seconds = bench.seconds(345 if delay == 0 else 405, 20)
            figures = centre.load("contention", agents=50, queues=10, rate=rate, seconds=f"{seconds}s", static=True,
                                  domain="load.test", answer_delay=f"{delay}s")
            calls = figures["calls"]
            row = {"what": "SIP", "answer_after_s": delay, "rate": rate, "seconds": seconds, "offers": calls["offers"], "overlapping": calls["overlapping"],
                   "double_answers": calls["double_answers"], "failed": calls["failed"] + calls["unfinished"]}
            milliseconds(row, "route", figures["route"])
            yield row


def pairs(bench, store, at, agents, clients, words, server):
    """One run of rf-pairs; with the server's CPU where it is another process."""
    seconds = bench.seconds(4, 1)
    before = server.cpu_s() if server else 0
    code, text = run([bench.programs / "rf-pairs", store, "--at", at, "--agents", agents, "--clients", clients, "--seconds",
                      seconds, *words], 300, bench.folder, f"pairs-{store}")
    if code != 0:
        raise Trouble(f"rf-pairs {store}: {text}")
    figures = json.loads([line for line in text.splitlines() if line.startswith("{")][-1])
    # Half a second of warm-up at the same pace comes before what is counted.
    total = figures["pairs_per_s"] * (seconds + 0.5)
    return {"pairs_per_s": round(figures["pairs_per_s"]), "reserve_p50_ms": figures["reserve"]["p50_ms"],
            "reserve_p99_ms": figures["reserve"]["p99_ms"], "client_us": figures["own_cpu_us"],
            "server_us": per_call_us(server.cpu_s() - before, total) if server else None}


def reservations(bench):
    """W4: reserve the longest idle agent and release it, durably, beside what one would build instead. Stores take turns, so
    that a machine that is slow for a minute is slow for all; the median of three turns counts."""
    count = itertools.count()

    def folder():
        return bench.folder / f"pairs-{next(count)}"

    for agents in (100, 10000):
        with contextlib.ExitStack() as servers:
            redis, redis_at = peers.start_redis(peers.make(folder()))
            servers.enter_context(contextlib.closing(redis))
            postgres, postgres_at = peers.start_postgres(peers.make(folder()))
            servers.enter_context(contextlib.closing(postgres))
            centre = servers.enter_context(contextlib.closing(bench.centre()))
            centre.start_node()
            centre.prepare(agents, endpoint="external")
            stores = {"redis": (lambda: redis_at, [], redis), "postgres": (lambda: postgres_at, [], postgres),
                      "in-process": (folder, [], None), "bare": (folder, [], None),
                      "node": (lambda: NODE, ["--token-file", centre.token_file], centre.node)}
            for clients in (1, 16, 64):
                turns = {store: [] for store in stores}
                for _ in range(bench.seconds(3, 1)):
                    for store, (at, words, server) in stores.items():
                        turns[store].append(pairs(bench, store, at(), agents, clients, words, server))
                found = {store: median(rows) for store, rows in turns.items()}
                for store, row in found.items():
                    yield {"store": store, "agents": agents, "clients": clients, **row,
                           "to_redis": round(row["pairs_per_s"] / found["redis"]["pairs_per_s"], 2),
                           "to_postgres": round(row["pairs_per_s"] / found["postgres"]["pairs_per_s"], 2)}


def memory(bench):
    """What one more of each costs: the growth of both processes for many of them."""

    def row(what, count, before, after):
        node, edge = ((after[name] - before[name]) / 1024 / count for name in ("ringfenced", "ringfence-edge"))
        return {"what": what, "count": count, "node_kb": round(node, 2), "edge_kb": round(edge, 2)}

    def size_with(agents, queues):
        with contextlib.closing(bench.centre()) as centre:
            centre.start(agents, queues)
            centre.keep_warm(agents)
            return centre.memory_bytes()

    one = size_with(1, 1)
    yield row("registered agent", 9999, one, size_with(10000, 1))
    yield row("queue with a member", 999, one, size_with(1, 1000))
    with contextlib.closing(bench.centre()) as centre:
        centre.start(1000)
        centre.keep_warm(1000)
        yield row("bridged call", 900, centre.memory_bytes(),
                  while_there_are(900, centre, "steady", agents=1000, rate=300, seconds="3s", talk="8s"))
    with contextlib.closing(bench.centre()) as centre:
        centre.start(1)
        centre.keep_warm(1)
        yield row("waiting call", 2000, centre.memory_bytes(),
                  while_there_are(2000, centre, "backlog", agents=1, waiting=2000, rate=500, talk="20s", seconds="5s"))


def while_there_are(count, centre, work, **flags):
    """Sizes at the moment when the generator has brought so many calls."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        driven = pool.submit(centre.load, work, static=True, domain="load.test", **flags)
        end = time.monotonic() + 60
        sizes = None
        while sizes is None and not driven.done() and time.monotonic() < end:
            if gauge(EDGE_METRICS, "ringfence_edge_calls") >= count:
                sizes = centre.memory_bytes()
            time.sleep(0.05)
        driven.result()
    if sizes is None:
        raise Trouble(f"there were never {count} calls")
    return sizes


def gauge(address, name):
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith((name + " ", name + "{")):
                return float(line.rsplit(" ", 1)[1])
    return 0


def start(bench):
    """From the node's start after kill -9 to a routed call, the phones still registered at the edge."""
    for agents in (100, 10000):
        with contextlib.closing(bench.centre()) as centre:
            centre.start(agents)
            centre.keep_warm(agents)
            centre.node.kill()
            began = time.monotonic()
            centre.start_node()
            ready = time.monotonic()
            figures = centre.load("steady", agents=agents, static=True, domain="load.test", rate=1, calls_max=1, warmup="0s",
                                  seconds="0.1s", talk="0s", drain="30s")
            if figures["calls"]["connected"] != 1:
                raise Trouble(f"no call was routed after the node's restart: {figures['calls']}")
            yield {"agents": agents, "node_ready_s": round(ready - began, 3),
                   "first_call_s": round(ready - began + figures["route"]["p50_ms"] / 1000, 3)}


def mixed(bench):
    """W2 and W5 again with 20 queues of all strategies, and what a call costs with 100,000 agents beside 100."""
    with contextlib.closing(bench.centre()) as centre:
        centre.start(50, 20, strategies="mixed")
        centre.keep_warm(50, queues=20)
        seconds = bench.seconds(10, 3)
        for waiting in (100, 1000):
            rows = [served(centre.load("backlog", agents=50, queues=20, waiting=waiting, seconds=f"{seconds}s", static=True,
                                       domain="load.test")) for _ in range(bench.seconds(3, 1))]
            yield {"what": "W2", "waiting": waiting, "seconds": seconds, **median(rows)}
        seconds = bench.seconds(120, 10)
        figures = centre.load("contention", agents=50, queues=20, rate=45, seconds=f"{seconds}s", static=True, domain="load.test")
        calls = figures["calls"]
        row = {"what": "W5", "rate": 45, "seconds": seconds, "offers": calls["offers"], "overlapping": calls["overlapping"],
               "double_answers": calls["double_answers"], "failed": calls["failed"] + calls["unfinished"]}
        milliseconds(row, "route", figures["route"])
        yield row
    for agents in (100, bench.seconds(100_000, 5_000), 100):
        with contextlib.closing(bench.centre()) as centre:
            centre.start(agents)
            centre.keep_warm(agents)
            for rate in (30, 100):
                row = at_rate(bench, centre, agents, rate, bench.seconds(10, 3), bench.seconds(3, 1))
                yield {"what": "a call", **{name: value for name, value in row.items() if name != "to_kamailio"}}


def scale(bench):
    """What many agents and queues cost, what a flooded account does to others, how long an explanation takes: the actors and
    the log in one process, without gRPC."""
    folder = bench.folder / "scale"
    for what, words in (("size", (1000, bench.seconds(75_000, 5_000), bench.seconds(40_000, 4_000))),
                        ("neighbours", (1000, bench.seconds(20, 3), 5000)),
                        ("explain", (100, bench.seconds(10_000_000, 300_000)))):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        code, text = run([bench.programs / "rf-scale", what, folder, *words], 1800, bench.folder, f"scale-{what}")
        if code != 0:
            raise Trouble(f"rf-scale {what}: {text}")
        yield from ({"what": what, **json.loads(line)} for line in text.splitlines() if line.startswith("{"))
    shutil.rmtree(folder, ignore_errors=True)


PARTS = {"W3": yardstick, "W1": steady, "W2": backlog, "W4": reservations, "W5": contention, "memory": memory, "start": start, "mixed": mixed, "scale": scale}
