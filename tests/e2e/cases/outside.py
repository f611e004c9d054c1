"""Addresses outside the centre: Follow-Me numbers, voicemail and other forwards, callbacks, bots."""
from cases.calls import agent_id, call, story_of
from rig import account
from rig.account import DOMAIN
from rig.outcome import expect, expect_equal, expect_in
from rig.runner import case

JOBS = 2
SIP_PORT = 5060


def centre(site, agents, queues):
    """Node, edge and an account whose only trunk is where its callers are; people are logged in, bots by themselves."""
    site.start_node()
    feed = site.import_account(account.account("outside", queues, agents, trunks=[site.callers], domains=[DOMAIN]))
    site.start_edge()
    for one in agents:
        if one.get("kind") != "bot":
            site.ctl("agent", "login", one["key"])
    return feed


def sales(**other):
    return account.queue("sales", numbers=["7001"], ring_timeout="10s", wrapup="1s", **other)


def outside(site, scenario="phone_answers", address=None, **other):
    """Somebody outside who answers at the port where SIP is expected."""
    return site.sipp(scenario, address=address or site.callers, port=SIP_PORT, target=f"{site.address}:9", **other)


def invited(phone):
    """The INVITE that came to somebody outside."""
    return next(text for direction, first, text in phone.messages() if direction == "received" and first.startswith("INVITE"))


@case()
def follow_me(site):
    """An agent without a phone is reached at the Follow-Me number through the trunk, talks, and wraps up."""
    feed = centre(site, [account.phone_agent("walker", "1001", ["sales"]) | {"follow_me": "+491511234567"}], [sales()])
    mobile = outside(site)
    site.wait_bucket("walker", "ready")
    caller = call(site, hold_s=1)
    caller.wait()
    mobile.wait()
    expect_in(f"INVITE sip:+491511234567@{site.callers}", invited(mobile), "whom the edge called")
    feed.next("wrapup_ended")
    story_of(site, [("offered", {"agent_id": site.ids()["walker"]}), ("answered", {}), ("call_ended", {})], "a call by Follow-Me")
    expect_equal(site.bucket("walker"), "ready", "after wrap-up")


@case()
def follow_me_and_the_phone_ring_together(site):
    """Desk phone and Follow-Me number ring at once; the first to answer has the call, the other stops."""
    feed = centre(site, [account.phone_agent("walker", "1001", ["sales"]) | {"follow_me": "+491511234567"}], [sales()])
    desk_phone = site.baresip("1001", answers=False)
    mobile = outside(site, "phone_rings")
    site.wait_bucket("walker", "ready")
    caller = call(site, hold_s=1)
    desk_phone.ring()
    site.wait_until(lambda: any(first.startswith("INVITE") for _, first, _ in mobile.messages()), "the mobile rings")
    desk_phone.accept()
    caller.wait()
    mobile.wait()
    feed.next("wrapup_ended")
    expect_equal(len([fact for fact in site.facts() if fact["kind"] == "offered"]), 1, "offers")


@case()
def voicemail(site):
    """A call that has waited its time is given to the voicemail's address, which answers the caller."""
    voicemail_at = site.addresses[3]
    feed = centre(site, [account.phone_agent("agent-1001", "1001", ["sales"])],
                  [sales(max_wait="2s", overflow=[{"when": "max_wait", "to": "address", "address": f"sip:voicemail@{voicemail_at}"}])])
    box = outside(site, address=voicemail_at)
    caller = call(site, hold_s=1)
    caller.wait()
    box.wait()
    expect_in(f"INVITE sip:voicemail@{voicemail_at}", invited(box), "whom the edge called")
    forwarded = feed.next("call_forwarded")
    expect_equal(forwarded["agent_id"], "", "nobody's")
    expect(not [fact for fact in site.facts() if fact["kind"] == "offered"], "an offer without a phone")


@case()
def a_voicemail_that_does_not_answer(site):
    """Where the address refuses, the caller hears so and the call has one end."""
    centre(site, [account.phone_agent("agent-1001", "1001", ["sales"])],
           [sales(max_wait="1s", overflow=[{"when": "max_wait", "to": "address", "address": f"sip:voicemail@{site.callers}"}])])
    box = outside(site, "phone_refuses", values={"code": 486})
    refused = site.sipp("caller_refused", keys={"number": "7001", "domain": DOMAIN}, values={"code": 486})
    refused.wait()
    box.wait()


@case()
def callback(site):
    """Who asks for a callback hangs up and keeps the place: at the turn the agent's phone rings first, then the customer's."""
    feed = centre(site, [account.phone_agent("agent-1001", "1001", ["sales"])], [sales()])
    waiting = site.sipp("caller_refused", keys={"number": "7001", "domain": DOMAIN}, values={"code": 480})
    arrived = feed.next("call_arrived")
    site.ctl("call", "callback", arrived["call_id"], "--number", "+4930555")
    feed.next("callback_set")
    waiting.wait()
    customer = outside(site)
    # It rings as it registers: before its events can be read.
    phone = site.baresip("1001")
    site.wait_until(lambda: "ACK" in " ".join(customer.received()), "the customer answered")
    expect_in(f"INVITE sip:+4930555@{site.callers}", invited(customer), "whom the edge called")
    phone.hang_up()
    customer.wait()
    feed.next("wrapup_ended")
    found = story_of(site, [("call_arrived", {}), ("callback_set", {}), ("offered", {}), ("answered", {}), ("call_ended", {})],
                     "a callback")
    expect_equal({fact["call_id"] for fact in found}, {arrived["call_id"]}, "one call")
    expect_equal(found[2]["agent_id"], agent_id(site, "1001"), "who called back")


@case()
def a_bot_hands_over(site):
    """A bot answers two callers at its address, and hands one over: it calls the people's queue, who have a free agent."""
    feed = centre(site, [{**account.agent("bot", ["front"]), "kind": "bot", "uri": f"sip:bot@{site.callers}", "max_concurrent": 2},
                         account.phone_agent("agent-1001", "1001", ["sales"])],
                  [account.queue("front", numbers=["7000"], ring_timeout="10s", wrapup="0s"), sales()])
    bot = outside(site, calls=2)
    phone = site.baresip("1001")
    site.wait_bucket("agent-1001", "ready")
    callers = [site.sipp("caller", keys={"number": "7000", "domain": DOMAIN}, hold_s=4) for _ in range(2)]
    for _ in callers:
        expect_equal(feed.next("answered")["agent_id"], site.ids()["bot"], "who answers")
    handed_over = call(site, hold_s=1)
    phone.wait_event("CALL_ESTABLISHED")
    for one in [handed_over, *callers, bot]:
        one.wait()
    answered = [fact["agent_id"] for fact in site.facts() if fact["kind"] == "answered"]
    expect_equal(answered, [site.ids()["bot"]] * 2 + [agent_id(site, "1001")], "who answered")
