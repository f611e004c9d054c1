"""A foreign switch drives everything through the API: no edge, no SIP."""
import subprocess
import time

from rig import account, facts, programs
from rig.outcome import expect, expect_equal, expect_in
from rig.runner import case

JOBS = 3

COMMAND = "cm_01J0000000000000000000000{}"


def desk(site, agents=("ada",), **queue):
    """A node with one queue and agents whose phones are on the foreign switch."""
    site.start_node()
    queue = {"ring_timeout": "20s", "wrapup": "1s", **queue}
    return site.import_account(account.account("desk", [account.queue("sales", **queue)],
                                               [account.agent(key, ["sales"], external_endpoint=True) for key in agents]))


def offered(site, feed, after=0, **fields):
    """The next offer, once it can be answered."""
    return feed.next("offered", after, **fields)


@case()
def answer_and_wrapup(site):
    """A call is offered, accepted, completed; the agent wraps up and is ready again."""
    feed = desk(site)
    expect_equal(site.bucket("ada"), "offline", "before login")
    expect_equal(site.ctl("agent", "login", "ada")["agent"]["bucket"], "BUCKET_READY", "after login")
    call = site.ctl("call", "enqueue", "sales", "--caller", "+4930123")["call"]
    offer = offered(site, feed, call_id=call["id"])
    expect_equal(site.bucket("ada"), "ring", "while it rings")
    answer = site.ctl("offer", "accept", offer["reservation_id"])["call"]
    expect_equal((answer["state"], answer["agent_id"]), ("CALL_STATE_ANSWERED", offer["agent_id"]), "the answered call")
    expect_equal(site.bucket("ada"), "incall", "in conversation")
    site.ctl("call", "complete", call["id"])
    feed.next("wrapup_ended", agent_id=offer["agent_id"])
    expect_equal(site.bucket("ada"), "ready", "after wrap-up")
    found = facts.expect_order(site.facts(), [
        ("call_arrived", {"call_id": call["id"]}), ("offered", {"from": "BUCKET_READY", "to": "BUCKET_RING"}),
        ("answered", {"to": "BUCKET_INCALL"}), ("call_ended", {"outcome": "OUTCOME_ANSWERED"}),
        ("leg_gone", {"to": "BUCKET_WRAPUP"}), ("wrapup_ended", {"to": "BUCKET_READY"})], "the call's facts")
    expect(int(found[-1]["ts"]) - int(found[-2]["ts"]) >= 1000, "wrap-up lasts a second")
    summary = site.ctl("history")
    expect_equal([row["outcome"] for row in summary["calls"]], ["OUTCOME_ANSWERED"], "history")
    expect_equal(summary["agents"][0]["offers_at_once_max"], 1, "offers at once")


@case()
def reject_gives_the_call_back_to_its_place(site):
    """A rejected call is still first in line, and the agent waits for its re-offer delay."""
    feed = desk(site, reject_delay="2s")
    first = site.ctl("call", "enqueue", "sales")["call"]["id"]
    second = site.ctl("call", "enqueue", "sales")["call"]["id"]
    site.ctl("agent", "login", "ada")
    offer = offered(site, feed, call_id=first)
    site.ctl("offer", "reject", offer["reservation_id"])
    waiting = site.ctl("call", "list")["calls"]
    expect_equal([row["id"] for row in waiting], [first, second], "the order of those who wait")
    expect(int(site.agent("ada")["no_offer_until_ts"]) > int(offer["ts"]), "ada is left alone for a while")
    after = feed.mark()
    again = feed.next("offered", after, agent_id=offer["agent_id"])
    expect_equal(again["call_id"], first, "who is offered after the delay")
    expect(int(again["ts"]) - int(offer["ts"]) >= 2000, "the re-offer delay is kept")


@case()
def no_answer_then_the_second_agent(site):
    """Nobody accepts within the ring time: the call is offered to the next agent."""
    feed = desk(site, ("ada", "grace"), ring_timeout="4s")
    site.ctl("agent", "login", "ada")
    site.ctl("agent", "login", "grace")
    call = site.ctl("call", "enqueue", "sales")["call"]["id"]
    first = offered(site, feed, call_id=call)
    closed = feed.next("offer_closed", reservation_id=first["reservation_id"])
    expect_equal(closed["close_cause"], "CLOSE_CAUSE_NO_ANSWER", "why the first offer ended")
    second = feed.next("offered", feed.facts.index(closed), call_id=call)
    expect(second["agent_id"] != first["agent_id"], "the second offer goes to the other agent")
    site.ctl("offer", "accept", second["reservation_id"])
    site.ctl.refusal("offer", "accept", first["reservation_id"], code="not_found")


@case()
def offline_withdraws_the_offer_and_the_call_keeps_its_place(site):
    """Walk-through E without SIP: the ringing offer is withdrawn, the same call goes to the next agent first."""
    feed = desk(site, ("ada", "grace"))
    site.ctl("agent", "login", "ada")
    first = site.ctl("call", "enqueue", "sales")["call"]["id"]
    offer = offered(site, feed, call_id=first)
    second = site.ctl("call", "enqueue", "sales")["call"]["id"]
    site.ctl("agent", "set-status", "ada", "offline")
    expect_equal(feed.next("offer_closed", reservation_id=offer["reservation_id"])["close_cause"], "CLOSE_CAUSE_WITHDRAWN",
                 "why the offer ended")
    expect_equal(site.bucket("ada"), "offline", "ada")
    site.ctl("agent", "login", "grace")
    again = offered(site, feed, agent_id=site.ids()["grace"])
    expect_equal(again["call_id"], first, "who is offered first")
    expect_equal([row["id"] for row in site.ctl("calls")["calls"]], [first, second], "the order of those who wait")


@case()
def two_calls_and_one_agent(site):
    """The second call waits until wrap-up is over; the agent is never offered twice."""
    feed = desk(site)
    site.ctl("agent", "login", "ada")
    calls = [site.ctl("call", "enqueue", "sales")["call"]["id"] for _ in range(2)]
    first = offered(site, feed, call_id=calls[0])
    feed.none("offered", call_id=calls[1])
    site.ctl("offer", "accept", first["reservation_id"])
    site.ctl("call", "complete", calls[0])
    second = offered(site, feed, call_id=calls[1])
    ended = feed.next("wrapup_ended")
    expect(int(ended["seq"]) < int(second["seq"]), "the second offer comes after wrap-up")
    # A manual end of wrap-up is as good as the timer.
    site.ctl("offer", "accept", second["reservation_id"])
    site.ctl("call", "complete", calls[1])
    expect_equal(site.ctl("agent", "end-wrapup", "ada")["agent"]["bucket"], "BUCKET_READY", "after the manual end")


@case()
def abandon_while_waiting_and_while_ringing(site):
    """A caller who gives up is abandoned, with or without a ringing offer; the agent is free at once."""
    feed = desk(site)
    waiting = site.ctl("call", "enqueue", "sales")["call"]["id"]
    site.ctl("call", "complete", waiting)
    expect_equal(feed.next("call_ended", call_id=waiting)["outcome"], "OUTCOME_ABANDONED", "outcome while waiting")
    site.ctl("agent", "login", "ada")
    ringing = site.ctl("call", "enqueue", "sales")["call"]["id"]
    offer = offered(site, feed, call_id=ringing)
    site.ctl("call", "complete", ringing)
    expect_equal(feed.next("call_ended", call_id=ringing)["outcome"], "OUTCOME_ABANDONED", "outcome while ringing")
    feed.next("leg_gone", reservation_id=offer["reservation_id"])
    expect_equal(site.bucket("ada"), "ready", "ada after the caller gave up")


@case()
def max_wait_ends_the_call(site):
    """A call that waits too long ends with outcome timeout or overflow; one that rings just then waits for the offer."""
    feed = desk(site, max_wait="1s")
    call = site.ctl("call", "enqueue", "sales")["call"]["id"]
    ended = feed.next("call_ended", call_id=call)
    expect_in(ended["outcome"], ("OUTCOME_TIMEOUT", "OUTCOME_OVERFLOW"), "outcome")


@case()
def the_same_command_id_gives_the_same_result(site):
    """Repeating a request changes nothing, also after kill -9."""
    feed = desk(site)
    words = ("call", "enqueue", "sales", "--caller", "1", "--command-id", COMMAND.format(1))
    first = site.ctl(*words)["call"]
    expect_equal(site.ctl(*words)["call"]["id"], first["id"], "the call of the repeated request")
    login = ("agent", "login", "ada", "--command-id", COMMAND.format(2))
    site.ctl(*login)
    offer = offered(site, feed, call_id=first["id"])
    accept = ("offer", "accept", offer["reservation_id"], "--command-id", COMMAND.format(3))
    site.ctl(*accept)
    before = site.facts()
    site.node.kill()
    site.restart_node()
    expect_equal(site.ctl(*words)["call"]["id"], first["id"], "the call after the restart")
    site.ctl(*login)
    site.ctl(*accept)
    expect_equal([fact["kind"] for fact in site.facts()[:len(before)]], [fact["kind"] for fact in before], "the log before")
    expect_equal(facts.kinds(site.facts()).count("call_arrived"), 1, "calls in the log")
    expect_equal(facts.kinds(site.facts()).count("answered"), 1, "answers in the log")
    expect_equal(facts.kinds(site.facts()).count("logged_in"), 1, "logins in the log")


@case()
def illegal_transitions_write_nothing(site):
    """What may not be is refused with from, to and why, and leaves no fact."""
    desk(site)
    before = len(site.facts())
    for words, why in ((("end-wrapup", "ada"), "offline -> end of wrap-up is not possible: the agent is not in wrap-up"),
                       (("set-status", "ada", "on_break"), "offline -> on_break is not possible: the agent is logged out; log in"),
                       (("logout", "ada"), "offline -> offline is not possible: the agent is logged out already")):
        expect_in(why, site.ctl.refusal("agent", *words, code="failed_precondition"), " ".join(words))
    expect_equal(len(site.facts()), before, "facts after refusals")


@case()
def unknown_and_foreign_things_are_not_found(site):
    """Unknown ids, and another account's, look the same."""
    desk(site)
    first = site.account
    call = site.ctl("call", "enqueue", "sales", "--account", first)["call"]["id"]
    site.import_account(account.account("other", [account.queue("other-sales")], [account.agent("zoe", ["other-sales"])]))
    for words in (("agent", "status", "nobody"), ("agent", "status", "ada", "--account", "other"), ("call", "enqueue", "nowhere"),
                  ("call", "complete", call, "--account", "other"), ("call", "complete", call[:-1] + ("0" if call[-1] != "0" else "1")),
                  ("agent", "list", "--account", "nobody"), ("offer", "accept", "rs_01J00000000000000000000000")):
        given = () if "--account" in words else ("--account", first)
        site.ctl.refusal(*words, *given, code="not_found")
    expect_in("invalid", site.ctl.refusal("call", "complete", "nonsense", "--account", first, code="invalid_argument"), "an id")
    expect_in("name one by --account", site.ctl.refusal("calls", code="failed_precondition"), "several accounts")


@case()
def imports_are_all_or_nothing(site):
    """A wrong account file changes nothing and names its line; a repeated import changes nothing either."""
    desk(site)
    before = site.ctl("account", "show")["definition"]
    path = site.folder / "wrong.toml"

    def refusal(text, code, part):
        path.write_text(text)
        expect_in(part, site.ctl.refusal("account", "import", path, code=code), part)

    good = account.account("desk", [account.queue("sales", wrapup="1s")], [account.agent("ada", ["sales"], extension="100")])
    refusal(good + "[[agent]]\nkey = \"eve\"\nextension = \"100\"\n", "already_exists", 'agent "eve": ')
    refusal(good.replace("wrapup =", "wrapupp ="), "invalid_argument", "wrapup")
    refusal(good.replace('queue = "sales"', 'queue = "nowhere"'), "not_found", "nowhere")
    refusal("[account\n", "invalid_argument", "1")
    expect_equal(site.ctl("account", "show")["definition"], before, "the account after wrong imports")
    site.ctl.refusal("account", "import", site.folder / "absent.toml", code="not_found")
    again = site.folder / "again.toml"
    again.write_text(site.ctl.text("account", "show"))
    facts_before = len(site.facts())
    site.ctl("account", "import", again)
    expect_equal(site.ctl("account", "show")["definition"], before, "the account after importing its own export")
    expect(len(site.facts()) >= facts_before, "the log only grows")


@case()
def wrong_tokens_are_refused(site):
    """Without the node's client token nothing is told, and the error says which file is meant."""
    desk(site)
    wrong = site.folder / "wrong.token"
    wrong.write_text("not-the-token\n")
    wrong.chmod(0o600)
    expect_in("client.token", site.ctl.refusal("calls", code="unauthenticated", token_file=wrong), "the sentence")
    site.ctl.refusal("calls", code="unauthenticated", token_file=site.data / "edge.token")
    site.ctl.refusal("calls", code="not_found", exit_code=2, token_file=site.folder / "absent.token")
    wrong.chmod(0o644)
    site.ctl.refusal("calls", code="permission_denied", exit_code=2, token_file=wrong)
    for name in ("client.token", "edge.token", "secret.key"):
        expect_equal((site.data / name).stat().st_mode & 0o777, 0o600, f"mode of {name}")


@case()
def oversized_requests_are_refused(site):
    """A message larger than the node takes is refused, and the node goes on."""
    desk(site)
    path = site.folder / "large.toml"
    path.write_text("[account]\nkey = \"large\"\n" + "# " + "x" * (6 << 20) + "\n")
    site.ctl.refusal("account", "import", path, code="overloaded")
    site.ctl("calls")


@case()
def health_and_drain(site):
    """`health` says how the node is by its exit code; `drain` ends the node in order and loses nothing."""
    desk(site)
    call = site.ctl("call", "enqueue", "sales")["call"]["id"]
    health = site.ctl("health")
    expect_equal((health["healthy"], health["draining"], health["accounts"]), (True, False, 1), "health")
    site.ctl("drain")
    expect_equal(site.node.wait(), 0, "exit code of the drained node")
    site.ctl.refusal("health", code="unavailable", exit_code=3)
    site.start_node()
    expect_equal([row["id"] for row in site.ctl("calls")["calls"]], [call], "calls after the restart")
    expect_equal(site.node.terminate(), 0, "exit code after SIGTERM")


@case()
def a_frozen_node_costs_time_only(site):
    """SIGSTOP for two seconds: requests time out with a sentence; afterwards everything goes on."""
    feed = desk(site)
    site.ctl("agent", "login", "ada")
    site.node.freeze()
    site.ctl.refusal("calls", "--timeout", "1s", code="timeout", exit_code=3)
    pending = site.ctl.start("call", "enqueue", "sales", "--timeout", "30s")
    site.node.thaw()
    expect_equal(pending.wait(30), 0, f"the request made meanwhile: {pending.stderr.read()}")
    site.ctl("offer", "accept", offered(site, feed)["reservation_id"])


@case()
def an_offer_is_explained_while_it_rings_and_after_a_crash(site):
    """R30: who was offered the call, and why nobody else, also from the log of a node that was killed."""
    feed = desk(site, agents=("ada", "bea", "cy"))
    site.ctl("agent", "login", "ada")
    site.ctl("agent", "login", "bea")
    site.ctl("agent", "login", "cy")
    site.ctl("agent", "set-status", "cy", "on_break", "--reason", "lunch")
    call = site.ctl("call", "enqueue", "sales")["call"]["id"]
    offer = offered(site, feed, call_id=call)

    def verdicts(*words):
        answer = site.ctl("explain", "call", call, *words)
        expect_equal((answer["offered"], answer["reproduced"], answer["rules_changed"]), (True, True, False), "the answer")
        return [(row["agent_key"], row["verdict"].removeprefix("OFFER_VERDICT_")) for row in answer["considered"]]

    said = [("ada", "OFFERED"), ("bea", "COMES_LATER"), ("cy", "NOT_READY")]
    expect_equal(verdicts(), said, "while it rings")
    expect_in("cy     not_ready    ", site.ctl.text("explain", "call", call), "in words")
    site.ctl("offer", "accept", offer["reservation_id"])
    site.ctl("call", "complete", call)
    site.ctl("agent", "logout", "bea")
    expect_equal(verdicts(), said, "after its end")
    site.node.kill()
    site.restart_node()
    expect_equal(verdicts(), said, "from the log of the node that was killed")
    site.ctl.refusal("explain", "call", "cl_01ARZ3NDEKTSV4RRFFQ69G5FAV", code="not_found")


@case()
def a_recorded_day_is_replayed_under_other_settings(site):
    """`rf-sim what-if` reads a running node's log: as it was, and with other settings."""
    feed = desk(site, agents=("ada", "bea"))
    site.ctl("agent", "login", "ada")
    site.ctl("agent", "login", "bea")
    for _ in range(3):
        call = site.ctl("call", "enqueue", "sales")["call"]["id"]
        reservation = offered(site, feed, call_id=call)["reservation_id"]
        # An agent takes longer to answer than the last caller to give up, also when that call rings at both.
        time.sleep(1)
        site.ctl("offer", "accept", reservation)
        site.ctl("call", "complete", call)
    call = site.ctl("call", "enqueue", "sales")["call"]["id"]
    site.ctl("call", "complete", call)

    def what_if(*words):
        return subprocess.run([programs.ours("rf-sim"), "what-if", "--log", site.data / "log", *words],
                              capture_output=True, text=True, timeout=60)

    done = what_if("--set", "queue.sales.strategy=ring-all", "--set", "queue.sales.ring_timeout=15s")
    expect_equal(done.returncode, 0, done.stderr)
    rows = {line[2:26].strip(): line[26:].split() for line in done.stdout.splitlines() if line.startswith("  ")}
    expect_equal(rows["calls"], ["4", "4", "4"], "calls as recorded, replayed and with other settings")
    expect_equal(rows["answered"], ["3", "3", "3"], "answered calls")
    expect_equal(rows["abandoned"], ["1", "1", "1"], "abandoned calls")
    expect(int(rows["offers"][2]) > int(rows["offers"][1]), "ring-all rings both")
    wrong = what_if("--set", "queue.nowhere.strategy=ring-all")
    expect_equal(wrong.returncode, 1, "an unknown queue")
    expect_in('no queue "nowhere"', wrong.stderr, "what is said of it")
    expect_equal(what_if("--set", "sales").returncode, 2, "a wrong command line")


@case()
def the_board_prints_a_line_a_second_without_a_terminal(site):
    """`watch` and `queue watch` in a log: bounded lines, no escape sequences."""
    desk(site)
    site.ctl("agent", "login", "ada")
    site.ctl("call", "enqueue", "sales")
    for words in (("watch",), ("queue", "watch", "sales")):
        lines = site.ctl.text(*words, "--for", "3s").splitlines()
        expect(2 <= len(lines) <= 4, f"{' '.join(words)}: {len(lines)} lines in 3 s")
        expect("\x1b" not in "".join(lines), "no escape sequences")
        expect_in("sales waiting 1", lines[-1], "the queue")
    site.ctl.refusal("queue", "watch", "nowhere", code="not_found")
    # A reader that goes away ends the board.
    with subprocess.Popen(site.ctl.command("watch"), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as board:
        board.stdout.readline()
        board.stdout.close()
        board.wait(20)
