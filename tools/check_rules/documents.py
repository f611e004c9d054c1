"""Links that lead nowhere, files that do not belong here, and what only one machine knows."""
import os
import pathlib
import re
import urllib.parse

from check_rules.tree import Finding, line_of

FILE_BYTES_MAX = 100 * 1024
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]\n]*\]\((?P<image>[^)\s]+)\)")
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
ANCHOR = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")

MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:work|home|root|Users)/[\w.-]+")
# Where a file pins packages to one server: lock files, apt sources, pip and npm settings.
PINNED_HOST = re.compile(r"\"resolved\"\s*:\s*\"https?://|^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?https?://|^\s*URIs:\s*https?://"
                         r"|\b(?:index-url|registry)\s*=\s*https?://", re.MULTILINE)
FOLDERS_WITH_README = ("core/", "proto/", "storage/", "actors/", "process/", "node/", "sip-edge/", "tools/", "tests/")


def anchors_of(text):
    text = FENCED.sub("", text)
    for heading in HEADING.findall(text):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        yield re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
    yield from ANCHOR.findall(text)


def check_links(tree, name):
    text = FENCED.sub(lambda found: "\n" * found.group().count("\n"), tree.read(name))
    for found in LINK.finditer(text):
        link = found["target"] or found["image"]
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        path, _, anchor = urllib.parse.unquote(link).partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
        line = line_of(text, found.start())
        if target.startswith("..") or os.path.isabs(path) or not (tree.root / target).exists():
            yield Finding(name, line, "dead-link", f"{link} is not in the repository: correct the path or remove the link")
        elif anchor and target.endswith(".md") and anchor not in set(anchors_of(tree.read(target))):
            yield Finding(name, line, "dead-link", f"{target} has no heading for #{anchor}: correct the anchor")


def registry_hosts():
    """The host names that this machine gets its packages from. They are nobody else's business."""
    folder = pathlib.Path(os.environ.get("RINGFENCE_APT_FOLDER", "/etc/apt"))
    files = [folder / "sources.list", *folder.glob("sources.list.d/*"), pathlib.Path.home() / ".npmrc", pathlib.Path("/etc/pip.conf"),
             pathlib.Path.home() / ".config/pip/pip.conf"]
    settings = [os.environ.get("NPM_CONFIG_REGISTRY", ""), os.environ.get("PIP_INDEX_URL", "")]
    for file in files:
        try:
            settings.append(file.read_text(errors="replace"))
        except OSError:
            pass
    return {host for text in settings for host in re.findall(r"https?://(?:[^/\s@]*@)?([A-Za-z0-9.-]+)", text)}


def check_readmes(tree):
    known = set(tree.files)
    for folder in sorted({os.path.dirname(name) for name in tree.cpp if name.startswith(FOLDERS_WITH_README)}):
        if f"{folder}/README.md" not in known:
            deep = "/" in folder
            if deep and folder.startswith("tests/"):  # the mirrored folder's README serves
                continue
            yield Finding(f"{folder}/README.md", 1, "folder-readme", "missing: ten lines on what lives in the folder, what "
                          "never does, and which file serves which task", warning=deep)


def check(tree):
    hosts = registry_hosts()
    host = re.compile("|".join(rf"(?<![\w.-]){re.escape(name)}(?![\w-])" for name in sorted(hosts))) if hosts else None
    for name in tree.files:
        size = (tree.root / name).stat().st_size
        if size > FILE_BYTES_MAX:
            yield Finding(name, 1, "big-file", f"{size // 1024} KB, over {FILE_BYTES_MAX // 1024}: make it when it is needed, or split it")
        text = tree.read(name)
        for found in MACHINE_PATH.finditer(text):
            yield Finding(name, line_of(text, found.start()), "machine-path",
                          f"{found.group()} exists on one machine only: make it relative or an option")
        for found in PINNED_HOST.finditer(text):
            yield Finding(name, line_of(text, found.start()), "registry-host", "names a package server: let the machine's own settings choose it")
        for found in host.finditer(text) if host else ():
            yield Finding(name, line_of(text, found.start()), "registry-host",
                          f"{found.group()} is where this machine gets packages: let each machine's own settings choose")
    for name in tree.ending(".md"):
        yield from check_links(tree, name)
    yield from check_readmes(tree)
