#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The build functions in cmake/ on a tree of made-up packages: what is built from a package's shape, what is
installed, and what is said about mistakes."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Tree:
    """A small house with the real build files."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder)
        for name in ("CMakeLists.txt", "CMakePresets.json", "LICENSE"):
            shutil.copy(ROOT / name, self.root / name)
        shutil.copytree(ROOT / "cmake", self.root / "cmake")

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def package(self, place, *dependencies, toml=""):
        name = place.split("/")[-1]
        self.write(f"{place}/package.toml", f'name = "{name}"  # a "name"\nversion = "1.0.0"\nsummary = "x [y]; z"\n{toml}\n'
                   "[dependencies]\n" + "".join(f'{other} = ">= 1.0"\n' for other in dependencies)
                   + '[depexts]\ndebian = [\n  "a",\n  "b"\n]\n')
        self.write(f"{place}/CMakeLists.txt", "mirage_package()\n")
        self.write(f"{place}/include/mirage/{name}.hpp", f"#pragma once\nnamespace mirage {{ int {name}(int); }}\n")
        calls = "".join(f" + {other}(x)" for other in dependencies)
        includes = "".join(f"#include <mirage/{other}.hpp>\n" for other in [name, *dependencies])
        self.write(f"{place}/src/{name}.cpp", f"{includes}int mirage::{name}(int x) {{ return x{calls}; }}\n")

    def run(self, *command, **options):
        return subprocess.run(list(map(str, command)), cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=150, check=False, **options)

    def configure(self, *options, build="out"):
        done = self.run("cmake", "-G", "Ninja", "-B", self.root / build, *options)
        done.stdout = " ".join(done.stdout.split())  # CMake folds its messages
        return done

    def build(self, *targets, build="out"):
        return self.run("cmake", "--build", self.root / build, "--target", *targets)


class PackageBuildTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="mirage-packages-")
        self.addCleanup(scratch.cleanup)
        self.tree = Tree(scratch.name)
        self.tree.package("core")
        self.tree.package("net/http", "core")

    def succeed(self, done):
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_a_test_program_a_file(self):
        self.tree.write("net/http/test/sum_test.cpp", '#include <gtest/gtest.h>\n#include <mirage/http.hpp>\n#include "help.hpp"\n'
                        "TEST(sum, is_twice) { EXPECT_EQ(mirage::http(three()), 6); }\n")
        self.tree.write("net/http/test/help.hpp", "#pragma once\nint three();\n")
        self.tree.write("net/http/test/help.cpp", '#include "help.hpp"\nint three() { return 3; }\n')
        self.succeed(self.tree.configure())
        self.succeed(self.tree.build("tests"))
        listing = self.succeed(self.tree.run("ctest", "--test-dir", "out"))
        self.assertIn("http.sum", listing)
        self.assertIn("100% tests passed, 0 tests failed out of 1", listing)

    def test_a_header_that_does_not_stand_alone(self):
        self.tree.write("net/http/include/mirage/http/part.hpp", "#pragma once\ninline std::size_t part() { return 1; }\n")
        self.succeed(self.tree.configure("-DMIRAGE_TESTS=OFF"))
        done = self.tree.build("check_headers")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("mirage/http/part.hpp", done.stdout)

    def test_warnings_are_errors(self):
        self.tree.write("core/src/core.cpp", "#include <mirage/core.hpp>\nint mirage::core(int x) { return (char)x; }\n")
        self.succeed(self.tree.configure("-DMIRAGE_TESTS=OFF"))
        self.assertIn("-Werror,-Wold-style-cast", self.tree.build("packages").stdout)

    def test_what_cannot_be_built_is_left_out_and_said(self):
        self.tree.package("net/tcp", "core", "teleport")
        self.tree.package("net/dns", "tcp")
        self.tree.package("drivers/rocket", "core", toml='targets = ["rocket"]')
        done = self.tree.configure("-DMIRAGE_TESTS=OFF")
        self.assertIn("package tcp is left out: it needs teleport, which is not in this tree", self.succeed(done))
        self.assertIn("unknown target", self.tree.build("mirage_dns").stdout)
        self.assertIn("unknown target", self.tree.build("mirage_rocket").stdout)
        self.succeed(self.tree.build("packages"))

    def test_only_what_is_wanted(self):
        self.tree.package("net/tcp", "core")
        self.succeed(self.tree.configure("-DMIRAGE_TESTS=OFF", "-DMIRAGE_ONLY=http"))
        self.succeed(self.tree.build("mirage_http", "mirage_core"))
        self.assertIn("unknown target", self.tree.build("mirage_tcp").stdout)
        self.assertIn("there is no package pigeon", self.tree.configure("-DMIRAGE_ONLY=pigeon").stdout)

    def test_a_line_that_nobody_can_read(self):
        self.tree.package("net/http", "core", toml="colour: red")
        done = self.tree.configure()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("net/http/package.toml: cannot read the line `colour: red`", done.stdout)

    def test_every_descriptor_is_in_the_umbrella(self):
        self.tree.package("config")
        self.tree.write("net/http/include/mirage/config/http.hpp", "#pragma once\n")
        self.tree.package("drivers/rocket", "core", toml='targets = ["rocket"]')
        self.tree.write("drivers/rocket/include/mirage/config/rocket.hpp", "#pragma once\n")
        self.succeed(self.tree.configure("-DMIRAGE_TESTS=OFF"))
        lines = (self.tree.root / "out/include/mirage/config/all.hpp").read_text().splitlines()
        self.assertEqual([line for line in lines if line.startswith("#include")],
                         ["#include <mirage/config/http.hpp>", "#include <mirage/config/rocket.hpp>"])

    def test_two_builds_give_the_same_bytes(self):
        with tempfile.TemporaryDirectory(prefix="mirage-elsewhere-") as elsewhere:
            shutil.copytree(self.tree.root, elsewhere, dirs_exist_ok=True)
            other = Tree.__new__(Tree)
            other.root = pathlib.Path(elsewhere)
            for tree in (self.tree, other):
                self.succeed(tree.configure("-DMIRAGE_TESTS=OFF", "-DMIRAGE_CCACHE=CCACHE-NOTFOUND"))
                self.succeed(tree.build("packages"))
            library = "out/net/http/libmirage_http.a"
            self.assertEqual((self.tree.root / library).read_bytes(), (other.root / library).read_bytes())

    def test_a_user_finds_a_component(self):
        self.tree.package("drivers/rocket", "core", toml='targets = ["rocket"]')
        self.succeed(self.tree.configure("-DMIRAGE_TESTS=OFF"))
        self.succeed(self.tree.build("packages"))
        prefix = self.tree.root / "prefix"
        self.succeed(self.tree.run("cmake", "--install", "out", "--prefix", prefix))
        for file in ("net/http/package.toml", "net/http/src/http.cpp", "drivers/rocket/package.toml", "cmake/house.cmake",
                     "CMakeLists.txt"):
            self.assertTrue((prefix / "share/mirage" / file).exists(), file)
        self.tree.write("user/CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(user CXX)\n"
                        "find_package(mirage 1.0 REQUIRED COMPONENTS ${WANTED})\nadd_executable(user user.cpp)\n"
                        "target_link_libraries(user mirage::http)\n")
        self.tree.write("user/user.cpp", "#include <mirage/http.hpp>\nint main() { return mirage::http(2) == 4 ? 0 : 1; }\n")
        configure = ["cmake", "-G", "Ninja", "-S", "user", "-B", "user-out", f"-DCMAKE_PREFIX_PATH={prefix}",
                     "-DCMAKE_CXX_COMPILER=clang++-19"]
        self.succeed(self.tree.run(*configure, "-DWANTED=http"))
        self.succeed(self.tree.run("cmake", "--build", "user-out"))
        self.succeed(self.tree.run("user-out/user"))
        self.assertIn("mirage has no package pigeon", self.tree.run(*configure, "-DWANTED=pigeon").stdout)
        # The installed sources build by themselves, for a target's cache.
        self.succeed(self.tree.run("cmake", "-G", "Ninja", "-S", prefix / "share/mirage", "-B", "cache", "-DMIRAGE_TESTS=OFF"))
        self.succeed(self.tree.run("cmake", "--build", "cache", "--target", "mirage_http"))


if __name__ == "__main__":
    unittest.main()
