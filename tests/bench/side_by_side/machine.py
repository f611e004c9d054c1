"""Facts of the machine, without which no figure means anything."""
import os
import pathlib
import platform
import subprocess
import time


def load_average():
    return " ".join(pathlib.Path("/proc/loadavg").read_text().split()[:3])


def sync_us(folder, count=300):
    """Median microseconds of writing 4 KB and fdatasync, in that folder."""
    path = folder / "sync"
    block = bytes(4096)
    took = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(count):
            start = time.perf_counter()
            file.write(block)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - start)
    path.unlink()
    return sorted(took)[count // 2] * 1e6


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def commit(root):
    done = subprocess.run(["git", "-C", root, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def facts(root, folder):
    with open("/proc/meminfo", encoding="ascii") as file:
        memory_kb = int(file.readline().split()[1])
    return {"commit": commit(root), "started": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "cores": os.cpu_count(),
            "processor": processor(), "memory_gb": round(memory_kb / 1e6, 1), "kernel": platform.release(),
            "load_before": load_average(), "fdatasync_us": round(sync_us(folder))}
