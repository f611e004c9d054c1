#!/usr/bin/env python3
"""The running part of tools/demo: one node, one edge, three phones, twenty callers, the board, and the table from the log."""
import argparse
import ctypes
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request

ADDRESS = "127.0.0.1"
# Calls to the numbers of the sample's queues.
CALLERS = (("7001", 12), ("7002", 8))
CALL_SECONDS_MAX = 80

CALLER = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
INVITE sip:[number]@{domain} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Caller [number]-[call_number]" <sip:+4930[number][call_number]@[local_ip]:[local_port]>;tag=[pid]-[call_number]
To: <sip:[number]@{domain}>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
]]></send>
  <recv response="100" optional="true"/>
  <recv response="182" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <pause distribution="uniform" min="1500" max="3500"/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
"""

PHONE = """poll_method epoll
sip_listen {address}:{port}
net_interface {address}
call_local_timeout 300
call_max_calls 4
audio_player aubridge,nil
audio_source aubridge,nil
audio_alert aubridge,nil
rtp_ports {rtp_first}-{rtp_last}
module_path /usr/lib/baresip/modules
module g711.so
module aubridge.so
module_app account.so
module_app menu.so
"""


class Trouble(Exception):
    """What went wrong, as a sentence."""


def die_with_parent():
    """In a child: nothing of the demo outlives it, however it ends."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def check_programs(folder):
    for name in ("ringfenced", "ringfence-edge", "ringfencectl"):
        if not (folder / name).exists():
            raise Trouble(f"{folder / name} is not built: run tools/demo")
    for name in ("sipp", "baresip"):
        if shutil.which(name) is None:
            raise Trouble(f"{name} is not installed: run tools/setup --with e2e")


def say(text):
    print(f"demo: {text}", flush=True)


def free_port(count):
    """The first of `count` ports in a row that are free for UDP and TCP."""
    chance = random.SystemRandom()
    for _ in range(1000):
        port = chance.randrange(20000, 32000, 4)
        try:
            for offset in range(count):
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                    with socket.socket(socket.AF_INET, kind) as probe:
                        probe.bind((ADDRESS, port + offset))
            return port
        except OSError:
            continue
    raise Trouble("no free ports were found on 127.0.0.1")


class Centre:
    """Every process of the demo, in one temporary folder."""

    def __init__(self, programs, sample):
        self.programs, self.sample_path = programs, sample
        self.sample = tomllib.loads(sample.read_text())
        self.domain = self.sample["account"]["domains"][0]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ringfence-demo-"))
        self.processes = {}
        self.grpc, self.sip, self.edge_metrics = f"{ADDRESS}:{free_port(1)}", f"{ADDRESS}:{free_port(1)}", f"{ADDRESS}:{free_port(1)}"

    def start(self, name, *command):
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log,
                                                    stderr=subprocess.STDOUT, cwd=self.folder, start_new_session=True,
                                                    preexec_fn=die_with_parent)
        return self.processes[name]

    def check_alive(self, name):
        code = self.processes[name].poll()
        if code is not None:
            last = (self.folder / f"{name}.log").read_text(errors="replace").strip().splitlines()[-3:]
            raise Trouble(f"{name} ended with exit code {code}: {' / '.join(last) or 'it said nothing'}")

    def wait(self, what, name, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            self.check_alive(name)
            if time.monotonic() > end:
                raise Trouble(f"{what} did not happen within {seconds} s")
            time.sleep(0.1)

    def ctl_command(self, *words):
        return [str(self.programs / "ringfencectl"), *map(str, words), "--server", self.grpc, "--token-file",
                str(self.folder / "data" / "client.token")]

    def ctl(self, *words):
        done = subprocess.run(self.ctl_command(*words), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              check=False)
        if done.returncode != 0:
            raise Trouble(f"ringfencectl {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def start_node(self):
        self.start("ringfenced", self.programs / "ringfenced", "--data_dir", self.folder / "data", "--grpc.listen", self.grpc,
                   "--metrics.listen", "")
        log = self.folder / "ringfenced.log"
        self.wait("the node's start", "ringfenced", lambda: '"event":"ready"' in log.read_text(errors="replace"))
        self.ctl("account", "import", self.sample_path)

    def start_edge(self):
        self.start("ringfence-edge", self.programs / "ringfence-edge", "--edge.token_file", self.folder / "data" / "edge.token",
                   "--data_dir", self.folder / "edge-data", "--node.addresses", self.grpc, "--sip.listen",
                   f"udp:{self.sip},tcp:{self.sip}", "--metrics.listen", self.edge_metrics)

        def ready():
            try:
                with urllib.request.urlopen(f"http://{self.edge_metrics}/readyz", timeout=2) as answer:
                    return answer.status == 200
            except OSError:
                return False
        self.wait("the edge's start", "ringfence-edge", ready)

    def start_phone(self, agent):
        name, port = f"phone-{agent['extension']}", free_port(3)
        folder = self.folder / name
        folder.mkdir()
        (folder / "config").write_text(PHONE.format(address=ADDRESS, port=port, rtp_first=port + 12000, rtp_last=port + 12014))
        (folder / "accounts").write_text(
            f"<sip:{agent['extension']}@{self.domain}>;auth_user={agent['extension']};auth_pass={agent['password']};"
            f"answermode=auto;outbound=\"sip:{self.sip}\";regint=300\n")
        (folder / "contacts").write_text("")
        self.start(name, "baresip", "-f", folder)

    def start_phones(self):
        agents = self.sample["agent"]
        for agent in agents:
            self.ctl("agent", "login", agent["key"])
            self.start_phone(agent)

        def registered():
            rows = json.loads(self.ctl("agent", "list", "--json"))["agents"]
            return all(row["reachable"] for row in rows)
        self.wait("the registration of every phone", f"phone-{agents[-1]['extension']}", registered)
        return agents

    def start_callers(self):
        path = self.folder / "caller.xml"
        path.write_text(CALLER.replace("{domain}", self.domain))
        names = []
        for number, calls in CALLERS:
            port = free_port(8)
            names.append(f"callers-{number}")
            self.start(names[-1], "sipp", "-sf", path, "-i", ADDRESS, "-p", port, "-mp", port + 4, "-m", calls, "-r", 1, "-rp",
                       1500, "-key", "number", number, "-nostdin", "-timeout", CALL_SECONDS_MAX, "-timeout_error", self.sip)
        return names

    def stop(self):
        """Phones and callers first, so that they can sign off."""
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def show_board(centre, callers):
    """The live board on our own output, until the last caller is gone."""
    board = subprocess.Popen(centre.ctl_command("watch", "--for", f"{CALL_SECONDS_MAX}s"), stdin=subprocess.DEVNULL)
    try:
        while any(centre.processes[name].poll() is None for name in callers):
            if board.poll() not in (None, 0):
                raise Trouble("the board ended; its message is above")
            for name in ("ringfenced", "ringfence-edge"):
                centre.check_alive(name)
            time.sleep(0.2)
        # The last agent wraps up.
        time.sleep(3.5)
    finally:
        if board.poll() is None:
            board.terminate()
        board.wait()


def most_at_once(facts):
    """Folds the log: how many offers and calls each agent held at the same time, at most."""
    held, most = {}, {}
    for fact in facts:
        if fact["kind"] == "offered":
            held.setdefault(fact["agent_id"], set()).add(fact["reservation_id"])
            most[fact["agent_id"]] = max(most.get(fact["agent_id"], 0), len(held[fact["agent_id"]]))
        elif fact["kind"] == "leg_gone":
            held[fact["agent_id"]].discard(fact["reservation_id"])
    return most


def report(centre, callers):
    print(centre.ctl("history"), flush=True)
    facts = [json.loads(line) for line in centre.ctl("facts", "--json").splitlines()]
    outcomes = [fact["outcome"].removeprefix("OUTCOME_").lower() for fact in facts if fact["kind"] == "call_ended"]
    offers = sum(fact["kind"] == "offered" for fact in facts)
    most = most_at_once(facts)
    say(f"{len(outcomes)} calls ended, {outcomes.count('answered')} of them answered; {offers} offers to {len(most)} agents, "
        f"all from a log of {len(facts)} facts")
    failed = [name for name in callers if centre.processes[name].returncode != 0]
    if failed:
        raise Trouble(f"{', '.join(failed)}: not every call went as the caller expected; see the logs")
    if len(outcomes) != sum(calls for _, calls in CALLERS) or set(outcomes) != {"answered"}:
        raise Trouble("not every call was answered; see the table")
    if not most or max(most.values()) > 1:
        raise Trouble(f"an agent held {max(most.values(), default=0)} offers at once: this must never be")
    say("checked: no agent ever held two offers at once")


def explain_keep(centre, agents):
    lines = ["", "The centre goes on until Ctrl-C. Register a softphone on this machine as one of its agents:", "",
             f"  server (outbound proxy)  {centre.sip}, UDP or TCP", f"  domain                   {centre.domain}"]
    lines += [f"  user and password        {agent['extension']}  {agent['password']}   ({agent['name']})" for agent in agents]
    lines += ["", "It rings together with the demo's own phone of that agent, which answers at once; to answer yourself, end that one:",
              *(f"  kill {centre.processes['phone-' + agent['extension']].pid}   # {agent['extension']}" for agent in agents), "",
              f"Call a queue from any SIP phone on this machine: sip:7001@{centre.sip} (sales), sip:7002@{centre.sip} (support).",
              "", "Look at it:", "  " + " ".join(centre.ctl_command("watch")), "  " + " ".join(centre.ctl_command("agent", "list")), ""]
    print("\n".join(lines), flush=True)


def run(centre, keep):
    check_programs(centre.programs)
    say(f"a node and an edge start in {centre.folder}")
    centre.start_node()
    centre.start_edge()
    say("three phones register")
    agents = centre.start_phones()
    say(f"{sum(calls for _, calls in CALLERS)} callers call")
    callers = centre.start_callers()
    show_board(centre, callers)
    report(centre, callers)
    if keep:
        explain_keep(centre, agents)
        while True:
            for name in ("ringfenced", "ringfence-edge"):
                centre.check_alive(name)
            time.sleep(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="the folder of our programs")
    parser.add_argument("--keep", action="store_true", help="go on until Ctrl-C")
    arguments = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parents[1]

    def stop(number, _):
        raise KeyboardInterrupt(number)
    signal.signal(signal.SIGTERM, stop)
    centre = Centre(arguments.bin.resolve(), root / "deploy" / "samples" / "front-desk.toml")
    failed = False
    try:
        run(centre, arguments.keep)
    except KeyboardInterrupt:
        print(flush=True)
        failed = not arguments.keep
    except Trouble as trouble:
        print(f"demo: {trouble}", file=sys.stderr)
        failed = True
    finally:
        # A second Ctrl-C must not leave anything behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        centre.stop()
    if failed:
        print(f"demo: the logs are in {centre.folder}", file=sys.stderr)
        return 1
    shutil.rmtree(centre.folder, ignore_errors=True)
    say("everything is stopped")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("TERM", "dumb")
    sys.exit(main())
