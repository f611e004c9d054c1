"""docs/life_of_a_call.md, walked with real processes."""
import pathlib
import re
import time

from cases.calls import call, desk
from rig.outcome import expect, expect_equal, expect_in
from rig.runner import case

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "life_of_a_call.md"


def block(name):
    """The lines of the document's listing of that name."""
    found = re.search(rf"^```{name}\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    expect(found, f"{DOCUMENT.name} has no listing {name}")
    return [" ".join(line.split()) for line in found[1].splitlines()]


def bucket(name):
    return name.removeprefix("BUCKET_").lower()


def line_of(fact):
    changed = fact["from"] != fact["to"]
    return fact["kind"] + (f" {bucket(fact['from'])} > {bucket(fact['to'])}" if changed else "")


@case()
def the_document_names_files_that_exist(site):
    """Every file that docs/life_of_a_call.md names is there."""
    named = re.findall(r"`([\w./-]+\.(?:cpp|hpp|py|md))`", DOCUMENT.read_text())
    expect(len(named) > 20, "the document names files")
    expect_equal([name for name in named if not (ROOT / name).exists()], [], "files that are gone")


@case(90)
def life_of_a_call(site):
    """INVITE, event, command, ranking, reservation, log, gate, order, ring, answer, hang-up, wrap-up: as the document says."""
    feed = desk(site)
    phone = site.baresip("1001", answers=False)
    site.wait_bucket("agent-1001", "ready")
    mark = feed.mark()

    # Steps 1 to 3: the edge takes the call; as long as nothing can be committed, the caller hears 100 and no phone rings.
    site.node.freeze()
    caller = call(site, hold_s=1)
    invited = site.edge.wait_log("caller_invited")
    time.sleep(0.5)
    expect_equal(caller.received(), ["SIP/2.0 100 Trying"], "what the caller heard before the commit")
    expect_equal(phone.count("CALL_INCOMING"), 0, "rings before the commit")
    site.node.thaw()

    # Steps 4 to 10: call and offer are one batch, and the phone rings.
    arrived = feed.next("call_arrived", mark)
    expect_equal(arrived["call_id"], invited["call"], "the call's id at the edge and in the log")
    offered = feed.next("offered", mark)
    expect_equal((int(offered["seq"]) - int(arrived["seq"]), offered["ts"]), (1, arrived["ts"]), "one batch")
    phone.ring()
    ringing = site.edge.wait_log("ringing_phone")
    expect_equal(ringing["reservation"], offered["reservation_id"], "the reservation at the edge and in the log")
    live = site.ctl("calls")["calls"][0]
    expect_equal([offer["phase"] for offer in live["offers"]], ["OFFER_PHASE_OFFERED"], "the live call's offer")

    # Steps 11 and 12.
    phone.accept()
    answered = feed.next("answered", mark)
    expect_equal(answered["reservation_id"], offered["reservation_id"], "what was answered")
    expect_equal(answered["binding_id"], ringing["binding"], "the phone that answered")

    # Steps 13 and 14.
    caller.wait()
    gone = feed.next("leg_gone", mark)
    ended = feed.next("wrapup_ended", mark)
    expect(int(ended["ts"]) >= int(gone["wrapup_until_ts"]), "wrap-up lasts as long as its fact says")

    facts = [fact for fact in site.facts() if int(fact["seq"]) >= int(arrived["seq"]) - 1]
    expect_equal([line_of(fact) for fact in facts], block("facts"), "what the log says")
    heard = [first.removeprefix("SIP/2.0 ") for first in caller.received()]
    expect_equal(heard, block("heard"), "what the caller heard")

    # The same facts, offline.
    site.edge.terminate()
    site.node.terminate()
    code, dump = site.rf_log("dump", site.data / "log", "--account", site.account)
    expect_equal(code, 0, "rf-log dump")
    for fact in facts:
        expect_in(f"seq {fact['seq']} ", dump, f"{fact['kind']} in rf-log dump")
