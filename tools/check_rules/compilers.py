"""What a tool of the compiler judges: formatting, and that each header compiles alone."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

from check_rules.tree import HEADER, Finding

FORMATTERS = ("clang-format-14",)


def run(arguments, **more):
    return subprocess.run([str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **more)


class Clean:
    """Remembers the digests of files that were found well formatted, so that only changed ones are looked at again."""

    def __init__(self, path):
        self.path = path
        try:
            self.known = set(path.read_text().split())
        except OSError:
            self.known = set()
        self.seen = set()

    def knows(self, digest):
        self.seen.add(digest)
        return digest in self.known

    def save(self, bad):
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text("\n".join(sorted(self.seen - bad)))
        except OSError:
            pass  # a read-only checkout is only slower


def unformatted(tree, cache):
    """Yields (file, first line) of each C++ file that clang-format would change; raises LookupError without clang-format."""
    program = next(filter(shutil.which, FORMATTERS), None)
    if program is None:
        raise LookupError(FORMATTERS[0])
    style = tree.read(".clang-format") if ".clang-format" in tree.files else ""
    digests = {name: hashlib.sha1((style + tree.read(name)).encode()).hexdigest() for name in tree.cpp}
    clean = Clean(cache / "formatted")
    todo = [name for name in tree.cpp if not clean.knows(digests[name])]
    lines = {}
    workers = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        parts = [part for part in (todo[at::workers] for at in range(workers)) if part]
        for done in pool.map(lambda part: run([program, "--dry-run", "-Werror", *part], cwd=tree.root), parts):
            for found in re.finditer(r"^(.+?):(\d+):\d+: error: code should be clang-formatted", done.stdout, re.MULTILINE):
                lines.setdefault(found[1], int(found[2]))
    clean.save({digests[name] for name in lines})
    yield from lines.items()


def check_format(tree, cache):
    try:
        for name, line in unformatted(tree, cache):
            yield Finding(name, line, "format", "run tools/check --fix")
    except LookupError as missing:
        yield Finding(".clang-format", 1, "format", f"{missing.args[0]} is not installed, so formatting was not checked: "
                      "run tools/setup --with tests", warning=True)


def fix_format(tree, cache):
    names = [name for name, _ in unformatted(tree, cache)]
    if names:
        run([next(filter(shutil.which, FORMATTERS)), "-i", *names], cwd=tree.root)
    return names


def flags_by_file(build):
    """File -> compiler and flags, without launcher, source, output and dependency arguments."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        if os.path.basename(words[0]) == "ccache":
            words = words[1:]
        kept, skip = [], False
        for word in words:
            if skip:
                skip = False
            elif word in ("-o", "-MF", "-MT", "-MQ"):
                skip = True
            elif word not in ("-c", "-MD", "-MMD", "-g", entry["file"]) and not word.startswith("-W"):
                kept.append(word)
        if "++" in os.path.basename(kept[0]):
            commands[entry["file"]] = kept
    return commands


def nearest(commands, header):
    """The command of the source that lies nearest to the header: its twin, else its folder's, else its parent's."""
    def nearness(source):
        common = len(os.path.commonpath([source, header]))
        twin = os.path.splitext(source)[0] == os.path.splitext(header)[0]
        return twin, common, -len(source)
    return commands[max(sorted(commands), key=nearness)]


def check_headers(tree, build):
    """Compiles each header as the only include of a source, with the flags of its neighbours."""
    try:
        commands = flags_by_file(build)
    except (OSError, ValueError, KeyError):
        commands = {}
    if not commands:
        yield Finding("CMakePresets.json", 1, "header-alone", f"{build} has no compile commands: run cmake --preset dev first")
        return
    launcher = ["ccache"] if shutil.which("ccache") else []
    stubs = build / "check" / "headers"

    def compile_alone(name):
        stub = stubs / (name + ".cpp")
        stub.parent.mkdir(parents=True, exist_ok=True)
        text = f'#include "{name}"\n'
        if not stub.exists() or stub.read_text() != text:
            stub.write_text(text)
        flags = nearest(commands, str(tree.root / name))
        done = run([*launcher, *flags, f"-I{tree.root}", "-w", "-c", stub, "-o", stub.with_suffix(".o")], cwd=build)
        if done.returncode == 0:
            return None
        first = re.search(r"^(?P<file>[^:\n]+):(?P<line>\d+):\d+: (?:fatal )?error: (?P<what>.*)$", done.stdout, re.MULTILINE)
        what = first["what"] if first else done.stdout.strip().splitlines()[-1]
        here = first and pathlib.Path(first["file"]).resolve() == (tree.root / name).resolve()
        return Finding(name, int(first["line"]) if here else 1, "header-alone",
                       f"does not compile as the first include ({what}): include what it uses")

    headers = [name for name in tree.cpp if name.endswith(HEADER)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from filter(None, pool.map(compile_alone, headers))
