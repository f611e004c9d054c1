"""Rows as text: one result, or two of them side by side."""

TITLES = {
    "W1": "W1 steady: calls by the clock, agents free, 0.5 s of talk; CPU per whole call",
    "W2": "W2 backlog: callers always wait for 50 agents, 1 s of talk",
    "W3": "W3 yardstick: Kamailio, 2 workers, the same calls by the same generator; REGISTER with us: with digest",
    "W4": "W4 reservations: reserve the longest idle agent, release it, both durable",
    "W5": "W5 contention: ten queues of the same 50 agents",
    "memory": "Memory: growth for one more of each (kB)",
    "start": "Start of the node after kill -9",
    "mixed": "W2 and W5 with 20 queues of all strategies; a call with 100,000 agents beside 100",
    "scale": "Many accounts in one process, one of them flooded, and explanations in a long log",
}
# What tells rows of one part apart.
KEYS = ("server", "what", "store", "agents", "clients", "rate", "waiting", "seconds", "answer_after_s", "note")


def text_of(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"
    return str(value)


def columns_of(rows):
    return list(dict.fromkeys(name for row in rows for name in row))


def table(rows, columns):
    lines = [columns] + [[text_of(row.get(name)) for name in columns] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def machine_text(machine):
    return "\n".join(f"{name:>14}: {value}" for name, value in machine.items())


def whole(result):
    parts = [machine_text(result["machine"])]
    for name, rows in result["parts"].items():
        parts.append(f"{TITLES[name]}\n{table(rows, columns_of(rows))}")
    return "\n\n".join(parts)


def key_of(row):
    return tuple((name, row[name]) for name in KEYS if row.get(name) is not None)


def compared(before, after):
    """The numbers of both results that have the same conditions, with after / before."""
    parts = [f"before\n{machine_text(before['machine'])}\n\nafter\n{machine_text(after['machine'])}"]
    for name in [name for name in after["parts"] if name in before["parts"]]:
        old = {key_of(row): row for row in before["parts"][name]}
        rows = []
        for row in after["parts"][name]:
            was = old.get(key_of(row))
            for figure in (figure for figure in row if was and figure not in KEYS):
                values = was.get(figure), row[figure]
                if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value in values):
                    continue
                conditions = ", ".join(f"{key} {text_of(value)}" for key, value in key_of(row))
                rows.append({"conditions": conditions, "figure": figure, "before": values[0], "after": values[1],
                             "ratio": round(values[1] / values[0], 3) if values[0] else None})
        parts.append(f"{TITLES[name]}\n{table(rows, ['conditions', 'figure', 'before', 'after', 'ratio'])}")
    return "\n\n".join(parts)
