"""What must hold in every log, whatever happened: checked on the facts at the end of every case."""
import dataclasses

from rig.outcome import expect, expect_equal, expect_in


@dataclasses.dataclass
class Call:
    seq: int
    queue: str
    offers: list
    answered_by: str = ""
    ended: bool = False
    outcome: str = ""


def check(facts, rooms=None):
    """Dense seq; an agent holds one reservation at a time, or as many as `rooms` says by its id (P1); a reservation has one outcome and one end (P2, R13); a call
    is answered once and ends once. Gives the calls by id."""
    rooms = rooms or {}
    calls, held, closed, answered = {}, {}, set(), set()
    for place, fact in enumerate(facts):
        seq, kind = int(fact["seq"]), fact["kind"]
        expect_equal(seq, place + 1, "the log's seq")
        call, agent, reservation = fact["call_id"], fact["agent_id"], fact["reservation_id"]
        if kind in ("call_arrived", "call_adopted"):
            calls.setdefault(call, Call(seq, fact["queue_id"], []))
        if kind == "offered" or kind == "call_adopted" and reservation:
            holds = held.setdefault(agent, [])
            expect(len(holds) < rooms.get(agent, 1), f"seq {seq}: {agent} is offered {reservation} while it holds {holds}")
            holds.append(reservation)
            calls[call].offers.append((agent, reservation))
            if kind == "call_adopted":
                answered.add(reservation)
                calls[call].answered_by = agent
        elif kind == "answered":
            expect(reservation not in closed | answered, f"seq {seq}: {reservation} has a second outcome")
            expect_in(reservation, held.get(agent, []), f"seq {seq}: who answered")
            expect_equal(calls[call].answered_by, "", f"seq {seq}: {call} answered before")
            answered.add(reservation)
            calls[call].answered_by = agent
        elif kind == "offer_closed":
            expect(reservation not in closed | answered, f"seq {seq}: {reservation} has a second outcome")
            closed.add(reservation)
        elif kind == "leg_gone":
            expect_in(reservation, held.get(agent, []), f"seq {seq}: whose leg is gone")
            held[agent].remove(reservation)
        elif kind == "call_ended":
            expect(not calls[call].ended, f"seq {seq}: {call} ends twice")
            calls[call].ended = True
            calls[call].outcome = fact["outcome"].removeprefix("OUTCOME_").lower()
    return calls


def kinds(facts, **fields):
    """The kinds of the facts that have those fields, in order."""
    return [fact["kind"] for fact in facts if all(fact.get(name) == value for name, value in fields.items())]


def expect_order(facts, wanted, what):
    """Each (kind, fields) of `wanted` occurs after the one before it. Gives the facts found."""
    found, place = [], 0
    for kind, fields in wanted:
        while place < len(facts) and not (facts[place]["kind"] == kind and
                                          all(facts[place].get(name) == value for name, value in fields.items())):
            place += 1
        seen = " ".join(fact["kind"] for fact in facts)
        expect(place < len(facts), f"{what}: no {kind} {fields} after {[fact['kind'] for fact in found]} in {seen}")
        found.append(facts[place])
        place += 1
    return found
