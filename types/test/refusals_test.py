#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""refusals.py itself: what it must complain about."""

import os
import pathlib
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
COMPILER = os.environ.get("CXX", "clang++-19")


class Refusals(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name) / "refusals"
        self.folder.mkdir()
        (self.folder.parent / "archetypes.hpp").write_text("template <class T> concept has_size = requires(T t) { t.size(); };\n")

    def check(self, text):
        (self.folder / "mistake.cpp").write_text(text)
        return subprocess.run([HERE / "refusals.py", "--compiler", COMPILER, self.folder], capture_output=True, text=True,
                              check=False)

    def test_a_mistake_with_its_message_is_fine(self):
        ran = self.check("// error: does not satisfy 'has_size'\n// error: member reference base type 'int'\n"
                         "static_assert(has_size<int>);\n")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn("1 of 1 files", ran.stdout)

    def test_a_file_that_compiles_fails(self):
        ran = self.check("// error: anything\nint fine;\n")
        self.assertEqual(ran.returncode, 1)
        self.assertIn("mistake.cpp: compiles, but it must be refused", ran.stdout)

    def test_another_message_fails(self):
        ran = self.check("// error: does not satisfy 'has_length'\nstatic_assert(has_size<int>);\n")
        self.assertEqual(ran.returncode, 1)
        self.assertIn("does not say `does not satisfy 'has_length'`", ran.stdout)

    def test_another_order_fails(self):
        ran = self.check("// error: member reference base type 'int'\n// error: does not satisfy 'has_size'\n"
                         "static_assert(has_size<int>);\n")
        self.assertEqual(ran.returncode, 1)

    def test_a_file_without_expectation_fails(self):
        ran = self.check("static_assert(has_size<int>);\n")
        self.assertEqual(ran.returncode, 1)
        self.assertIn("nothing would be held", ran.stdout)

    def test_no_files_fail(self):
        ran = subprocess.run([HERE / "refusals.py", self.folder], capture_output=True, text=True, check=False)
        self.assertNotEqual(ran.returncode, 0)


if __name__ == "__main__":
    unittest.main()
