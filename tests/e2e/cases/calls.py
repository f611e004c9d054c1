"""Real calls: sipp calls, baresip and sipp phones ring and answer."""
from rig import account, facts
from rig.account import DOMAIN
from rig.address import free_port
from rig.outcome import expect, expect_equal, expect_in
from rig.runner import case

JOBS = 2
NUMBER = {"number": "7001", "domain": DOMAIN}


def desk(site, extensions=("1001",), **queue):
    """Node, edge, one queue behind 7001, and agents with phones that are logged in; the phones come later."""
    site.start_node()
    queue = {"numbers": ["7001"], "ring_timeout": "20s", "wrapup": "1s", "reject_delay": "2s", "busy_delay": "2s", **queue}
    feed = site.import_account(account.account(
        "desk", [account.queue("sales", **queue)],
        [account.phone_agent(f"agent-{extension}", extension, ["sales"]) for extension in extensions],
        trunks=[site.callers, "::1"], domains=[DOMAIN]))
    site.start_edge()
    for extension in extensions:
        site.ctl("agent", "login", f"agent-{extension}")
    return feed


def call(site, scenario="caller", **other):
    return site.sipp(scenario, keys=NUMBER, **other)


def agent_id(site, extension):
    return site.ids()[f"agent-{extension}"]


def register(site, extension, port, expires=300, base=1, code=200, password=None, address=None, target=None):
    """A sipp phone's registration; `base` must rise with each."""
    one = site.sipp("register", address=address or site.phones, port=port, target=target,
                    keys={"user": extension, "domain": DOMAIN, "contact_port": port, "expires": expires, "cseq_base": base},
                    values={"code": code}, user=extension, password=password, call_id=f"phone-{port}@%s")
    one.wait()
    return one


def sipp_phone(site, scenario, extension, **other):
    """A sipp phone: registered, and then answering by its script."""
    port = site.port()
    register(site, extension, port)
    return site.sipp(scenario, address=site.phones, port=port, target=f"{site.address}:9", **other)


def story_of(site, wanted, what):
    return facts.expect_order(site.facts(), wanted, what)


@case()
def answer(site):
    """A caller hears 182, then 180, is answered, talks, hangs up; the agent wraps up and is ready again."""
    feed = desk(site)
    expect_equal(site.bucket("agent-1001"), "unreachable", "logged in without a phone")
    phone = site.baresip("1001")
    site.wait_bucket("agent-1001", "ready")
    caller = call(site, hold_s=1)
    caller.wait()
    phone.wait_event("CALL_CLOSED")
    feed.next("wrapup_ended")
    expect_equal(site.bucket("agent-1001"), "ready", "after wrap-up")
    heard = caller.received()
    expect_in("SIP/2.0 182 Queued", heard, "what the caller heard")
    expect_in("SIP/2.0 180 Ringing", heard, "what the caller heard")
    expect(heard.index("SIP/2.0 182 Queued") < heard.index("SIP/2.0 180 Ringing"), f"182 before 180: {heard}")
    summary = site.ctl("history")
    expect_equal([row["outcome"] for row in summary["calls"]], ["OUTCOME_ANSWERED"], "history")
    expect(int(summary["calls"][0]["talked_ms"]) >= 900, "talk time")


@case()
def the_agent_hangs_up(site):
    """A BYE from the phone ends the call at the caller."""
    desk(site)
    phone = site.baresip("1001")
    caller = call(site, "caller_waits_for_bye")
    phone.wait_event("CALL_ESTABLISHED")
    phone.hang_up()
    caller.wait()
    site.feed.next("wrapup_ended")


@case()
def hold_and_resume(site):
    """The agent holds and resumes: the caller's session timer goes on, as each re-INVITE says."""
    desk(site)
    phone = site.baresip("1001")
    caller = call(site, "caller_is_held")
    phone.wait_event("CALL_ESTABLISHED")
    phone.say("hold")
    site.wait_until(lambda: any(first.startswith("ACK") for direction, first, _ in caller.messages() if direction == "received"),
                    "the caller held")
    phone.say("resume")
    caller.wait()
    phone.wait_event("CALL_CLOSED")
    site.feed.next("wrapup_ended")


@case()
def no_answer_then_the_second_agent(site):
    """The first phone rings for the ring time and is cancelled; the call goes to the second agent."""
    feed = desk(site, ("1001",), ring_timeout="4s")
    phone = site.baresip("1001", answers=False)
    site.wait_bucket("agent-1001", "ready")
    caller = call(site, hold_s=1)
    phone.ring()
    import_second(site)
    second = site.baresip("1002")
    first = feed.next("offered")
    closed = feed.next("offer_closed", reservation_id=first["reservation_id"])
    expect_equal(closed["close_cause"], "CLOSE_CAUSE_NO_ANSWER", "why the first offer ended")
    phone.wait_event("CALL_CLOSED")
    caller.wait()
    second.wait_event("CALL_ESTABLISHED")
    found = story_of(site, [("offered", {"agent_id": agent_id(site, "1001")}), ("offer_closed", {}),
                            ("offered", {"agent_id": agent_id(site, "1002")}), ("answered", {})], "two offers")
    expect_equal(found[0]["call_id"], found[2]["call_id"], "the same call")


def import_second(site):
    """A second agent joins the queue while calls are up."""
    path = site.folder / "second.toml"
    path.write_text(account.account("desk", [], [account.phone_agent("agent-1002", "1002", ["sales"])]))
    site.ctl("account", "import", path)
    site.ctl("agent", "login", "agent-1002")


@case()
def reject(site):
    """The phone refuses: the call stays first, the agent is left alone for the re-offer delay, then answers."""
    feed = desk(site)
    phone = site.baresip("1001", answers=False)
    site.wait_bucket("agent-1001", "ready")
    caller = call(site, hold_s=1)
    phone.ring()
    phone.hang_up()
    closed = feed.next("offer_closed")
    expect_in(closed["close_cause"], ("CLOSE_CAUSE_REJECTED", "CLOSE_CAUSE_BUSY"), "why the offer ended")
    after = phone.mark()
    again = feed.next("offered", feed.facts.index(closed))
    expect(int(again["ts"]) - int(closed["ts"]) >= 1900, "the re-offer delay is kept")
    phone.ring(after)
    phone.accept()
    caller.wait()


@case()
def busy_and_declined_phones(site):
    """486 is busy, 603 is a rejection; both leave the call at its place."""
    feed = desk(site, ("1001", "1002"), reject_delay="60s", busy_delay="60s")
    first = sipp_phone(site, "phone_refuses", "1001", values={"code": 486})
    second = sipp_phone(site, "phone_refuses", "1002", values={"code": 603})
    caller = call(site, "caller_abandons_queued", hold_s=4)
    first.wait()
    second.wait()
    causes = {feed.next("offer_closed", agent_id=agent_id(site, name))["close_cause"]: name for name in ("1001", "1002")}
    expect_equal(causes, {"CLOSE_CAUSE_BUSY": "1001", "CLOSE_CAUSE_REJECTED": "1002"}, "causes")
    caller.wait()
    expect_equal(feed.next("call_ended")["outcome"], "OUTCOME_ABANDONED", "outcome")


@case()
def abandon_while_queued(site):
    """A caller who gives up in the queue gets 487, and is abandoned in the books."""
    feed = desk(site)
    caller = call(site, "caller_abandons_queued", hold_s=1)
    caller.wait()
    ended = feed.next("call_ended")
    expect_equal((ended["outcome"], ended["end_cause"]), ("OUTCOME_ABANDONED", "END_CAUSE_CALLER_HANGUP"), "the end")
    expect_equal(site.ctl("calls")["calls"], [], "live calls")


@case()
def abandon_while_ringing(site):
    """A caller who gives up while it rings: the phone stops, the agent is ready at once and gets the next call."""
    feed = desk(site)
    phone = site.baresip("1001", answers=False)
    site.wait_bucket("agent-1001", "ready")
    caller = call(site, "caller_abandons_ringing", hold_s=0.5)
    phone.ring()
    caller.wait()
    phone.wait_event("CALL_CLOSED")
    expect_equal(feed.next("call_ended")["outcome"], "OUTCOME_ABANDONED", "outcome")
    gone = feed.next("leg_gone")
    expect_equal((gone["to"], gone["wrapup_until_ts"]), ("BUCKET_READY", "0"), "no wrap-up after an abandoned ring")
    after = phone.mark()
    second = call(site, hold_s=0.5)
    phone.ring(after)
    phone.accept()
    second.wait()


@case()
def two_calls_and_one_agent(site):
    """The second caller waits until the agent has wrapped up the first: never offered twice."""
    feed = desk(site)
    phone = site.baresip("1001")
    site.wait_bucket("agent-1001", "ready")
    callers = [call(site, hold_s=1.5), call(site, hold_s=0.5)]
    for one in callers:
        one.wait()
    first, second = [fact for fact in feed.facts if fact["kind"] == "offered"]
    ended = feed.next("wrapup_ended")
    expect(int(first["seq"]) < int(ended["seq"]) < int(second["seq"]), "the second offer comes after wrap-up")
    expect_equal(phone.count("CALL_ESTABLISHED"), 2, "calls at the phone")


@case()
def ten_calls_and_three_phones(site):
    """A burst of callers: all are answered, in the order in which they came, and no agent ever holds two offers."""
    desk(site, ("1001", "1002", "1003"), wrapup="0s")
    for extension in ("1001", "1002", "1003"):
        site.baresip(extension)
    call(site, calls=10, rate=10, hold_s=0.5).wait()
    calls = facts.check(site.facts())
    expect_equal({one.outcome for one in calls.values()}, {"answered"}, "outcomes")
    expect_equal(len(calls), 10, "calls")
    order = [fact["call_id"] for fact in site.facts() if fact["kind"] == "offered"]
    expect_equal(order, list(calls), "served in the order of arrival")


@case()
def dual_bindings_and_the_loser_is_cancelled(site):
    """Two phones of one agent ring; one answers, the other is cancelled; it is one offer."""
    feed = desk(site)
    desk_phone = site.baresip("1001", answers=False)
    soft_phone = site.baresip("1001", answers=False)
    site.wait_until(lambda: len(site.agent("agent-1001")["bindings"]) == 2, "two bindings")
    caller = call(site, hold_s=1)
    desk_phone.ring()
    soft_phone.ring()
    soft_phone.accept()
    desk_phone.wait_event("CALL_CLOSED")
    expect_equal(desk_phone.count("CALL_ESTABLISHED"), 0, "the loser was not answered")
    caller.wait()
    soft_phone.wait_event("CALL_CLOSED")
    expect_equal(facts.kinds(feed.facts).count("offered"), 1, "offers")


@case()
def the_loser_s_cancel_is_on_the_wire(site):
    """The losing sipp phone receives CANCEL and answers 487."""
    desk(site)
    rings = sipp_phone(site, "phone_rings", "1001")
    answers = sipp_phone(site, "phone_answers", "1001", hold_s=1)
    call(site, hold_s=0.5).wait()
    answers.wait()
    rings.wait()


@case()
def unregister_stops_offers(site):
    """A phone that signs off is not rung any more; the call waits until it is back."""
    feed = desk(site)
    phone = site.baresip("1001", answers=False)
    site.wait_bucket("agent-1001", "ready")
    phone.unregister()
    expect_in("unregister", feed.next("binding_down")["reason"], "why the binding went")
    expect_equal(site.bucket("agent-1001"), "unreachable", "the agent")
    caller = call(site, hold_s=0.5)
    arrived = feed.next("call_arrived")
    feed.none("offered", call_id=arrived["call_id"])
    expect(site.ctl("explain", "agent", "agent-1001")["reasons"], "why there is no offer is explained")
    site.baresip("1001")
    caller.wait()


@case()
def going_offline_withdraws_the_ringing_offer(site):
    """Walk-through E: the phone stops ringing, and the same call goes to the next agent from its old place."""
    feed = desk(site, ("1001", "1002"))
    phone = site.baresip("1001", answers=False)
    site.wait_bucket("agent-1001", "ready")
    first = call(site, hold_s=1)
    offer = feed.next("offered")
    phone.ring()
    second = call(site, hold_s=1)
    feed.wait(lambda: facts.kinds(feed.facts).count("call_arrived") == 2, "the second call")
    site.ctl("agent", "set-status", "agent-1001", "offline")
    expect_equal(feed.next("offer_closed", reservation_id=offer["reservation_id"])["close_cause"], "CLOSE_CAUSE_WITHDRAWN",
                 "why the offer ended")
    phone.wait_event("CALL_CLOSED")
    expect_equal(site.bucket("agent-1001"), "offline", "the agent")
    site.baresip("1002")
    again = feed.next("offered", agent_id=agent_id(site, "1002"))
    expect_equal(again["call_id"], offer["call_id"], "the first caller is served first")
    first.wait()
    second.wait()


@case()
def an_answer_that_crosses_the_withdrawal_stands(site):
    """The agent goes offline in the very moment of answering: either the offer is withdrawn or the call stands, never both."""
    feed = desk(site)
    phone = site.baresip("1001", answers=False)
    site.wait_bucket("agent-1001", "ready")
    caller = call(site, "caller_waits_for_bye", timeout_s=30)
    phone.ring()
    pending = site.ctl.start("agent", "set-status", "agent-1001", "offline")
    phone.accept()
    expect_equal(pending.wait(20), 0, "set-status")
    reservation = feed.next("offered")["reservation_id"]
    feed.wait(lambda: any(fact["kind"] in ("answered", "offer_closed") and fact["reservation_id"] == reservation
                          for fact in feed.facts), "the outcome of the offer")
    if "answered" in facts.kinds(feed.facts, reservation_id=reservation):
        expect_equal(site.bucket("agent-1001"), "incall", "the bucket while the call stands")
        phone.hang_up()
        caller.wait()
        # With the leg if the logout was first, right behind it if the answer was.
        feed.wait(lambda: any(fact["kind"] in ("leg_gone", "logged_out") and fact.get("to") == "BUCKET_OFFLINE"
                              for fact in feed.facts), "the end of the agent's session")
    else:
        phone.wait_event("CALL_CLOSED")
        expect_equal(site.bucket("agent-1001"), "offline", "the agent")
        caller.stop()


@case()
def strangers_are_refused(site):
    """Unknown number 404, unknown domain 403, a caller who is no trunk 403, a wrong password never registers."""
    desk(site)
    known = dict(NUMBER)
    for keys, code in ((dict(known, number="7999"), 404), (dict(known, domain="elsewhere.test"), 403)):
        site.sipp("caller_refused", keys=keys, values={"code": code}).wait()
    site.sipp("caller_refused", address=site.addresses[5], keys=known, values={"code": 403}).wait()
    port = site.port()
    keys = {"user": "1001", "domain": "elsewhere.test", "contact_port": port, "expires": 300}
    site.sipp("register_refused", address=site.phones, port=port, keys=keys, values={"code": 403}).wait()
    register(site, "1001", site.port(), code=401, password="wrong")
    register(site, "1009", site.port(), code=401, password="wrong")
    expect_equal(site.agent("agent-1001")["bindings"], [], "bindings")
    expect_equal(site.ctl("calls")["calls"], [], "calls")


@case()
def nobody_is_there(site):
    """Without any agent the call waits for the longest wait and is then hung up; the books say so."""
    feed = desk(site, (), max_wait="2s")
    caller = site.sipp("caller_refused", keys=NUMBER, values={"code": 480})
    ended = feed.next("call_ended")
    expect_in(ended["outcome"], ("OUTCOME_TIMEOUT", "OUTCOME_OVERFLOW"), "outcome")
    caller.wait()


@case()
def an_edge_without_a_node_takes_no_calls(site):
    """No capacity: 503 with Retry-After, until a node is there."""
    desk(site)
    site.node.kill()
    site.edge.terminate()
    edge = site.start("edge-1", site.edge_command())
    edge.wait_log("ready")
    caller = site.sipp("caller_refused", keys=NUMBER, values={"code": 503})
    caller.wait()
    refusal = [text for direction, first, text in caller.messages() if first.startswith("SIP/2.0 503")]
    expect_in("Retry-After:", refusal[0], "the 503")
    site.restart_node()
    site.wait_edge_ready()
    site.edge = edge
    site.baresip("1001")
    call(site, hold_s=0.5).wait()


@case()
def tcp(site):
    """Caller and phone over TCP."""
    desk(site)
    site.baresip("1001", transport="tcp")
    call(site, hold_s=0.5, transport="t1").wait()


@case()
def a_phone_that_lost_its_connection_rings_again(site):
    """The connection breaks and takes the binding with it; the phone registers anew and gets the call that waits."""
    feed = desk(site)
    site.baresip("1001", transport="tcp").kill()
    expect_in("flow_closed", feed.next("binding_down")["reason"].lower(), "why the binding went")
    caller = call(site, hold_s=0.5)
    arrived = feed.next("call_arrived")
    feed.none("offered", call_id=arrived["call_id"])
    site.baresip("1001", transport="tcp")
    caller.wait()
    expect_equal(site.feed.next("answered")["call_id"], arrived["call_id"], "the call that waited")


@case()
def ipv6(site):
    """Caller and phone over IPv6, by UDP and by TCP."""
    desk(site)
    site.edge.terminate()
    port = free_port("::1")
    site.start_edge(listen=(f"udp:[::1]:{port}", f"tcp:[::1]:{port}"))
    phone_port, target = free_port("::1"), f"[::1]:{port}"
    for place, transport in enumerate(("u1", "t1")):
        register(site, "1001", phone_port, base=place + 1, address="::1", target=target)
        phone = site.sipp("phone_answers", address="::1", port=phone_port, target="[::1]:9")
        site.sipp("caller", address="::1", port=free_port("::1"), target=target, keys=NUMBER, hold_s=0.5, transport=transport).wait()
        phone.wait()
        site.feed.next("wrapup_ended", site.feed.mark() - 1)


@case()
def ring_all(site):
    """Walk-through G: all phones ring, the first answer wins, the others stop and lose nothing."""
    feed = desk(site, ("1001", "1002", "1003"), strategy="ring-all")
    phones = [site.baresip(extension, answers=False) for extension in ("1001", "1002", "1003")]
    for extension in ("1001", "1002", "1003"):
        site.wait_bucket(f"agent-{extension}", "ready")
    caller = call(site, hold_s=1)
    for phone in phones:
        phone.ring()
    phones[1].accept()
    for phone in (phones[0], phones[2]):
        phone.wait_event("CALL_CLOSED")
    caller.wait()
    causes = [fact["close_cause"] for fact in site.facts() if fact["kind"] == "offer_closed"]
    expect_equal(causes, ["CLOSE_CAUSE_LOST_RACE"] * 2, "why the losers' offers ended")
    expect_equal(feed.next("answered")["agent_id"], agent_id(site, "1002"), "who answered")


@case()
def drain_of_the_edge(site):
    """SIGTERM: the call in progress goes on to its end, new calls get 503, the process ends with 0."""
    desk(site)
    phone = site.baresip("1001")
    caller = call(site, hold_s=3)
    phone.wait_event("CALL_ESTABLISHED")
    site.edge.expected_dead = True
    site.edge.process.terminate()
    site.edge.wait_log("draining")
    site.sipp("caller_refused", keys=NUMBER, values={"code": 503}).wait()
    caller.wait()
    expect_equal(site.edge.wait(), 0, "exit code of the drained edge")
