"""Where the processor time of our two processes goes, by function, and how long a commit takes."""
import contextlib
import re
import shutil
import subprocess
import urllib.request

from side_by_side.centre import NODE_METRICS
from side_by_side.server import Trouble

# Agents, generator's work and flags; flags for a run that is fifty times slower.
PROFILES = {
    "W1": (1000, "steady", {"rate": 300, "seconds": "10s"}, {"rate": 5, "seconds": "20s"}),
    "W2": (50, "backlog", {"waiting": 1000, "seconds": "10s"}, {"waiting": 20, "rate": 10, "talk": "10s", "seconds": "20s"}),
}
LINES = 40
# By the clock: counters of the processor are not there in every virtual machine.
RECORD = ["record", "-e", "cpu-clock", "-F", "3000"]


def profile(bench, workload):
    agents, work, flags, slow_flags = PROFILES[workload]
    perf = shutil.which("perf")
    if perf and subprocess.run([perf, *RECORD, "-o", bench.folder / "try.perf", "true"], capture_output=True, check=False).returncode == 0:
        return by_perf(bench, perf, agents, work, flags)
    if shutil.which("valgrind"):
        print("perf cannot record here: instructions are counted by callgrind, at a rate that it can follow")
        return by_callgrind(bench, work, slow_flags)
    raise Trouble("neither perf nor valgrind works here: tools/setup --with bench")


def by_perf(bench, perf, agents, work, flags):
    with contextlib.closing(bench.centre()) as centre:
        centre.start(agents)
        centre.keep_warm(agents)
        recorders = []
        for server in centre.servers():
            record = bench.folder / f"{server.name}.perf"
            command = [perf, *RECORD, "-o", record, "-p", server.process.pid]
            recorders.append((server, record, subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
        before = histograms()
        figures = centre.load(work, agents=agents, static=True, domain="load.test", **flags)
        for name, text in durations(before, histograms(), figures["calls"]["connected"]):
            print(f"{name}: {text}")
        for server, record, recorder in recorders:
            recorder.terminate()
            recorder.wait()
            calls = figures["calls"]["connected"]
            print(f"\n{server.name}: {figures['server_cpu_s'][server.name] * 1e6 / calls:.0f} us of CPU a call, {calls} calls")
            for key in ("comm,dso", "symbol"):
                print(shares(perf, record, key))


def by_callgrind(bench, work, flags):
    def counts_of(name):
        return bench.folder / f"{name}.callgrind"

    agents = 50
    with contextlib.closing(bench.centre(under=lambda name: ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts_of(name)}"])) as centre:
        centre.start(agents)
        centre.keep_warm(agents)
        figures = centre.load(work, agents=agents, static=True, domain="load.test", **flags)
    for name in ("ringfenced", "ringfence-edge"):
        print(f"\n{name}: instructions from start to end, {figures['calls']['connected']} calls")
        done = subprocess.run(["callgrind_annotate", counts_of(name)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        lines = [line.strip() for line in done.stdout.splitlines() if re.match(r"\s*[\d,]+ \(", line)]
        print("\n".join(f"  {line[:140]}" for line in lines[:LINES]))


def shares(perf, record, key):
    done = subprocess.run([perf, "report", "-i", str(record), "--stdio", "--sort", key, "-g", "none"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    lines = [re.sub(r"\s+", " ", line.replace("- -", "")).strip() for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
    return "\n".join(f"  {line[:110]}" for line in lines[:LINES])


def histograms():
    """Cumulative counts and sums of the node's two histograms of the log."""
    with urllib.request.urlopen(f"http://{NODE_METRICS}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    out = {}
    for line in lines:
        found = re.match(r"(ringfence_commit|ringfence_wal_sync)_seconds_(bucket\{le=\"([^\"]+)\"\}|sum|count) (\S+)", line)
        if found:
            out[found.group(1), found.group(3) or found.group(2)] = float(found.group(4))
    return out


def durations(before, after, calls):
    """Of what happened in between: how often a call, mean, and the bucket in which the median and the 99th of 100 lie."""
    for name, title in (("ringfence_commit", "from proposing to commit"), ("ringfence_wal_sync", "one sync of the log")):
        grown = {key: value - before.get((name, key), 0) for (of, key), value in after.items() if of == name}
        count = grown["count"]
        bounds = sorted((float(key), value) for key, value in grown.items() if key not in ("sum", "count", "+Inf"))

        def below(share):
            return next((f"{bound * 1000:g} ms" for bound, value in bounds if value >= share * count), "more")

        yield title, (f"{count / calls:.1f} a call, mean {grown['sum'] / count * 1000:.2f} ms, "
                      f"half of them below {below(0.5)}, 99 % below {below(0.99)}")
