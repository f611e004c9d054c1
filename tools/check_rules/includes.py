"""Who may include whom, which folder a third-party header stays in, and that no includes form a circle."""
import pathlib
import re

from check_rules.tree import Finding

FOLDERS = ("core/", "proto/", "storage/", "actors/", "process/", "node/", "sip-edge/", "tools/", "tests/")
PROTO = re.compile(r"^(?:proto/)?(ringfence/.*\.pb\.h)$")
LOG_PROTO = "proto/ringfence/internal/v1/log"
PEER_PROTO = "proto/ringfence/internal/v1/peer"
PUBLIC_PROTO = "proto/ringfence/v1/"

# Folder -> what its files may include of ours. The longest matching folder decides.
MAY_INCLUDE = {
    "core/base/": ("core/base/",),
    "core/": ("core/",),
    "storage/": ("core/", "storage/", LOG_PROTO),
    "actors/": ("core/", "actors/", "storage/journal.hpp"),
    "process/": ("core/base/", "process/"),
    "node/": ("core/", "storage/", "actors/port.hpp", "process/", "node/", PUBLIC_PROTO, PEER_PROTO),
    "sip-edge/call/": ("core/base/", "sip-edge/call/"),
    "sip-edge/": ("core/base/", "process/", "sip-edge/", PUBLIC_PROTO),
    "tools/": ("core/", "storage/", "process/", "tools/", "proto/"),
    "tools/rf-sim/": FOLDERS,
    "tests/": FOLDERS,
}

# Third-party header -> the folders that may include it. Tests may include all of them.
FENCES = (
    ("CAF", r"caf/", ("actors/", "tools/rf-sim/")),
    ("sofia-sip", r"sofia-sip/", ("sip-edge/sip/",)),
    ("Boost", r"boost/", ("process/http_server",)),
    ("prometheus-cpp", r"prometheus/", ("process/",)),
    ("RocksDB", r"rocksdb/", ("storage/", "tests/bench/")),
    ("libraft", r"raft(\.h$|/)", ("storage/raft/",)),
    ("gRPC", r"(grpc|grpcpp|grpc\+\+)/|.*\.grpc\.pb\.h$", ("process/", "node/", "sip-edge/", "tools/")),
    ("protobuf", r"google/protobuf/", ("storage/", "process/", "node/", "sip-edge/", "tools/")),
    ("OpenSSL", r"openssl/", ("storage/", "process/", "node/", "sip-edge/digest.cpp", "tools/rf-load/digest.cpp")),
    ("toml++", r"toml\+\+/", ("process/",)),
    ("GoogleTest", r"(gtest|gmock)/", ()),
    ("Google Benchmark", r"benchmark/", ("tests/bench/",)),
)
FENCED_OUT = {"sip-edge/sip/": ("gRPC", "protobuf"), "sip-edge/call/": ("gRPC", "protobuf")}

# The rules get time, randomness and I/O as arguments.
NOT_IN_CORE = {"chrono", "condition_variable", "ctime", "filesystem", "fstream", "future", "iostream", "mutex", "random",
               "semaphore", "shared_mutex", "stop_token", "thread"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<open>[<"])(?P<path>[^>"\n]+)[>"]', re.MULTILINE)


def includes_of(tree, name):
    """Yields (line, path, quoted) for each include line that is not commented out."""
    for line, (text, code) in enumerate(zip(tree.read(name).splitlines(), tree.code(name).splitlines()), start=1):
        found = INCLUDE.match(text)
        if found and "#" in code:
            yield line, found["path"], found["open"] == '"'


def ours(path):
    """The path of an include of ours, or nothing; generated headers are counted to proto/."""
    generated = PROTO.match(path)
    if generated:
        return "proto/" + generated[1]
    return path if path.startswith(FOLDERS) else None


def check_direction(tree, name, line, target):
    folder = max((folder for folder in MAY_INCLUDE if name.startswith(folder)), key=len, default=None)
    if folder and not target.startswith(MAY_INCLUDE[folder]):
        allowed = ", ".join(MAY_INCLUDE[folder])
        yield Finding(name, line, "include-direction",
                      f"{folder} may not include {target}, only {allowed}: move the shared part down, or pass it in")


def check_fence(name, line, path):
    if name.startswith("tests/"):
        return
    for library, pattern, folders in FENCES:
        if not re.match(pattern, path):
            continue
        out = any(name.startswith(folder) and library in names for folder, names in FENCED_OUT.items())
        if out or not name.startswith(folders):
            where = " or ".join(folders) or "tests/"
            yield Finding(name, line, "include-fence",
                          f"{library} is included in {where} only: hide it behind an interface there")


def check_core(name, line, path, quoted):
    if not name.startswith("core/") or quoted:
        return
    if path in NOT_IN_CORE:
        yield Finding(name, line, "core-is-pure", f"core has no <{path}>: take time, randomness and I/O as arguments")
    elif "/" in path or path.endswith(".h"):
        yield Finding(name, line, "core-is-pure", f"core includes the standard library only: <{path}> belongs outside")


def check_circles(edges, what):
    """`edges`: from -> {to: (file, line)}. Names each circle once, at the include that closes it."""
    state, path, reported = {}, [], set()

    def visit(node):
        state[node] = "open"
        path.append(node)
        for target, (file, line) in sorted(edges.get(node, {}).items()):
            if state.get(target) == "open":
                circle = path[path.index(target):]
                if frozenset(circle) not in reported:
                    reported.add(frozenset(circle))
                    yield Finding(file, line, "include-circle",
                                  f"{what} include each other: {' -> '.join([*circle, target])}. "
                                  "Move what both need below them")
            elif target not in state:
                yield from visit(target)
        path.pop()
        state[node] = "done"

    for node in sorted(edges):
        if node not in state:
            yield from visit(node)


def nested(one, other):
    """A folder and what lies in it count as one; files that include each other are found anyway."""
    return (one + "/").startswith(other + "/") or (other + "/").startswith(one + "/")


def check(tree):
    files, folders = {}, {}
    known = set(tree.files)
    for name in tree.cpp:
        here = pathlib.PurePosixPath(name).parent.as_posix()
        for line, path, quoted in includes_of(tree, name):
            yield from check_core(name, line, path, quoted)
            yield from check_fence(name, line, path)
            target = ours(path)
            if target is None:
                if quoted and f"{here}/{path}" in known:
                    yield Finding(name, line, "include-path", f'include from the root of the repository: "{here}/{path}"')
                continue
            yield from check_direction(tree, name, line, target)
            if target in known:
                files.setdefault(name, {}).setdefault(target, (name, line))
                there = pathlib.PurePosixPath(target).parent.as_posix()
                if not nested(here, there) and not name.startswith("tests/"):
                    folders.setdefault(here, {}).setdefault(there, (name, line))
    yield from check_circles(files, "files")
    yield from check_circles(folders, "folders")
