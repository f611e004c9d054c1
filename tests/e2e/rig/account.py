"""Account files as TOML."""

DOMAIN = "front-desk.test"


def quoted(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(quoted, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {quoted(one)}" for key, one in value.items()) + "}"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def table(header, values):
    return "\n".join([header, *(f"{key} = {quoted(value)}" for key, value in values.items()), ""])


def queue(key, **values):
    return {"key": key, **values}


def agent(key, queues=(), memberships=(), **values):
    """`queues`: keys of plain memberships; `memberships`: dictionaries with more than a queue."""
    return {"key": key, **values, "membership": [{"queue": name} for name in queues] + list(memberships)}


def phone_agent(key, extension, queues=(), memberships=()):
    return agent(key, queues, memberships, extension=extension, password=f"secret-{extension}")


def account(key, queues, agents, trunks=(), domains=(), **values):
    """The text of an account file."""
    out = [table("[account]", {"key": key, "auto_ready_on_login": True, "auto_queue_login": True, **values,
                               **({"domains": list(domains)} if domains else {})})]
    out += [table("[[trunk]]", {"name": f"trunk-{place}", "address": address}) for place, address in enumerate(trunks)]
    out += [table("[[queue]]", one) for one in queues]
    for one in agents:
        out.append(table("[[agent]]", {key: value for key, value in one.items() if key != "membership"}))
        out += [table("[[agent.membership]]", membership) for membership in one["membership"]]
    return "\n".join(out)
