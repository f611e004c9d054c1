"""Where the processor time of our two processes goes, by function."""
import contextlib
import re
import shutil
import subprocess

from side_by_side.server import Trouble

# Agents, generator's work and flags.
PROFILES = {
    "W1": (1000, "steady", {"rate": 300, "seconds": "10s"}),
    "W2": (50, "backlog", {"waiting": 1000, "seconds": "10s"}),
}
LINES = 40


def profile(bench, workload):
    agents, work, flags = PROFILES[workload]
    perf = shutil.which("perf")
    if not perf:
        raise Trouble("perf is not installed: tools/setup --with bench")
    with contextlib.closing(bench.centre()) as centre:
        centre.start(agents)
        centre.keep_warm(agents)
        recorders = []
        for server in centre.servers():
            record = bench.folder / f"{server.name}.perf"
            # By the clock: counters of the processor are not there in every virtual machine.
            command = [perf, "record", "-e", "cpu-clock", "-F", "3000", "-o", record, "-p", server.process.pid]
            recorders.append((server, record, subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
        figures = centre.load(work, agents=agents, static=True, domain="load.test", **flags)
        for server, record, recorder in recorders:
            recorder.terminate()
            recorder.wait()
            calls = figures["calls"]["connected"]
            print(f"\n{server.name}: {figures['server_cpu_s'][server.name] * 1e6 / calls:.0f} us of CPU a call, {calls} calls")
            for key in ("comm,dso", "symbol"):
                print(shares(perf, record, key))


def shares(perf, record, key):
    done = subprocess.run([perf, "report", "-i", str(record), "--stdio", "--sort", key, "-g", "none"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    lines = [re.sub(r"\s+", " ", line.replace("- -", "")).strip() for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
    return "\n".join(f"  {line[:110]}" for line in lines[:LINES])
