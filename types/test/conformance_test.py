#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""conformance.py itself: what it must complain about, in a build folder made for it."""

import pathlib
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
HEADER = HERE.parent / "include/mirage/v1.hpp"

import conformance  # noqa: E402: beside this file


class Conformance(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.build = pathlib.Path(self.scratch.name)
        (self.build / "test").mkdir()

    def program(self, name, suites):
        lines = "".join(f"{suite}.\n  a_test\n" for suite in suites)
        path = self.build / "test" / name
        path.write_text(f"#!/bin/sh\ncat <<'end'\nRunning main()\n{lines}end\n")
        path.chmod(0o755)

    def check(self, header=HEADER):
        tests = "".join(f'add_test([=[{path.name}]=] "{path}")\n' for path in (self.build / "test").iterdir())
        (self.build / "CTestTestfile.cmake").write_text(tests)
        return subprocess.run([HERE / "conformance.py", "--header", header, self.build], capture_output=True, text=True,
                              check=False)

    def test_all_suites_on_something_are_fine(self):
        self.program("one", [f"{name}_suite/here" for name in conformance.MODULE_TYPES[:10]])
        self.program("two", [f"{name}_suite/there" for name in conformance.MODULE_TYPES[9:]])
        ran = self.check()
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        both = next(line for line in ran.stdout.splitlines() if line.startswith(conformance.MODULE_TYPES[9] + " "))
        self.assertEqual(both.split()[1:], ["here", "there"])

    def test_a_suite_on_nothing_fails(self):
        self.program("most", [f"{name}_suite/here" for name in conformance.MODULE_TYPES if name != "fs"])
        ran = self.check()
        self.assertEqual(ran.returncode, 1)
        self.assertIn("no implementation runs fs_suite", ran.stdout)

    def test_a_program_that_is_no_test_does_not_count(self):
        self.program("all", [f"{name}_suite/here" for name in conformance.MODULE_TYPES])
        (self.build / "CTestTestfile.cmake").write_text("")
        ran = subprocess.run([HERE / "conformance.py", "--header", HEADER, self.build], capture_output=True, text=True,
                             check=False)
        self.assertEqual(ran.returncode, 1)

    def test_a_new_module_type_is_missed(self):
        header = self.build / "v1.hpp"
        header.write_text(HEADER.read_text() + "template <class V>\nconcept vchan = device<V> && flow_read<V>;\n")
        ran = self.check(header)
        self.assertEqual(ran.returncode, 1)
        self.assertIn("the module type vchan, which conformance.py does not know", ran.stdout)

    def test_a_suite_without_module_type_is_missed(self):
        self.program("all", [f"{name}_suite/here" for name in [*conformance.MODULE_TYPES, "teapot"]])
        ran = self.check()
        self.assertEqual(ran.returncode, 1)
        self.assertIn("teapot_suite runs", ran.stdout)


if __name__ == "__main__":
    unittest.main()
