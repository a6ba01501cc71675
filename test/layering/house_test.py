#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Plants every violation that house.py knows into a small tree and looks whether it is found, alone."""

import pathlib
import subprocess
import tempfile
import unittest

import house

LICENCE = "// SPDX-License-Identifier: ISC\n"


class HouseTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="mirage-house-")
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        self.package("core")
        self.package("types", "core")
        self.package("net/tcp", "core", "types")
        self.package("net/http", "core", "types", "tcp")

    def package(self, place, *dependencies):
        name = place.split("/")[-1]
        self.write(f"{place}/package.toml", f'name = "{name}"\nversion = "1.0.0"\n[dependencies]\n'
                   + "".join(f'{other} = ">= 1.0"\n' for other in dependencies))
        self.write(f"{place}/CMakeLists.txt", "mirage_package()\n")
        self.write(f"{place}/README.md", f"# {name}\n")
        self.write(f"{place}/include/mirage/{name}.hpp", LICENCE + "#pragma once\n")

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def assert_found(self, *parts):
        found = house.violations(self.root)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def test_a_tree_in_order_has_no_violation(self):
        self.write("net/http/src/http.cpp", LICENCE + "#include <mirage/http.hpp>\n#include <mirage/tcp.hpp>\n")
        self.assertEqual(house.violations(self.root), [])

    def test_a_dependency_on_a_higher_floor(self):
        self.package("types", "core", "beam")
        self.package("storage/beam")
        self.assert_found("types/package.toml", "beam", "higher floor")

    def test_a_dependency_that_does_not_exist(self):
        self.package("net/tcp", "core", "types", "teleport")
        self.assert_found("net/tcp/package.toml", "teleport")

    def test_a_circle(self):
        self.package("net/tcp", "core", "types", "http")
        self.assert_found("http -> tcp -> http")

    def test_two_packages_of_one_name(self):
        self.package("storage/http", "core")
        self.assert_found("storage/http", "net/http")

    def test_an_include_from_a_higher_floor(self):
        self.write("core/src/loop.cpp", LICENCE + "#include <mirage/tcp.hpp>\n")
        self.assert_found("core/src/loop.cpp", "higher floor (net/)")

    def test_an_include_that_package_toml_does_not_name(self):
        self.write("net/tcp/src/tcp.cpp", LICENCE + "#include <mirage/http.hpp>\n")
        self.assert_found("net/tcp/src/tcp.cpp", "does not name http")

    def test_an_include_that_no_package_has(self):
        self.write("net/tcp/src/tcp.cpp", LICENCE + "#include <mirage/teleport.hpp>\n")
        self.assert_found("mirage/teleport.hpp", "no package has")

    def test_quotes_do_not_hide_an_include(self):
        self.write("core/src/loop.cpp", LICENCE + '#include "mirage/tcp.hpp"\n')
        self.assert_found("core/src/loop.cpp", "higher floor (net/)")

    def test_a_path_out_of_the_package(self):
        self.write("net/http/src/http.cpp", LICENCE + '#include "../../tcp/include/mirage/tcp.hpp"\n')
        self.assert_found("net/http/src/http.cpp", "outside its package")

    def test_tests_obey_the_floors_too(self):
        self.write("types/test/x_test.cpp", LICENCE + "#include <mirage/tcp.hpp>\n")
        self.assert_found("types/test/x_test.cpp", "higher floor (net/)")

    def test_a_package_inside_another_has_its_own_dependencies(self):
        self.package("core/test_support", "core")
        self.write("core/test_support/src/node.cpp", LICENCE + "#include <mirage/core.hpp>\n")
        self.assertEqual(house.violations(self.root), [])
        self.write("core/src/loop.cpp", LICENCE + "#include <mirage/test_support.hpp>\n")
        self.assert_found("core/src/loop.cpp", "does not name test_support")

    def test_a_descriptor_may_use_the_dsl(self):
        self.package("config")
        self.write("net/tcp/include/mirage/config/tcp.hpp", LICENCE + "#pragma once\n#include <mirage/config.hpp>\n")
        self.assertEqual(house.violations(self.root), [])

    def test_a_hosted_header(self):
        self.write("net/tcp/src/tcp.cpp", LICENCE + "#include <iostream>\n")
        self.assert_found("net/tcp/src/tcp.cpp", "<iostream>")

    def test_the_tool_may_use_hosted_headers(self):
        self.package("tool", "core")
        self.write("tool/src/tool.cpp", LICENCE + "#include <filesystem>\n")
        self.assertEqual(house.violations(self.root), [])

    def test_a_source_without_licence(self):
        self.write("core/src/loop.cpp", "int x();\n")
        self.assert_found("core/src/loop.cpp", "line 1", "SPDX")

    def test_a_script_without_licence(self):
        self.write("scripts/go", "#!/bin/sh\nexit 0\n")
        self.assert_found("scripts/go", "line 2", "SPDX")

    def test_a_package_without_readme(self):
        (self.root / "net/tcp/README.md").unlink()
        self.assert_found("net/tcp", "README.md")


    def test_a_debian_package_that_nobody_installs(self):
        toml = self.root / "net/tcp/package.toml"
        toml.write_text(toml.read_text() + '[depexts]\ndebian = ["libteleport-dev"]\n')
        self.assert_found("net/tcp/package.toml", "libteleport-dev")


class LibrariesTest(unittest.TestCase):
    """The rules over symbols, with libraries compiled for the purpose."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="mirage-house-")
        self.addCleanup(scratch.cleanup)
        self.build = pathlib.Path(scratch.name)

    def compile(self, text, include="string_view", place="core"):
        source, compiled = self.build / "x.cpp", self.build / "x.o"
        source.write_text(f"#include <{include}>\nnamespace mirage {{\n{text}\n}}\n")
        subprocess.run(["clang++-19", "-stdlib=libstdc++", "-std=c++23", "-fPIE", "-c", source, "-o", compiled], check=True)
        (self.build / place).mkdir(parents=True, exist_ok=True)
        subprocess.run(["ar", "rcs", self.build / place / "libmirage_x.a", compiled], check=True)

    def found(self, text):
        self.compile(text)
        return list(house.check_mutable_statics(None, self.build))

    def test_hosted_symbols(self):
        for include, text in [("iostream", 'void f() { std::cout << "x"; }'), ("thread", "void f() { std::thread([] {}).join(); }"),
                              ("sstream", "int f() { std::stringstream s; s << 1; return 1; }"),
                              ("filesystem", 'bool f() { return std::filesystem::exists("x"); }')]:
            with self.subTest(include):
                self.compile(text, include, "net/x")
                found = list(house.check_hosted_symbols(self.build))
                self.assertTrue(found and all("libmirage_x.a" in sentence for sentence in found), found)

    def test_strings_are_not_hosted(self):
        self.compile('std::string f(int i) { return std::to_string(i) + "x"; }', "string", "net/x")
        self.assertEqual(list(house.check_hosted_symbols(self.build)), [])

    def test_the_tool_may_refer_to_hosted_symbols(self):
        self.compile('bool f() { return std::filesystem::exists("x"); }', "filesystem", "tool")
        self.assertEqual(list(house.check_hosted_symbols(self.build)), [])

    def test_constants_are_no_state(self):
        self.assertEqual(self.found('constinit const char* const words[] = {"a", "b"};\n'
                                    'constexpr std::string_view names[] = {"c"};\n'
                                    "struct shape { virtual ~shape(); }; shape::~shape() {}\n"
                                    "const char* word(int i) { return names[i].data() + (words[i] - words[0]); }"), [])

    def test_the_node_pointer_is_allowed(self):
        self.assertEqual(self.found("namespace os { struct node; node* here; }"), [])

    def test_state_of_every_kind(self):
        for text, name in [("int plain;", "mirage::plain"), ("int set = 1;", "mirage::set"),
                           ("static int hidden; int f() { return ++hidden; }", "mirage::hidden"),
                           ("int f() { static int inner = 2; return ++inner; }", "inner"),
                           ("thread_local int own = 3;", "mirage::own"),
                           ("inline int shared = 4; int f() { return ++shared; }", "mirage::shared"),
                           ("int g(); int f() { static int lazy = g(); return lazy; }", "lazy")]:
            with self.subTest(text):
                found = self.found(text)
                self.assertTrue(any(name in sentence for sentence in found), found)

    def test_a_header_that_brings_state_into_a_program(self):
        (self.build / "test").mkdir()
        source = self.build / "p.cpp"
        source.write_text("namespace mirage { inline int shared = 4; }\nint main() { return ++mirage::shared; }\n")
        subprocess.run(["clang++-19", "-fuse-ld=lld", source, "-o", self.build / "test/p"], check=True)
        found = self.found("int f();")
        self.assertTrue(any("test/p" in sentence and "mirage::shared" in sentence for sentence in found), found)

    def test_a_build_folder_without_libraries_proves_nothing(self):
        self.assertEqual(len(list(house.check_mutable_statics(None, self.build))), 1)


if __name__ == "__main__":
    unittest.main()
