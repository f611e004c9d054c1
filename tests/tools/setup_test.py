#!/usr/bin/env python3
"""tools/setup against a machine made of fakes: what is asked of apt-get, and what the user is told."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SETUP = pathlib.Path(__file__).resolve().parents[2] / "tools" / "setup"

FAKE_DPKG_QUERY = """#!/bin/bash
# Answers for the packages that the file `installed` names, as "NAME VERSION" lines.
shift 2
for asked in "$@"; do
  while read -r name version; do
    [[ $name == "$asked" ]] && echo "installed $name $version"
  done < "$FAKE/installed"
done
exit 0
"""

FAKE_APT_GET = """#!/bin/bash
echo "$*" >> "$FAKE/calls"
for word in "$@"; do
  if [[ $word == update ]]; then
    [[ ! -e $FAKE/update_fails ]] || { echo "E: no route to the mirror"; exit 100; }
    exit 0
  fi
done
seen=0
for word in "$@"; do
  if ((seen)) && [[ $word != -* ]]; then
    [[ -e $FAKE/installs_nothing ]] || echo "${word%%/*} 0.22.1-1" >> "$FAKE/installed"
    echo "Setting up ${word%%/*} (0.22.1-1) ..."
  fi
  [[ $word == install ]] && seen=1
done
exit 0
"""


class FakeMachine(unittest.TestCase):
    """A PATH of fakes: what is installed is the file `installed`, what apt-get was asked is the file `calls`."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rf-setup-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        (self.folder / "apt" / "sources.list.d").mkdir(parents=True)
        (self.folder / "installed").touch()
        (self.folder / "os-release").write_text('ID=debian\nVERSION_CODENAME=bookworm\n')
        for tool in ("bash", "env", "awk", "sed", "tr", "mktemp", "tail", "tee", "rm", "cat", "dpkg"):
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.fake("dpkg-query", FAKE_DPKG_QUERY)
        self.fake("apt-get", FAKE_APT_GET)
        self.fake("id", "#!/bin/bash\necho 0\n")

    def fake(self, name, text):
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    def install(self, *names, version="1.0"):
        with open(self.folder / "installed", "a") as out:
            out.writelines(f"{name} {version}\n" for name in names)

    def run_setup(self, *arguments):
        env = {
            "PATH": str(self.bin),
            "FAKE": str(self.folder),
            "RINGFENCE_APT_FOLDER": str(self.folder / "apt"),
            "RINGFENCE_OS_RELEASE": str(self.folder / "os-release"),
            "TMPDIR": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }
        done = subprocess.run([shutil.which("bash"), str(SETUP), *arguments], env=env, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def packages(self, *arguments):
        code, text = self.run_setup(*arguments, "--print")
        self.assertEqual(code, 0, text)
        return text.split()

    def calls(self):
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []


class SetupTest(FakeMachine):
    def setUp(self):
        super().setUp()
        (self.folder / "apt" / "sources.list").write_text(
            "deb http://one.example/debian bookworm main\ndeb http://one.example/debian bookworm-backports main\n")

    def test_installs_everything_once_and_then_nothing(self):
        code, text = self.run_setup("--with", "tests", "--with=e2e")
        self.assertEqual(code, 0, text)
        self.assertEqual(len(self.calls()), 2)
        self.assertTrue(self.calls()[0].endswith(" update"))
        asked = self.calls()[1].split(" install ")[1].split()
        self.assertEqual([word.removesuffix("/bookworm-backports") for word in asked if not word.startswith("-")],
                         self.packages("--with", "tests,e2e"))
        self.assertIn("--no-install-recommends", asked)
        code, text = self.run_setup("--with", "tests,e2e")
        self.assertEqual(code, 0, text)
        self.assertIn("are installed", text)
        self.assertEqual(len(self.calls()), 2, "a warm run asks apt-get for nothing")

    def test_asks_only_for_what_is_missing(self):
        wanted = self.packages()
        self.install(*wanted[1:])
        code, text = self.run_setup()
        self.assertEqual(code, 0, text)
        self.assertIn(f"1 of {len(wanted)} packages are missing: {wanted[0]}", text)
        self.assertTrue(self.calls()[1].endswith(" " + wanted[0]))

    def test_groups_are_only_what_was_asked_for(self):
        self.assertNotIn("sip-tester", self.packages())
        self.assertNotIn("libgtest-dev", self.packages())
        self.assertIn("sip-tester", self.packages("--with", "e2e"))
        self.assertIn("libgtest-dev", self.packages("--with", "tests"))
        self.assertIn("libbenchmark-dev", self.packages("--with", "bench"))
        self.assertIn("gdb", self.packages("--with", "dev"))

    def test_unknown_group_is_named(self):
        code, text = self.run_setup("--with", "test")
        self.assertEqual(code, 1)
        self.assertIn("unknown group 'test'", text)

    def test_without_root_or_sudo_says_what_to_run(self):
        self.fake("id", "#!/bin/bash\necho 1000\n")
        code, text = self.run_setup()
        self.assertEqual(code, 1)
        self.assertIn("Run this as root: apt-get install", text)
        self.assertEqual(self.calls(), [])

    def test_goes_through_sudo(self):
        self.fake("id", "#!/bin/bash\necho 1000\n")
        self.fake("sudo", '#!/bin/bash\necho "sudo $1" >> "$FAKE/sudo"\nexec "$@"\n')
        code, text = self.run_setup()
        self.assertEqual(code, 0, text)
        self.assertEqual((self.folder / "sudo").read_text(), "sudo env\n" * 2)

    def test_warm_run_needs_no_root(self):
        self.install(*self.packages())
        self.fake("id", "#!/bin/bash\necho 1000\n")
        code, text = self.run_setup()
        self.assertEqual(code, 0, text)

    def test_failed_update_is_explained(self):
        (self.folder / "update_fails").touch()
        code, text = self.run_setup()
        self.assertEqual(code, 1)
        self.assertIn("E: no route to the mirror", text)
        self.assertIn("apt-get update failed", text)
        self.assertIn("Check the network", text)

    def test_install_that_changes_nothing_is_noticed(self):
        (self.folder / "installs_nothing").touch()
        code, text = self.run_setup()
        self.assertEqual(code, 1)
        self.assertIn("still missing or too old", text)

    def test_not_debian(self):
        (self.bin / "dpkg-query").unlink()
        code, text = self.run_setup()
        self.assertEqual(code, 1)
        self.assertIn("dpkg-query is not here", text)


class BackportsTest(FakeMachine):
    """libraft comes from the backports suite of the machine's own mirror."""
    DEB822 = ("Types: deb\nURIs: http://mirror.example/security\nSuites: bookworm-security\nComponents: main\n\n"
              "Types: deb\nEnabled: no\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\n\n"
              "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"
              "Signed-By: /keys/debian.gpg\n")
    TARGET = "apt/sources.list.d/ringfence-backports.sources"

    def source(self, name, text):
        (self.folder / "apt" / name).write_text(text)

    def run_backports(self):
        self.install(*(package for package in self.packages() if package != "libraft-dev"))
        code, text = self.run_setup()
        target = self.folder / self.TARGET
        return code, text, target.read_text() if target.exists() else None

    def test_suite_comes_from_deb822_sources(self):
        self.source("sources.list.d/debian.sources", self.DEB822)
        code, text, written = self.run_backports()
        self.assertEqual(code, 0, text)
        self.assertEqual(written, "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm-backports\n"
                                  "Components: main\nSigned-By: /keys/debian.gpg\n")
        self.assertTrue(self.calls()[1].endswith(" libraft-dev/bookworm-backports"))

    def test_suite_comes_from_one_line_sources(self):
        self.source("sources.list", "deb-src http://src.example/debian bookworm main\n"
                                    "deb [arch=amd64 signed-by=/keys/one.gpg] http://one.example/debian bookworm main\n")
        code, text, written = self.run_backports()
        self.assertEqual(code, 0, text)
        self.assertEqual(written, "Types: deb\nURIs: http://one.example/debian\nSuites: bookworm-backports\n"
                                  "Components: main\nSigned-By: /keys/one.gpg\n")

    def test_a_machine_that_has_the_suite_gets_no_new_file(self):
        self.source("sources.list", "deb http://one.example/debian bookworm main\n"
                                    "deb http://one.example/debian bookworm-backports main\n")
        code, text, written = self.run_backports()
        self.assertEqual(code, 0, text)
        self.assertIsNone(written)
        self.assertTrue(self.calls()[1].endswith(" libraft-dev/bookworm-backports"))

    def test_too_old_libraft_counts_as_missing(self):
        self.source("sources.list", "deb http://one.example/debian bookworm main\n")
        self.install("libraft-dev", version="0.15.0-1")
        (self.folder / "installs_nothing").touch()
        code, text, _ = self.run_backports()
        self.assertEqual(code, 1)
        self.assertIn("1 of 21 packages are missing: libraft-dev", text)

    def test_new_enough_libraft_is_left_alone(self):
        self.install("libraft-dev", version="0.22.1-1~bpo12+1")
        code, text, written = self.run_backports()
        self.assertEqual((code, written, self.calls()), (0, None, []), text)

    def test_without_a_known_mirror_says_what_to_do(self):
        code, text, written = self.run_backports()
        self.assertEqual(code, 1)
        self.assertIn("Add bookworm-backports to your apt sources by hand", text)
        self.assertIsNone(written)


FAKE_CMAKE = """#!/bin/bash
for word in "$@"; do
  [[ $word != -DCMAKE_INSTALL_PREFIX=* ]] || echo "${word#*=}" > "$FAKE/prefix"
done
[[ $1 == --install ]] || exit 0
mkdir -p "$(cat "$FAKE/prefix")/lib"
echo built > "$(cat "$FAKE/prefix")/lib/libcaf_core_static.a"
"""


class TsanTest(FakeMachine):
    """The tsan group: CAF built from the source of the machine's own mirror, apt left as it is."""
    SOURCE = "deb [signed-by=/keys/one.gpg] http://one.example/debian bookworm main\n"
    LIBRARY = "cache/ringfence/caf-tsan-0.17.6/lib/libcaf_core_static.a"

    def setUp(self):
        super().setUp()
        for tool in ("mkdir", "mv"):
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.fake("cmake", FAKE_CMAKE)
        self.fake("tar", "#!/bin/bash\nexit 0\n")
        self.fake("apt-get", FAKE_APT_GET.replace("seen=0", """
[[ " $* " != *" source "* ]] || for word in "$@"; do
  [[ $word != Dir::Etc::SourceParts=* ]] || cat "${word#*=}"/* > "$FAKE/source_used"
  [[ $word != source || ! -e $FAKE/source_fails ]] || { echo "E: 404 Not Found"; exit 100; }
done
seen=0"""))
        (self.folder / "apt" / "sources.list").write_text(self.SOURCE)
        self.install(*self.packages("--with", "tsan"), version="0.17.6-2.1")
        self.install("libraft-dev")

    def run_tsan(self):
        code, text = self.run_setup("--with", "tsan")
        self.assertEqual(sorted(path.name for path in (self.folder / "apt").rglob("*")),
                         ["sources.list", "sources.list.d"])
        self.assertEqual(list(self.folder.glob("tmp.*")), [], "nothing is left behind")
        return code, text

    def test_caf_is_built_once(self):
        code, text = self.run_tsan()
        self.assertEqual(code, 0, text)
        self.assertTrue((self.folder / self.LIBRARY).exists(), text)
        self.assertEqual((self.folder / "source_used").read_text(),
                         "Types: deb-src\nURIs: http://one.example/debian\nSuites: bookworm\nComponents: main\n"
                         "Signed-By: /keys/one.gpg\n")
        asked = self.calls()
        self.assertEqual(len(asked), 2)
        for call in asked:
            self.assertIn("-o Dir::Etc::SourceList=/dev/null ", call)
            self.assertIn("-o Dir::State::Lists=", call)
        code, text = self.run_tsan()
        self.assertEqual(code, 0, text)
        self.assertIn("CAF with ThreadSanitizer is in ", text)
        self.assertEqual(len(self.calls()), 2, "a warm run asks apt-get for nothing")

    def test_a_mirror_without_the_source_is_explained(self):
        (self.folder / "source_fails").touch()
        code, text = self.run_tsan()
        self.assertEqual(code, 1)
        self.assertIn("E: 404 Not Found", text)
        self.assertIn("could not be built", text)
        self.assertFalse((self.folder / self.LIBRARY).exists())

    def test_another_caf_is_refused(self):
        (self.folder / "installed").write_text("")
        self.install(*self.packages("--with", "tsan"), version="0.18.7-1")
        self.install("libraft-dev")
        code, text = self.run_tsan()
        self.assertEqual((code, self.calls()), (1, []), text)
        self.assertIn("libcaf-dev is 0.18.7-1", text)

    def test_an_unknown_mirror_is_named(self):
        (self.folder / "apt" / "sources.list").write_text("")
        code, text = self.run_tsan()
        self.assertEqual((code, self.calls()), (1, []), text)
        self.assertIn("the mirror for the source of CAF is unknown", text)


if __name__ == "__main__":
    if shutil.which("dpkg") is None:
        print("skipped: dpkg is not here, and tools/setup is for Debian")
        sys.exit(77)
    os.umask(0o022)
    unittest.main()
