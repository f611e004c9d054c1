"""The node is killed, its disk fails or its directory is not what it should be: nothing acknowledged is lost."""
import json
import os
import random
import resource
import shutil
import signal
import threading
import time

from rig import account, facts
from rig.ctl import Refused
from rig.outcome import expect, expect_equal, expect_in
from rig.runner import case

JOBS = 2


def desk(site, agents=4):
    site.start_node()
    names = [f"agent-{place}" for place in range(agents)]
    feed = site.import_account(account.account(
        "desk", [account.queue("sales", ring_timeout="60s", wrapup="500ms")],
        [account.agent(key, ["sales"], external_endpoint=True) for key in names]))
    for key in names:
        site.ctl("agent", "login", key)
    return feed


@case(120)
def kill_9_under_load_loses_nothing_acknowledged(site):
    """Five times the node dies by kill -9 in the middle of enqueue, accept and complete; every answer that was given stands."""
    desk(site)
    acked = {"arrived": set(), "answered": set(), "ended": set()}
    lock = threading.Lock()
    over = threading.Event()

    def ask(*words):
        """The answer; nothing when the node did not give one."""
        try:
            return site.ctl(*words)
        except Refused:
            return None

    def work():
        while not over.is_set():
            answer = ask("call", "enqueue", "sales")
            if answer:
                with lock:
                    acked["arrived"].add(answer["call"]["id"])
            calls = ask("calls")
            for call in (calls or {}).get("calls", []):
                if call["state"] == "CALL_STATE_ANSWERED":
                    if ask("call", "complete", call["id"]):
                        with lock:
                            acked["ended"].add(call["id"])
                for offer in call["offers"]:
                    if offer["phase"] == "OFFER_PHASE_OFFERED" and ask("offer", "accept", offer["reservation_id"]):
                        with lock:
                            acked["answered"].add(offer["reservation_id"])

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    chance = random.Random(7)
    try:
        for _ in range(5):
            before = sum(map(len, acked.values()))
            site.wait_until(lambda: sum(map(len, acked.values())) >= before + 4, "answers before the kill")
            time.sleep(chance.uniform(0, 0.3))
            site.node.kill()
            code, text = site.rf_log("verify", site.data / "log")
            expect_equal(code, 0, f"rf-log verify after kill -9: {text}")
            site.restart_node()
    finally:
        over.set()
        for worker in workers:
            worker.join()

    log = site.facts()
    facts.check(log)
    for kind, field, ids in (("call_arrived", "call_id", acked["arrived"]), ("answered", "reservation_id", acked["answered"]),
                             ("call_ended", "call_id", acked["ended"])):
        lost = ids - {fact[field] for fact in log if fact["kind"] == kind}
        expect(not lost, f"acknowledged but not in the log: {kind} {lost}")
    expect(all(acked.values()), f"every kind of request was acknowledged: { {k: len(v) for k, v in acked.items()} }")


@case()
def waiting_callers_keep_their_order_over_kill_9(site):
    """Queued, ringing and answered calls are as they were; who waited first is served first."""
    feed = desk(site, agents=2)
    calls = [site.ctl("call", "enqueue", "sales")["call"]["id"] for _ in range(6)]
    offers = [feed.next("offered", call_id=call) for call in calls[:2]]
    site.ctl("offer", "accept", offers[0]["reservation_id"])
    site.node.kill()
    site.restart_node()
    after = site.ctl("calls")["calls"]
    expect_equal([row["id"] for row in after], calls, "the calls after the restart")
    expect_equal([row["state"] for row in after], ["CALL_STATE_ANSWERED"] + ["CALL_STATE_WAITING"] * 5, "their states")
    site.ctl("offer", "accept", offers[1]["reservation_id"])
    for place in range(2, 6):
        site.ctl("call", "complete", calls[place - 2])
        offer = feed.next("offered", call_id=calls[place])
        site.ctl("offer", "accept", offer["reservation_id"])
    order = [fact["call_id"] for fact in site.facts() if fact["kind"] == "offered"]
    expect_equal(order, calls, "the order of the offers")


@case()
def wrapup_ends_although_the_node_was_away(site):
    """A wrap-up that was due while the node was dead ends when it is back."""
    feed = desk(site, agents=1)
    call = site.ctl("call", "enqueue", "sales")["call"]["id"]
    offer = feed.next("offered", call_id=call)
    site.ctl("offer", "accept", offer["reservation_id"])
    site.ctl("call", "complete", call)
    site.node.kill()
    time.sleep(0.6)
    site.restart_node()
    feed.next("wrapup_ended")
    expect_equal(site.bucket("agent-0"), "ready", "the agent")


@case()
def a_second_process_on_the_directory_is_refused(site):
    """Two nodes never write one log."""
    desk(site, agents=1)
    second = site.start("second", [site.node_command()[0], "--data_dir", site.data, "--grpc.listen",
                                   f"{site.addresses[3]}:7400", "--metrics.listen", ""])
    expect_equal(second.wait(), 3, "exit code of the second node")
    expect_in(str(site.data), second.log(), "the sentence names the directory")
    site.ctl("calls")


@case()
def a_port_in_use_is_named(site):
    """The address that another process has is in the error."""
    desk(site, agents=1)
    second = site.start("second", [site.node_command()[0], "--data_dir", site.folder / "other", "--grpc.listen",
                                   f"{site.address}:7400", "--metrics.listen", ""])
    expect_equal(second.wait(), 4, "exit code")
    expect_in(f"{site.address}:7400", second.log(), "the sentence")
    third = site.start("third", [site.node_command()[0], "--data_dir", site.folder / "other", "--grpc.listen",
                                 f"{site.addresses[3]}:7400", "--metrics.listen", f"{site.address}:9464"])
    expect_equal(third.wait(), 4, "exit code")
    expect_in(f"{site.address}:9464", third.log(), "the sentence")


@case()
def wrong_configuration_is_explained(site):
    """Unknown keys name the nearest one, wrong values what they must be, and --print-config reads itself back."""
    program = site.node_command()[0]

    def refusal(part, *flags):
        process = site.start("wrong", [program, *flags])
        expect_equal(process.wait(), 2, f"exit code of {flags}: {process.log()}")
        expect_in(part, process.log(), f"{flags}")

    path = site.folder / "node.toml"
    path.write_text("[grpc]\nlisen = \"127.0.0.1:1\"\n")
    refusal("grpc.listen", "--config", path)
    refusal("--data_dir", "--data-dri", "x")
    path.write_text("threads = \"many\"\n")
    refusal("threads", "--config", path)
    refusal("insecure_listen", "--grpc.listen", "0.0.0.0:7400")
    refusal("absent.toml", "--config", site.folder / "absent.toml")
    first = site.start("print", [program, "--print-config", "--data_dir", "elsewhere"])
    expect_equal(first.wait(), 0, "exit code of --print-config")
    path.write_text(first.log())
    second = site.start("print", [program, "--print-config", "--config", path])
    expect_equal(second.wait(), 0, f"exit code of the printed configuration: {second.log()}")
    expect_equal(second.log(), first.log(), "the printed configuration read back")


@case()
def a_foreign_directory_is_refused(site):
    """A directory that holds something else, and a log without its key, are not touched."""
    foreign = site.folder / "foreign"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("do not lose me")
    program = site.node_command()[0]
    listen = ["--grpc.listen", f"{site.address}:7400", "--metrics.listen", ""]
    process = site.start("foreign", [program, "--data_dir", foreign, *listen])
    expect_equal(process.wait(), 3, f"exit code: {process.log()}")
    expect_equal(sorted(path.name for path in foreign.iterdir()), ["letter.txt"], "what is in the directory")

    desk(site, agents=1)
    expect_equal(site.node.terminate(), 0, "exit code")
    key = site.data / "secret.key"
    away = site.folder / "secret.key"
    key.rename(away)
    process = site.start("keyless", [program, "--data_dir", site.data, *listen])
    expect_equal(process.wait(), 3, f"exit code: {process.log()}")
    expect_in("secret.key", process.log(), "the sentence")
    away.rename(key)
    site.start_node()


def flip(path, position):
    content = bytearray(path.read_bytes())
    content[position] ^= 0x10
    path.write_bytes(bytes(content))


@case(120)
def a_flipped_bit_is_noticed(site):
    """Bits flipped in every file of the log, one after the other: the node serves exactly what it had, or refuses and says so."""
    desk(site, agents=2)
    for _ in range(20):
        site.ctl("call", "enqueue", "sales")
    wanted = json.dumps(site.facts())
    expect_equal(site.node.terminate(), 0, "exit code")
    good = site.folder / "good"
    shutil.copytree(site.data, good)
    chance = random.Random(11)
    files = sorted(path.relative_to(good) for path in (good / "log").rglob("*") if path.is_file() and path.stat().st_size > 0)
    noticed = 0
    for name in files:
        for _ in range(2):
            shutil.rmtree(site.data)
            shutil.copytree(good, site.data)
            flip(site.data / name, chance.randrange((site.data / name).stat().st_size))
            code, text = site.rf_log("verify", site.data / "log")
            node = site.start("flipped", site.node_command())
            refused = refusal(site, node)
            if refused:
                expect(str(site.data) in refused or "rf-log verify" in refused, f"{name}: what to do is not said: {refused}")
                noticed += 1
            else:
                log = json.dumps(site.facts())
                # What is new after a start (an offer to an agent) may follow; what was there must be the same.
                expect(log.startswith(wanted[:-1]), f"{name}: other facts are served (rf-log verify: {code} {text})")
            node.kill()
    expect(noticed > 0, "no flip at all was noticed")
    shutil.rmtree(site.data)
    shutil.copytree(good, site.data)
    site.start_node()


def refusal(site, node):
    """Why the node does not serve the account: what it says, or said when it ended. None when it serves."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if not node.alive():
            node.expected_dead = True
            return node.log().splitlines()[-1]
        try:
            site.facts()
            return None
        except Refused as refused:
            if refused.code in ("corrupt", "data_loss") or (refused.code == "unavailable" and "no node answers" not in refused.text):
                return refused.text
            last = refused.text
        time.sleep(0.1)
    raise Failure(f"neither served nor refused: {last}")


@case()
def a_disk_that_refuses_writes_stops_the_node(site):
    """When nothing can be written any more the node refuses, says that it is not healthy, and loses nothing acknowledged."""
    site.start_node(ignored_signals=(signal.SIGXFSZ,))
    site.import_account(account.account("desk", [account.queue("sales")], [account.agent("ada", ["sales"])]))
    first = site.ctl("call", "enqueue", "sales")["call"]["id"]
    resource.prlimit(site.node.pid, resource.RLIMIT_FSIZE, (1, 1))
    acked = [first]
    refused = None
    for _ in range(50):
        try:
            acked.append(site.ctl("call", "enqueue", "sales")["call"]["id"])
        except Refused as answer:
            refused = answer
            break
    expect(refused is not None, "the node goes on although nothing can be written")
    expect_in(refused.code, ("unavailable", "unknown_outcome"), f"the refusal: {refused}")
    health = json.loads(run_health(site))
    expect_equal(health["healthy"], False, "health")
    expect(health["reason"], "the reason is said")
    site.node.kill()
    site.restart_node()
    calls = [row["id"] for row in site.ctl("calls")["calls"]]
    expect_equal(calls[:len(acked)], acked, "acknowledged calls after the restart")
    expect_equal(json.loads(run_health(site))["healthy"], True, "health after the restart")


def run_health(site):
    try:
        return site.ctl.text("health", "--json")
    except Refused as refused:
        expect_equal(refused.exit_code, 1, f"health: {refused}")
        return refused.text


@case()
def the_working_directory_is_enough(site):
    """`ringfenced` without a flag starts a working node in ./data; a second start goes on with it."""
    program = site.node_command()[0]
    # The default addresses belong to the machine: only its directory is left to the default here.
    listen = ["--grpc.listen", f"{site.address}:7400", "--metrics.listen", ""]
    for _ in range(2):
        node = site.start("plain", [program, *listen])
        node.wait_log("ready")
        site.ctl("health")
        expect_equal(node.terminate(), 0, "exit code")
    expect_equal(os.stat(site.data).st_mode & 0o777, 0o700, "mode of the directory")
