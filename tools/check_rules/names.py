"""Words that say nothing, in the names that we give: types, functions, variables, proto messages, files."""
import pathlib
import re

from check_rules.tree import Finding, line_of

BANNED = {"manager", "helper", "util", "data", "info", "handler"}
BANNED |= {word + "s" for word in BANNED}
# Words of the field that happen to be banned ones: the log level.
KEPT = {"process/log": {"info"}}

# A name is ours where it is declared: after a type keyword, or after a type and before ( ; = , { [ ).
TYPE_NAME = re.compile(r"\b(?:class|struct|union|enum|enum\s+class|namespace|concept|using)\s+(?:\[\[\w+\]\]\s*)?(\w+)\s*(?:[{:=;]|final\b)")
OTHER_NAME = re.compile(r"(?P<type>[A-Za-z_]\w*|>)(?P<gap>[\s*&]*[\s*&>])(?P<name>[A-Za-z_]\w*)\s*(?P<after>[(;=,{)\[])")
NOT_A_TYPE = {"return", "co_return", "co_yield", "co_await", "case", "goto", "throw", "new", "delete", "else", "using",
              "namespace", "typename", "operator", "and", "or", "not", "do", "in", "if", "while", "switch", "sizeof"}
PROTO_NAME = re.compile(r"^\s*(?:message|enum|service|rpc|oneof)\s+(\w+)|^\s*(?:repeated\s+|optional\s+)?[\w.<>, ]+\s(\w+)\s*=\s*\d+\s*[;\[]",
                        re.MULTILINE)


# "Data directory" is what every operator calls it.
TERMS = re.compile(r"data_?dir(ectory)?|DataDirectory", re.IGNORECASE)


def banned_word(name):
    name = TERMS.sub("", name)
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)
    return next((part.lower() for part in parts if part.lower() in BANNED), None)


def declared(code):
    """Yields (position, name) of what looks like a declaration of ours. What overrides a library's name is not ours."""
    for found in TYPE_NAME.finditer(code):
        yield found.start(1), found[1]
    for found in OTHER_NAME.finditer(code):
        if found["type"] in NOT_A_TYPE:
            continue
        before = code[:found.start()].rstrip()[-1:] if found["type"] == ">" else ""
        if before == "-" or not re.search(r"[\s*&]", found["gap"]):
            continue
        end = code.find("\n", found.end())
        if re.search(r"\boverride\b", code[found.end():end if end >= 0 else None]):
            continue
        yield found.start("name"), found["name"]


def check_path(name):
    if name.startswith("deploy/"):  # Helm and Debian give their own names
        return
    for part in pathlib.PurePosixPath(name).parts:
        word = banned_word(part.split(".")[0])
        if word:
            yield Finding(name, 1, "name", f"'{part}' says '{word}', which names nothing: say what it holds or does")


def check(tree):
    for name in tree.files:
        yield from check_path(name)
    for name in tree.cpp:
        code = tree.code(name)
        kept = {word for start, words in KEPT.items() if name.startswith(start) for word in words}
        for position, given in declared(code):
            word = banned_word(given)
            if word and given not in kept:
                yield Finding(name, line_of(code, position), "name",
                              f"'{given}' says '{word}', which names nothing: say what it is or does")
    for name in tree.ending(".proto"):
        code = tree.code(name)
        for found in PROTO_NAME.finditer(code):
            given = found[1] or found[2]
            word = banned_word(given)
            if word:
                yield Finding(name, line_of(code, found.start(1 if found[1] else 2)), "name",
                              f"'{given}' says '{word}', which names nothing: say what it is")
