"""Constructs that have hurt before, and sizes that warn."""
import re

from check_rules.tree import Finding, line_of

# Rule, pattern in code, folders that are exempt, what to do.
BANNED = (
    ("no-infinite", r"\bcaf::infinite\b", ("tests/",), "a dropped answer would wait for ever: give the request a time-out"),
    ("no-await", r"(?:\.|->)await\s*\(", (), "await makes a backlog quadratic: keep a deque and use then"),
    ("no-capture-all", r"\[=[\],]", (), "name what the lambda captures: [=] hides a copy of this"),
    ("no-clock", r"\b(?:std::chrono::|chrono::|std::)?(?:system_clock|steady_clock|high_resolution_clock)\b",
     ("process/", "storage/rocks", "sip-edge/sip/root.cpp", "node/grpc/method_table.cpp", "tests/", "tools/"), "take the time as an argument, or the clock from process/"),
)
THEN = re.compile(r"(?:\.|->)then\s*\(")

# Written in two parts, so that this file does not find itself.
LEFT_OVER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b")

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


def arguments_of(code, position):
    """How many arguments the call has whose open parenthesis ends at `position`."""
    depth, commas, empty = 1, 0, True
    for at in range(position, len(code)):
        char = code[at]
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                break
        elif char == "," and depth == 1:
            commas += 1
        empty = empty and char.isspace()
    return 0 if empty else commas + 1


def function_spans(code):
    """Yields (first line, last line) of each function body that stands in a namespace or a type."""
    code = DIRECTIVE.sub(lambda found: "\n" * found.group().count("\n"), code)
    stack, head = [], 0
    for found in re.finditer(r"[{};]", code):
        at, char = found.start(), found.group()
        if char == "{":
            text = re.sub(r"\balignas\s*\([^)]*\)", "", code[head:at])
            if any(kind != "scope" for kind, _ in stack):
                kind = "inner"
            elif not text.strip() or "(" in text and not re.match(r"\s*(?:inline\s+)?namespace\b", text):
                kind = "function"
            elif re.search(r"\b(?:namespace|class|struct|union|enum|extern)\b", text):
                kind = "scope"
            else:
                kind = "inner"
            stack.append((kind, at))
        elif char == "}" and stack:
            kind, start = stack.pop()
            if kind == "function":
                yield line_of(code, start), line_of(code, at)
        head = at + 1


def check_sizes(tree, name):
    lines = tree.read(name).count("\n")
    if lines > FILE_LINES_MAX:
        yield Finding(name, 1, "size", f"{lines} lines, over {FILE_LINES_MAX}: does it hold state, rules and I/O together? "
                      "Then split it", warning=True)
    for first, last in function_spans(tree.code(name)):
        if last - first + 1 > FUNCTION_LINES_MAX:
            yield Finding(name, first, "size", f"a function of {last - first + 1} lines, over {FUNCTION_LINES_MAX}: "
                          "name its steps", warning=True)


def check(tree):
    for name in tree.cpp:
        code = tree.code(name)
        for rule, pattern, exempt, text in BANNED:
            if exempt and name.startswith(exempt):
                continue
            for found in re.finditer(pattern, code):
                yield Finding(name, line_of(code, found.start()), rule, text)
        for found in THEN.finditer(code):
            if arguments_of(code, found.end()) < 2:
                yield Finding(name, line_of(code, found.start()), "then-two-arms",
                              "without an error arm an error ends the actor: give then a second function")
        yield from check_sizes(tree, name)
    for name in tree.files:
        if name == "LICENSE":
            continue
        text = tree.read(name)
        for found in LEFT_OVER.finditer(text):
            yield Finding(name, line_of(text, found.start()), "left-over", "do it now, or write it down as an open requirement")
