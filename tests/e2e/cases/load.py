"""The load generator against a node and an edge: it counts what it does, and finds nothing wrong."""
import json

from rig import programs
from rig.ctl import Feed
from rig.outcome import expect, expect_equal
from rig.runner import case
from rig.site import GRPC_PORT, SIP_PORT

JOBS = 2


def centre(site, agents, queues):
    """Node, edge, and the account that rf-load makes, its agents logged in."""
    site.start_node()
    site.start_edge()
    prepare(site, agents, queues)
    site.account = site.ctl("account", "list")["accounts"][0]["id"]
    site.feeds[site.account] = Feed(site.ctl, site.account)


def prepare(site, agents, queues, *flags):
    command = [programs.ours("rf-load"), "prepare", "--node", f"{site.address}:{GRPC_PORT}", "--token-file",
               site.data / "client.token", "--agents", agents, "--queues", queues, "--trunk", site.callers, *flags]
    done = site.start("rf-load-prepare", command)
    expect_equal(done.wait(), 0, f"exit code of prepare: {done.log()}")


def start_load(site, work, *flags, code=0):
    """Starts a run; call what it returns for the figures as the run wrote them at its end."""
    path = site.folder / f"{work}.json"
    server = [] if "--server" in flags else ["--server", f"{site.address}:{SIP_PORT}"]
    command = [programs.ours("rf-load"), work, *server, "--caller-address", f"{site.callers}:7070", "--agent-address",
               f"{site.phones}:7080", "--json", path, *flags]
    run = site.start(f"rf-load-{work}", command)

    def figures():
        expect_equal(run.wait(60), code, f"exit code of rf-load {work}: {run.log()}")
        return json.loads(path.read_text())

    return figures


def load(site, work, *flags, code=0):
    return start_load(site, work, *flags, code=code)()


def expect_clean(figures, agents):
    calls = figures["calls"]
    expect(figures["clean"], f"clean: {figures}")
    for name in ("failed", "unfinished", "shed", "overlapping", "passed", "double_answers", "unconfirmed", "strangers"):
        expect_equal(calls[name], 0, name)
    expect_equal(calls["connected"], calls["finished"], "connected calls end")
    expect_equal(calls["connected"] + calls["cancelled"], calls["started"], "every call has one end")
    registrations = figures["registrations"]
    expect_equal((registrations["asked"], registrations["registered"], registrations["removed"]), (agents,) * 3, "registrations")
    expect_equal(registrations["took"]["count"], agents, "registrations measured")
    expect_ordered(figures["route"])


def expect_ordered(times):
    expect(0 < times["p50_ms"] <= times["p90_ms"] <= times["p99_ms"] <= times["max_ms"], f"times: {times}")


@case()
def steady(site):
    """Calls by the clock, twice: the second run finds nothing that the first left behind."""
    centre(site, 20, 2)
    for _ in range(2):
        figures = load(site, "steady", "--agents", 20, "--queues", 2, "--rate", 20, "--seconds", 3)
        expect_clean(figures, 20)
        # A second of warm-up, and three that are measured; a call at their border may start late.
        expect_equal((figures["calls"]["started"], figures["calls"]["connected"]), (80, 80), "calls")
        expect_equal(figures["route"]["count"], figures["answer"]["count"], "measured calls")
        expect(50 <= figures["route"]["count"] <= 70, f"measured calls: {figures['route']}")
        expect(figures["answer"]["p50_ms"] >= figures["route"]["p50_ms"], "answered after the agent was reached")
    answered = [row for row in site.ctl("history")["calls"] if row["outcome"] == "OUTCOME_ANSWERED"]
    expect_equal(len(answered), 160, "calls of the node's log")


@case()
def backlog(site):
    """Ten always wait for five agents: served in order, a new one for each, and nobody waits when it is over."""
    centre(site, 5, 1)
    figures = load(site, "backlog", "--agents", 5, "--waiting", 10, "--seconds", 3, "--talk", "0.5s")
    expect_clean(figures, 5)
    calls = figures["calls"]
    expect_equal(calls["waiting_max"], 10, "waiting calls")
    # At the end all ten give up, and each of the five agents may just have been offered one of them.
    expect(5 <= calls["cancelled"] <= 10, f"callers who gave up: {calls['cancelled']}")
    expect(calls["connected_in_window"] > 0, "calls in the window")
    expect(figures["connected_per_s"] <= figures["ideal_per_s"] * 1.2, f"no more than five agents can: {figures}")
    expect(figures["idle_gap"]["count"] > 0, "idle gaps")
    expect_ordered(figures["idle_gap"])
    expect_equal(site.ctl("call", "list").get("calls", []), [], "calls left at the node")


@case()
def contention(site):
    """Five agents in three queues: never two offers at once."""
    centre(site, 5, 3)
    figures = load(site, "contention", "--agents", 5, "--queues", 3, "--rate", 5, "--seconds", 3, "--talk", "0.4s",
                   "--answer-delay", "0.2s")
    expect_clean(figures, 5)
    expect_equal(figures["calls"]["started"], 20, "calls")
    expect(figures["answer"]["p50_ms"] >= 200, "answered after the delay")


@case()
def agents_hang_up(site):
    """The agents end the calls: as clean as when the callers do."""
    centre(site, 4, 1)
    figures = load(site, "steady", "--agents", 4, "--rate", 5, "--seconds", 2, "--talk", "0.3s", "--hangs-up", "agent")
    expect_clean(figures, 4)
    expect_equal(figures["calls"]["connected"], 15, "calls")


@case()
def agents_that_are_prepared_again(site):
    """A second prepare adds a queue to agents who are logged in, and they serve it."""
    centre(site, 3, 1)
    prepare(site, 3, 2)
    expect_clean(load(site, "steady", "--agents", 3, "--number", "7002", "--rate", 2, "--seconds", 1), 3)


@case()
def more_calls_than_agents(site):
    """What is not served is unfinished, the exit code says so, and no call is left behind."""
    centre(site, 1, 1)
    figures = load(site, "steady", "--agents", 1, "--rate", 10, "--seconds", 1, "--talk", "2s", "--drain", "0s", code=1)
    expect(not figures["clean"] and figures["calls"]["unfinished"] > 0, f"unfinished calls: {figures['calls']}")
    expect_equal((figures["calls"]["overlapping"], figures["calls"]["passed"]), (0, 0), "order and exclusivity")
    site.wait_until(lambda: not site.ctl("call", "list").get("calls"), "no call left")
    expect_clean(load(site, "steady", "--agents", 1, "--rate", 1, "--seconds", 1, "--talk", "0.1s"), 1)


@case()
def without_a_server(site):
    """Callers reach the phones directly: one call at a time is clean, and calls that overlap are found."""
    phones = f"{site.phones}:7080"
    direct = ["--server", phones, "--static", "--number", "a0", "--agents", 1, "--seconds", 1, "--rate", 4]
    figures = load(site, "steady", *direct, "--talk", "0.05s")
    expect(figures["clean"], f"clean: {figures}")
    expect_equal(figures["calls"]["connected"], 8, "calls")
    figures = load(site, "steady", *direct, "--talk", "1s", code=1)
    expect(figures["calls"]["overlapping"] > 0, f"overlapping offers: {figures['calls']}")
    expect_equal((figures["calls"]["failed"], figures["calls"]["unfinished"]), (0, 0), "calls that went wrong")


@case()
def nobody_registers_without_an_account(site):
    """Phones that the edge does not know: a sentence, and exit code 1."""
    site.start_node()
    site.start_edge()
    figures = load(site, "steady", "--agents", 2, code=1)
    expect_equal(figures["registrations"]["refusals"], {"403": 2}, "refusals")
    expect("could not register" in figures["trouble"], figures["trouble"])


@case(120)
def more_calls_than_the_node_can_take(site):
    """The node stands still while calls pour in: those it cannot know in time are sent away by 503 with Retry-After, the
    others are served once it goes on, and then calls are taken again."""
    centre(site, 50, 1)
    phones = ["--agents", 50, "--registrations", "keep"]
    expect(load(site, "steady", *phones, "--rate", 5, "--seconds", 1)["clean"], "the first run is clean")
    site.node.freeze()
    flood = start_load(site, "steady", *phones, "--static", "--domain", "load.test", "--rate", 300, "--seconds", 2, "--talk",
                       "0.05s", "--drain", "30s")
    site.edge.wait_log("calls_shed")
    site.node.thaw()
    calls = flood()["calls"]
    expect(calls["shed"] > 0 and calls["connected"] > 0, f"some are shed, some served: {calls}")
    expect_equal(calls["refusals"], {"503": calls["shed"]}, "nobody is refused otherwise")
    expect_equal(calls["connected"] + calls["shed"], calls["started"], "every call has one end")
    expect_equal((calls["failed"], calls["unfinished"], calls["overlapping"], calls["passed"]), (0, 0, 0, 0), "the others")
    again = load(site, "steady", *phones, "--static", "--domain", "load.test", "--rate", 20, "--seconds", 2)
    expect_equal((again["clean"], again["calls"]["shed"]), (True, 0), "afterwards")


@case()
def agents_of_a_foreign_switch(site):
    """Agents without SIP phones of ours take calls that come by the API."""
    site.start_node()
    prepare(site, 3, 1, "--endpoint", "external")
    for _ in range(3):
        offers = site.ctl("call", "enqueue", "q0", "--number", "7001", "--caller", "4930100")["call"]["offers"]
        expect_equal(len(offers), 1, "offers of the call")
    expect_equal(site.ctl("call", "enqueue", "q0", "--number", "7001", "--caller", "4930100")["call"].get("offers", []), [],
                 "offers when every agent has one")
