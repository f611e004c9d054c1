"""Processes die, freeze or go silent while calls are queued, ringing and up."""
import contextlib
import random
import select
import socket
import time

from cases.calls import NUMBER, agent_id, call, desk, register
from rig import account, facts
from rig.outcome import expect, expect_equal, expect_in
from rig.runner import case

# They mostly wait.
JOBS = 4


def wait_kind(feed, kind, count):
    feed.wait(lambda: facts.kinds(feed.facts).count(kind) >= count, f"{count} of {kind}")


@case(90)
def kill_9_of_the_node(site):
    """Walk-through I on one node: it dies while calls are queued, ringing and up. Nothing acknowledged is lost, the call in
    progress stays up, the callers keep their order, the agent wraps up when the surviving call ends."""
    feed = desk(site, ("1001", "1002"), wrapup="2s")
    talking, ringing = site.baresip("1001"), site.baresip("1002", answers=False)
    for extension in ("1001", "1002"):
        site.wait_bucket(f"agent-{extension}", "ready")
    first = call(site, "caller_waits_for_bye")
    talking.wait_event("CALL_ESTABLISHED")
    feed.next("answered")
    second = call(site, hold_s=1)
    ringing.ring()
    third = call(site, hold_s=1)
    wait_kind(feed, "call_arrived", 3)
    fourth = call(site, hold_s=1)
    wait_kind(feed, "call_arrived", 4)
    before = site.facts()
    order = [fact["call_id"] for fact in before if fact["kind"] == "call_arrived"]

    site.node.kill()
    code, text = site.rf_log("verify", site.data / "log")
    expect_equal(code, 0, f"rf-log verify: {text}")
    site.restart_node()
    site.wait_edge_ready()

    after = site.facts()
    expect_equal(after[:len(before)], before, "the log after the restart")
    expect_equal([row["id"] for row in site.ctl("calls")["calls"]], order, "live calls after the restart")
    expect_equal(talking.count("CALL_CLOSED"), 0, "the call in progress stayed up")
    expect_equal(site.bucket("agent-1001"), "incall", "who is in conversation")
    ringing.accept()
    answered = feed.next("answered", agent_id=agent_id(site, "1002"))
    expect_equal(answered["call_id"], order[1], "the ringing call was answered after the restart")
    mark = feed.mark()
    talking.hang_up()
    first.wait()
    gone = feed.next("leg_gone", mark, agent_id=agent_id(site, "1001"))
    expect_equal(gone["to"], "BUCKET_WRAPUP", "the agent of the surviving call")
    second.wait()
    # 1002 rings until told; 1001 answers by itself.
    feed.next("offered", mark, call_id=order[2])
    if "offered" in facts.kinds(feed.facts[mark:], call_id=order[2], agent_id=agent_id(site, "1002")):
        ringing.accept()
    third.wait()
    site.wait_until(lambda: fourth_is_over(site, ringing, fourth), "the fourth caller served", 40)
    offers = [fact["call_id"] for fact in site.facts() if fact["kind"] == "offered"]
    expect_equal(list(dict.fromkeys(offers)), order, "served in the order of arrival")


def fourth_is_over(site, phone, caller):
    if site.bucket("agent-1002") == "ring":
        phone.accept()
    return not caller.alive()


@case(90)
def kill_9_of_the_node_while_calls_arrive(site):
    """The node dies three times in a burst of callers; the edge holds them and re-sends what was not acknowledged."""
    feed = desk(site, ("1001", "1002", "1003"), wrapup="0s")
    for extension in ("1001", "1002", "1003"):
        site.baresip(extension)
    burst = call(site, calls=15, rate=3, hold_s=0.5, timeout_s=70)
    for count in (2, 6, 10):
        wait_kind(feed, "call_arrived", count)
        site.node.kill()
        code, text = site.rf_log("verify", site.data / "log")
        expect_equal(code, 0, f"rf-log verify: {text}")
        site.restart_node()
        site.wait_edge_ready()
    burst.wait(80)
    # New callers may be told 503 while no node is there: sipp counts those as failed, so none was.
    calls = facts.check(site.facts())
    expect_equal({one.outcome for one in calls.values()}, {"answered"}, "outcomes")


@case(150)
def kill_9_of_the_edge_that_comes_back(site):
    """Walk-through D: the edge dies while calls are queued, ringing and up, and starts again: its calls end as failed, the
    agents are free within R17's bounds, and calls go on."""
    feed = desk(site, ("1001", "1002"), ring_timeout="5s")
    talking, ringing = site.baresip("1001"), site.baresip("1002", answers=False)
    for extension in ("1001", "1002"):
        site.wait_bucket(f"agent-{extension}", "ready")
    callers = [call(site, "caller_waits_for_bye")]
    talking.wait_event("CALL_ESTABLISHED")
    callers.append(call(site, hold_s=1))
    ringing.ring()
    callers.append(call(site, hold_s=1))
    wait_kind(feed, "call_arrived", 3)
    mark = feed.mark()
    site.edge.kill()
    for one in callers:
        one.stop()
    for phone in (talking, ringing):
        phone.kill()
    site.start_edge()
    for place in range(3):
        wait_kind(feed, "call_ended", place + 1)
    ended = [fact for fact in feed.facts[mark:] if fact["kind"] == "call_ended"]
    expect_equal({fact["end_cause"] for fact in ended}, {"END_CAUSE_FAILED"}, "why the calls ended")
    feed.wait(lambda: facts.kinds(feed.facts).count("leg_gone") == 2, "both agents free", 60)
    expect_equal(site.ctl("calls")["calls"], [], "live calls")
    site.baresip("1001")
    call(site, hold_s=0.5).wait()


@case(200)
def kill_9_of_the_edge_that_stays_away(site):
    """Without a restart: no offers after 10 s, the ringing agent is held to R12's bound, the bindings and confirmed calls are
    given up after 90 s, nothing is stuck."""
    feed = desk(site, ("1001", "1002"), ring_timeout="5s")
    talking, ringing = site.baresip("1001"), site.baresip("1002", answers=False)
    site.wait_bucket("agent-1001", "ready")
    callers = [call(site, "caller_waits_for_bye", timeout_s=190)]
    talking.wait_event("CALL_ESTABLISHED")
    feed.next("answered")
    site.wait_bucket("agent-1002", "ready")
    callers.append(call(site, "caller_waits_for_bye", timeout_s=190))
    ringing.ring()
    offered = feed.next("offered", agent_id=agent_id(site, "1002"))
    start = time.monotonic()
    site.edge.kill()
    for one in callers:
        one.stop()
    silent = feed.next("edge_silent", timeout_s=30)
    freed = feed.next("leg_gone", agent_id=agent_id(site, "1002"), timeout_s=60)
    held_ms = int(freed["ts"]) - int(offered["ts"])
    expect(41_000 <= held_ms < 50_000, f"the ringing agent was held for {held_ms} ms")
    lost = feed.next("edge_lost", timeout_s=120)
    took = time.monotonic() - start
    expect(took < 110, f"the edge was given up after {took:.0f} s")
    expect(int(lost["ts"]) - int(silent["ts"]) >= 75_000, "80 s lie between silent and lost")
    wait_kind(feed, "call_ended", 2)
    expect_equal({fact["end_cause"] for fact in feed.facts if fact["kind"] == "call_ended"}, {"END_CAUSE_FAILED"}, "why they ended")
    feed.next("leg_gone", agent_id=agent_id(site, "1001"))
    wait_kind(feed, "binding_down", 2)
    expect_equal(site.ctl("calls")["calls"], [], "live calls")
    expect(site.bucket("agent-1001") in ("wrapup", "unreachable"), "the agent is free")


@case(150)
def a_frozen_edge_is_not_offered_to(site):
    """SIGSTOP of the edge for 12 s: it falls silent and gets no offers; when it wakes up, its waiting calls are served."""
    feed = desk(site)
    phone = site.baresip("1001")
    feed.next("binding_up")
    site.edge.freeze()
    feed.next("edge_silent", timeout_s=30)
    waiting = call(site, hold_s=0.5)
    site.edge.thaw()
    feed.next("edge_back", timeout_s=30)
    waiting.wait()
    phone.wait_event("CALL_ESTABLISHED")


@case(90)
def a_frozen_node_holds_no_call_up(site):
    """SIGSTOP of the node while a call is up: the conversation goes on, and ends in the books afterwards."""
    feed = desk(site)
    phone = site.baresip("1001")
    caller = call(site, hold_s=3)
    phone.wait_event("CALL_ESTABLISHED")
    feed.next("answered")
    site.node.freeze()
    caller.wait()
    phone.wait_event("CALL_CLOSED")
    site.node.thaw()
    ended = feed.next("call_ended")
    expect_equal(ended["outcome"], "OUTCOME_ANSWERED", "outcome")
    expect(int(ended["at"]) <= int(ended["ts"]), "the end is dated back to when it happened")
    feed.next("wrapup_ended")


@case(120)
def a_lost_bye_is_ended_by_the_session_timer(site):
    """The caller falls silent and its BYE never comes: with Session-Expires 90 s the edge ends the call (RFC 4028), and the
    agent is free."""
    feed = desk(site)
    phone = site.baresip("1001")
    caller = call(site, "caller_goes_silent", timeout_s=118)
    phone.wait_event("CALL_ESTABLISHED")
    start = time.monotonic()
    caller.wait(110)
    took = time.monotonic() - start
    expect(45 < took < 100, f"ended after {took:.0f} s")
    phone.wait_event("CALL_CLOSED")
    ended = feed.next("call_ended")
    expect_equal((ended["end_cause"], ended["outcome"]), ("END_CAUSE_SESSION_TIMEOUT", "OUTCOME_ANSWERED"), "the end")
    feed.next("wrapup_ended")


@case(90)
def callers_do_not_wait_for_a_node_that_stays_away(site):
    """A caller who was told nothing is sent away after 10 s without a node, and who comes later at once; the caller who
    waits in the queue goes on waiting and is served when the node is back."""
    feed = desk(site)
    waiting = call(site, hold_s=0.5)
    first = feed.next("call_arrived")["call_id"]
    wait_kind(feed, "call_arrived", 1)
    site.node.kill()
    untold = site.sipp("caller_refused", keys=NUMBER, values={"code": 503})
    untold.wait()
    late = site.sipp("caller_refused", keys=NUMBER, values={"code": 503})
    late.wait()
    expect_in("Retry-After:", [text for _, line, text in late.messages() if line.startswith("SIP/2.0 503")][0], "the 503")
    site.restart_node()
    site.wait_edge_ready()
    site.baresip("1001")
    waiting.wait()
    expect_equal(site.feed.next("answered")["call_id"], first, "who waited is served")
    expect_equal(site.feed.next("call_ended", outcome="OUTCOME_FAILED")["end_cause"], "END_CAUSE_FAILED", "who was sent away")


@case(60)
def expiry_stops_offers(site):
    """A registration that is not refreshed expires: no more offers to that phone."""
    feed = desk(site)
    site.edge.terminate()
    site.start_edge(flags=("--registrar.expires_min", "2s"))
    port = site.port()
    register(site, "1001", port, expires=3)
    site.wait_bucket("agent-1001", "ready")
    down = feed.next("binding_down", timeout_s=20)
    expect_in("expire", down["reason"], "why the binding went")
    caller = call(site, "caller_abandons_queued", hold_s=1)
    caller.wait()
    feed.none("offered")
    # A phone that takes itself away is gone at once.
    register(site, "1001", port, expires=300, base=2)
    mark = feed.mark()
    register(site, "1001", port, expires=0, base=3)
    expect_in("unregister", feed.next("binding_down", mark)["reason"], "why the binding went")


@case(60)
def a_phone_without_power_is_unreachable(site):
    """A phone that vanishes without a word: the offer ends, the call goes to the next agent."""
    feed = desk(site, ("1001", "1002"), ring_timeout="4s")
    site.baresip("1001").kill()
    site.wait_bucket("agent-1001", "ready")
    caller = call(site, hold_s=0.5)
    first = feed.next("offered")
    expect_equal(first["agent_id"], agent_id(site, "1001"), "who is offered first")
    site.baresip("1002")
    closed = feed.next("offer_closed", reservation_id=first["reservation_id"])
    expect_equal(closed["close_cause"], "CLOSE_CAUSE_UNREACHABLE", "why the offer ended")
    caller.wait()
    expect_equal(feed.next("answered")["agent_id"], agent_id(site, "1002"), "who answered")


def mutated(chance, text):
    """The message with a few bytes changed, cut out or doubled."""
    out = bytearray(text)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(out))
        kind = chance.randrange(4)
        if kind == 0:
            out[place] = chance.randrange(256)
        elif kind == 1:
            del out[place:place + chance.randrange(1, 20)]
        elif kind == 2:
            out[place:place] = out[place:place + chance.randrange(1, 40)]
        else:
            out[place:place] = chance.randbytes(chance.randrange(1, 8))
    return bytes(out)


def message(method, site, extra=b""):
    return (f"{method} sip:7009@{NUMBER['domain']} SIP/2.0\r\nVia: SIP/2.0/UDP {site.callers}:5999;branch=z9hG4bK-x;rport\r\n"
            f"From: <sip:x@{site.callers}>;tag=1\r\nTo: <sip:7009@{NUMBER['domain']}>\r\nCall-ID: garbage@{site.callers}\r\n"
            f"CSeq: 1 {method}\r\nContact: <sip:x@{site.callers}:5999>\r\nMax-Forwards: 70\r\n").encode() + extra + \
        b"Content-Length: 0\r\n\r\n"


@case(90)
def garbage_on_every_port(site):
    """Mutated SIP over UDP and TCP, random bytes at gRPC and HTTP: nothing crashes or stalls, and calls go on."""
    desk(site)
    # What is still an INVITE after the mutation queues where it is in nobody's way.
    path = site.folder / "bin.toml"
    path.write_text(account.account("desk", [account.queue("bin", numbers=["7009"], max_wait="1s")], []))
    site.ctl("account", "import", path)
    chance = random.Random(5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((site.callers, 5999))
        for place in range(3000):
            method = ("INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK", "SUBSCRIBE", "FOO")[place % 8]
            udp.sendto(mutated(chance, message(method, site)), (site.address, 5060))
            if place % 100 == 0:
                time.sleep(0.02)
        # No name of an unauthenticated message is looked up: the next answer comes at once.
        while select.select([udp], [], [], 0.5)[0]:
            udp.recv(65536)
        udp.sendto(message("OPTIONS", site).replace(b";rport", b";rport;maddr=slow.example.test"), (site.address, 5060))
        udp.sendto(message("OPTIONS", site).replace(b"garbage@", b"after@").replace(b"bK-x", b"bK-y"), (site.address, 5060))
        expect(select.select([udp], [], [], 5)[0], "OPTIONS after a Via with a host name is answered")
    for port in (5060, 7400, 9464, 9465):
        for place in range(40):
            with contextlib.suppress(OSError), socket.create_connection((site.address, port), 5) as tcp:
                tcp.sendall(mutated(chance, message("INVITE", site)) if place % 2 else chance.randbytes(2000))
    expect(site.edge.alive() and site.node.alive(), "edge and node live on")
    site.wait_until(lambda: not site.ctl("calls")["calls"], "the last of the garbage calls over", 60)
    site.baresip("1001")
    call(site, hold_s=0.5).wait()


@case(60)
def wrong_edges_are_refused(site):
    """An edge with a wrong token, or for an unknown domain, is told why and takes no calls."""
    desk(site)
    token = site.folder / "wrong.token"
    token.write_text("not-the-token")
    token.chmod(0o600)
    other = site.addresses[4]
    wrong = site.start("edge-2", site.edge_command("edge-2", other, token_file=token))
    wrong.wait_log("ready")
    expect_in("edge.token", wrong.wait_log("attach_refused")["reason"], "the reason in the edge's log")
    expect(not site.edge_ready(other), "the refused edge is not ready")
    site.sipp("caller_refused", target=f"{other}:5060", keys=NUMBER, values={"code": 503}).wait()
    expect_equal(wrong.terminate(), 0, "exit code")
    foreign = site.start("edge-3", site.edge_command("edge-3", other, ("--edge.domains", "elsewhere.test")))
    expect_in("elsewhere.test", foreign.wait_log("attach_refused")["reason"], "the reason in the edge's log")
    expect(not site.edge_ready(other), "the refused edge is not ready")
    expect_equal(foreign.terminate(), 0, "exit code")


@case(60)
def two_edges(site):
    """A call at one edge goes to a phone at that edge; a phone at the other edge gets none of it, and Explain says so."""
    feed = desk(site, ("1001", "1002"))
    other = site.addresses[4]
    site.start_edge("edge-2", other)
    there = site.baresip("1002", edge=other)
    site.wait_bucket("agent-1002", "ready")
    caller = call(site, hold_s=0.5)
    arrived = feed.next("call_arrived")
    feed.none("offered", call_id=arrived["call_id"])
    expect_in("edge-2", " ".join(site.ctl("explain", "agent", "agent-1002")["notes"]), "why the waiting call is not offered")
    here = site.baresip("1001")
    caller.wait()
    expect_equal(feed.next("offered")["agent_id"], agent_id(site, "1001"), "the call at the first edge")
    site.sipp("caller", target=f"{other}:5060", keys=NUMBER, hold_s=0.5).wait()
    there.wait_event("CALL_CLOSED")
    here.wait_event("CALL_CLOSED")
