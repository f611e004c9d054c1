#!/usr/bin/env python3
"""tools/check on small trees of its own: every rule catches its bad example and lets the good one pass."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check"


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="rf-check-"))
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / ".clang-format").write_text("BasedOnStyle: LLVM\n")
        (self.root / "apt").mkdir()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_check(self, *arguments):
        env = {**os.environ, "RINGFENCE_APT_FOLDER": str(self.root / "apt"), "HOME": str(self.root)}
        done = subprocess.run([sys.executable, str(CHECK), "--root", str(self.root), *arguments], env=env, text=True,
                              timeout=120, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def found(self, *arguments):
        """The set of (file:line, rule), warnings as (file:line, 'warning RULE'); folder READMEs are left out."""
        code, text = self.run_check(*arguments)
        self.assertIn(code, (0, 1), text)
        pairs = set()
        for line in text.splitlines():
            if line.startswith("check: "):
                continue
            place, rule, rest = line.split(": ", 2)
            if rule == "warning":
                rule = "warning " + rest.split(": ")[0]
            if "folder-readme" not in rule:
                pairs.add((place, rule))
        return pairs

    def assert_found(self, name, text, *expected, others=()):
        """`expected`: "LINE rule" of this file."""
        self.write(name, text)
        for other, content in others:
            self.write(other, content)
        got = {f"{place.rsplit(':', 1)[1]} {rule}" for place, rule in self.found() if place.startswith(name + ":")}
        self.assertEqual(got - {line for line in got if line.endswith(" format")}, set(expected))


class IncludeTest(CheckTest):
    def test_direction(self):
        self.assert_found("core/queue/x.hpp", '#include "core/base/y.hpp"\n#include "storage/z.hpp"\n', "2 include-direction")
        self.assert_found("core/base/x.hpp", '#include "core/queue/y.hpp"\n', "1 include-direction")
        self.assert_found("storage/x.hpp", '#include "core/base/y.hpp"\n#include "actors/y.hpp"\n', "2 include-direction")
        self.assert_found("storage/y.cpp", '#include "ringfence/internal/v1/log.pb.h"\n#include "ringfence/v1/agent.pb.h"\n',
                          "2 include-direction")
        self.assert_found("actors/x.cpp", '#include "storage/journal.hpp"\n#include "storage/rocks.hpp"\n', "2 include-direction")
        self.assert_found("process/x.cpp", '#include "core/base/y.hpp"\n#include "core/queue/y.hpp"\n', "2 include-direction")
        self.assert_found("node/x.cpp", '#include "actors/port.hpp"\n#include "actors/gate.hpp"\n#include "sip-edge/x.hpp"\n',
                          "2 include-direction", "3 include-direction")
        self.assert_found("sip-edge/x.cpp", '#include "process/y.hpp"\n#include "node/x.hpp"\n#include "core/queue/x.hpp"\n',
                          "2 include-direction", "3 include-direction")
        self.assert_found("sip-edge/call/x.cpp", '#include "sip-edge/call/y.hpp"\n#include "sip-edge/y.hpp"\n', "2 include-direction")
        self.assert_found("tools/x/x.cpp", '#include "node/x.hpp"\n', "1 include-direction")
        self.assert_found("tools/rf-sim/x.cpp", '#include "node/x.hpp"\n#include "sip-edge/call/x.hpp"\n')
        self.assert_found("tests/node/x_test.cpp", '#include "node/x.hpp"\n')

    def test_third_party_fences(self):
        fences = {"caf/all.hpp": ("actors/x.cpp", "node/x.cpp"), "sofia-sip/nta.h": ("sip-edge/sip/x.cpp", "sip-edge/x.cpp"),
                  "boost/beast.hpp": ("process/http_server.cpp", "process/x.cpp"),
                  "prometheus/registry.h": ("process/x.cpp", "node/x.cpp"), "rocksdb/db.h": ("storage/x.cpp", "node/x.cpp"),
                  "raft.h": ("storage/raft/x.c", "storage/x.cpp"), "grpcpp/grpcpp.h": ("node/x.cpp", "sip-edge/sip/x.cpp"),
                  "google/protobuf/message.h": ("node/x.cpp", "actors/x.cpp"), "openssl/evp.h": ("storage/x.cpp", "sip-edge/x.cpp"),
                  "toml++/toml.h": ("process/x.cpp", "storage/x.cpp"), "gtest/gtest.h": ("tests/x.cpp", "process/x.cpp")}
        for header, (inside, outside) in fences.items():
            with self.subTest(header):
                self.assert_found(inside, f"#include <{header}>\n")
                self.assert_found(outside, f"#include <{header}>\n", "1 include-fence")
                (self.root / outside).unlink()
        self.assert_found("actors/y.cpp", '#include "ringfence/v1/agent.grpc.pb.h"\n', "1 include-direction", "1 include-fence")

    def test_core_is_pure(self):
        self.assert_found("core/x.cpp", "#include <map>\n#include <thread>\n#include <chrono>\n#include <unistd.h>\n",
                          "2 core-is-pure", "3 core-is-pure", "4 core-is-pure")

    def test_folder_circle(self):
        self.write("core/a/one.hpp", '#include "core/b/two.hpp"\n')
        self.write("core/a/three.hpp", "\n")
        self.write("core/b/two.hpp", '\n#include "core/a/three.hpp"\n')
        self.assertEqual(self.found(), {("core/b/two.hpp:2", "include-circle")})
        self.write("core/b/two.hpp", "\n")
        self.assertEqual(self.found(), set())

    def test_a_folder_and_its_subfolder_are_no_circle(self):
        self.write("core/a/one.hpp", '#include "core/a/b/two.hpp"\n')
        self.write("core/a/three.hpp", "\n")
        self.write("core/a/b/two.hpp", '#include "core/a/three.hpp"\n')
        self.assertEqual(self.found(), set())

    def test_file_circle(self):
        self.write("core/a/one.hpp", '#include "core/a/two.hpp"\n')
        self.write("core/a/two.hpp", '#include "core/a/one.hpp"\n')
        self.assertEqual(self.found(), {("core/a/two.hpp:1", "include-circle")})

    def test_from_the_root(self):
        self.assert_found("core/a/x.cpp", '#include "y.hpp"\n', "1 include-path", others=[("core/a/y.hpp", "\n")])

    def test_comment_is_no_include(self):
        self.assert_found("core/x.cpp", '// #include "node/x.hpp"\n/*\n#include "node/x.hpp"\n*/\n')


class NameTest(CheckTest):
    def test_declared_names(self):
        for line in ("class CallManager {};", "struct AgentInfo;", "void on_data(int x);", "int call_info = 0;",
                     "void f(const char* data);", "std::vector<int> helpers;", "enum class InfoKind { a };",
                     "namespace util {}", "using Handler = int;", "auto event_handler = 1;"):
            with self.subTest(line):
                self.assert_found("core/x.hpp", line + "\n", "1 name")

    def test_foreign_names_and_other_words(self):
        self.assert_found("core/x.cpp", "auto size = text.data();\nreturn data(x);\nint metadata = 0;\nint database(int handled);\n"
                          "void SetInfoLog(int x) override;\nauto s = \"data\"; // a helper\nSSL_set_info_callback(c, f);\n"
                          "std::size_t n = std::data(x)[0];\n")
        self.assert_found("process/log.hpp", "void info(int x);\n")

    def test_proto(self):
        self.assert_found("proto/ringfence/v1/x.proto", "message CallInfo {\n  string data = 1;\n  string id = 2;\n}\n",
                          "1 name", "2 name")

    def test_files(self):
        self.assert_found("core/call_helper.hpp", "\n", "1 name")
        self.assert_found("core/utils/x.hpp", "\n", "1 name")
        self.assert_found("deploy/helm/_helpers.tpl", "\n")


class ConstructTest(CheckTest):
    def test_banned_constructs(self):
        self.assert_found("actors/x.cpp", "self->request(a, caf::infinite, b);\n", "1 no-infinite")
        self.assert_found("actors/y.cpp", "self->request(a, t, b).await(f, g);\n", "1 no-await")
        self.assert_found("actors/z.cpp", "auto f = [=] {};\nauto g = [=, &x] {};\nauto h = [x] {};\n",
                          "1 no-capture-all", "2 no-capture-all")
        self.assert_found("storage/x.cpp", "auto t = std::chrono::steady_clock::now();\n", "1 no-clock")
        self.assert_found("process/x.cpp", "auto t = std::chrono::steady_clock::now();\n")
        self.assert_found("actors/w.cpp", '// never caf::infinite\nauto text = "caf::infinite";\n')

    def test_then_has_two_arms(self):
        self.assert_found("actors/x.cpp", "r.then([](int a, int b) { f(a, b); });\nr.then([](int a) {}, [](error e) {});\n"
                          "r.then(\n  [x, y] { return g(x, y); },\n  [] {});\n", "1 then-two-arms")

    def test_left_over(self):
        self.assert_found("docs/x.md", "TO" "DO: write this\n", "1 left-over")
        self.assert_found("core/x.cpp", "\n// FIX" "ME\n", "2 left-over")

    def test_sizes_warn(self):
        self.assert_found("core/x.cpp", "int x;\n" * 601, "1 warning size")
        body = "  f();\n" * 70
        self.assert_found("core/y.cpp", f"namespace rf {{\nstruct A {{\n  int a{{1}};\n}};\nA::A(int b) : a{{b}} {{\n{body}}}\n"
                          f"void g() {{\n  f();\n}}\n}}\n", "5 warning size")

    def test_warnings_do_not_fail(self):
        self.write("docs/README.md", "# docs\n")
        self.write("docs/x.cpp", "int x;\n" * 601)
        code, text = self.run_check()
        self.assertEqual(code, 0, text)
        self.assertIn("0 findings, 1 warnings", text)


class DocumentTest(CheckTest):
    def test_dead_links(self):
        self.write("docs/there.md", "# A heading, with `code`\n")
        self.assert_found("docs/x.md", "[a](there.md) [b](gone.md)\n[c](there.md#a-heading-with-code)\n[d](there.md#other)\n"
                          "[e](https://example.com/x) [f](#own)\n## Own\n```\n[g](gone.md)\n```\n![h](gone.png)\n[i](../../out.md)\n",
                          "1 dead-link", "3 dead-link", "9 dead-link", "10 dead-link")

    def test_big_file(self):
        self.assert_found("docs/x.txt", "x\n" * 60000, "1 big-file")

    def test_machine_paths(self):
        self.assert_found("docs/x.md", "see /ho" "me/anna/ringfence\nand ~/ringfence and docs/room/x and /usr/home/x\n", "1 machine-path")

    def test_registry_hosts(self):
        self.write("package-lock.json", '{"resolved"' ': "https://packages.example/x.tgz"}\n')
        self.write("Dockerfile", "RUN echo 1\n deb http://mirror.example/debian bookworm main\n")
        self.assertEqual(self.found(), {("package-lock.json:1", "registry-host"), ("Dockerfile:2", "registry-host")})

    def test_hosts_of_this_machine(self):
        self.write("docs/x.md", "we download from mirror.example, not mirror.example.org\n")
        self.assertEqual(self.found(), set())
        self.write("apt/sources.list", "# nothing\ndeb http://mirror.example/debian bookworm main\n")
        self.assertIn(("docs/x.md:1", "registry-host"), self.found())

    def test_folder_without_readme(self):
        self.write("core/x.hpp", "\n")
        self.assertIn("core/README.md:1: folder-readme", self.run_check()[1])
        self.write("core/README.md", "# core\n")
        self.assertEqual(self.run_check()[0], 0)


class FormatTest(CheckTest):
    def test_found_and_fixed(self):
        self.write("core/README.md", "# core\n")
        self.write("core/x.hpp", "int  x;\n")
        self.write("core/y.hpp", "int y;\n")
        self.assertEqual(self.found(), {("core/x.hpp:1", "format")})
        self.assertEqual(self.found(), {("core/x.hpp:1", "format")}, "what is remembered are the clean files only")
        self.assertEqual(self.found("--fix"), set())
        self.assertEqual((self.root / "core/x.hpp").read_text(), "int x;\n")


class HeaderTest(CheckTest):
    def test_each_header_alone(self):
        self.write("core/good.hpp", "#pragma once\n#include <string>\ninline std::string s;\n")
        self.write("core/bad.hpp", "#pragma once\ninline std::string s;\n")
        self.write("core/good.cpp", '#include "core/good.hpp"\n')
        source = str(self.root / "core/good.cpp")
        self.write("build/dev/compile_commands.json", json.dumps([
            {"directory": str(self.root), "file": source, "command": f"ccache c++ -std=c++17 -Wall -g -o x.o -c {source}"}]))
        self.assertEqual(self.found("--headers"), {("core/bad.hpp:2", "header-alone")})

    def test_without_a_build_folder(self):
        self.assertEqual(self.found("--headers"), {("CMakePresets.json:1", "header-alone")})


class CommandTest(CheckTest):
    def test_clean_tree(self):
        self.write("core/README.md", "# core\n")
        self.write("core/x.hpp", "int x;\n")
        code, text = self.run_check()
        self.assertEqual(code, 0, text)

    def test_only_what_changed(self):
        git = ["git", "-C", str(self.root), "-c", "user.name=x", "-c", "user.email=x@example.com"]
        self.write("core/old.cpp", "#include <thread>\n")
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "start"]):
            subprocess.run([*git, *arguments], check=True)
        self.write("core/new.cpp", "#include <thread>\n")
        self.assertEqual({place for place, _ in self.found("--changed")}, {"core/new.cpp:1"})
        self.assertEqual({place for place, _ in self.found()}, {"core/new.cpp:1", "core/old.cpp:1"})

    def test_ignored_files_are_left_alone(self):
        subprocess.run(["git", "-C", str(self.root), "init", "-q"], check=True)
        self.write(".gitignore", "/build/\n")
        self.write("build/x.cpp", "auto f = [=] {};\n")
        self.assertEqual(self.found(), set())


if __name__ == "__main__":
    unittest.main()
