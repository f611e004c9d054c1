"""The files that are checked, each read and stripped once."""
import dataclasses
import functools
import os
import pathlib
import re
import subprocess

CPP = (".cpp", ".hpp", ".c", ".h")
HEADER = (".hpp", ".h")


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    """One line of output. `text` says what to do; a warning does not fail the run."""
    file: str
    line: int
    rule: str
    text: str
    warning: bool = False

    def __str__(self):
        return f"{self.file}:{self.line}: {'warning: ' if self.warning else ''}{self.rule}: {self.text}"


# Comments, then literals; raw strings before plain ones. A digit separator is not the start of a character.
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<fence>[^\s()\\]{0,16})\(.*?\)(?P=fence)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'", re.DOTALL)


def blank(match):
    """Keeps the line breaks and the quotes, so that lines keep their numbers and a literal stays one argument."""
    text = match.group()
    breaks = "\n" * text.count("\n")
    return breaks if text.startswith("/") else '""' + breaks


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class Tree:
    """A checkout: `files` are its paths relative to `root`, with forward slashes; ignored files are not among them."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = sorted(self._listed() or self._walked())

    def _git(self, *arguments):
        done = subprocess.run(["git", "-C", str(self.root), *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
        return [name for name in done.stdout.decode().split("\0") if name] if done.returncode == 0 else []

    def _listed(self):
        if not (self.root / ".git").exists():
            return []
        names = self._git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return [name for name in dict.fromkeys(names) if (self.root / name).is_file()]

    def _walked(self):
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in (".git", "build", "data", "__pycache__")]
            for name in names:
                yield (pathlib.Path(folder) / name).relative_to(self.root).as_posix()

    def changed(self):
        """What differs from the last commit."""
        return {*self._git("diff", "-z", "--name-only", "HEAD"),
                *self._git("ls-files", "-z", "--others", "--exclude-standard")}

    @functools.cached_property
    def cpp(self):
        return [name for name in self.files if name.endswith(CPP)]

    def ending(self, *suffixes):
        return [name for name in self.files if name.endswith(suffixes)]

    @functools.lru_cache(maxsize=None)
    def read(self, name):
        """The text, or nothing if the file is binary."""
        content = (self.root / name).read_bytes()
        return "" if b"\0" in content else content.decode("utf-8", "replace")

    @functools.lru_cache(maxsize=None)
    def code(self, name):
        """The text without comments and literals, line for line."""
        return NOT_CODE.sub(blank, self.read(name))
