"""Where the programs are."""
import pathlib
import shutil

from rig.outcome import Skipped

# Set by run.py.
folder = pathlib.Path("build/dev/bin")


def ours(name):
    """One of our programs. A missing one skips the case: a part of the tree can be built and tested alone."""
    path = folder / name
    if not path.exists():
        raise Skipped(f"{path} is not built: cmake --build {folder.parent} --target {name}")
    return str(path)


def installed(name):
    path = shutil.which(name)
    if path is None:
        raise Skipped(f"{name} is not installed: tools/setup --with e2e")
    return path
