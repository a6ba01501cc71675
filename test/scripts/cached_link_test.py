#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""scripts/cached-link: what it links again, and that it gives nothing else than the linker did."""

import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "scripts/cached-link"
COMPILER = "clang++-19"


class CachedLinkTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="mirage-links-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.cache = self.folder / "cache"
        self.build = self.make_project("one")

    def make_project(self, name):
        """Where the linker is called for a project: three folders below it."""
        build = self.folder / name / "mirage/build/unix"
        build.mkdir(parents=True)
        self.compile(build, 3)
        return build

    def compile(self, build, status):
        subprocess.run([COMPILER, "-x", "c++", "-c", "-", "-o", "main.o"], input=f"int main() {{ return {status}; }}", text=True,
                       cwd=build, check=True)

    def link(self, build, *more):
        """The program's status; it is made of nothing that was there before."""
        output = build.parents[2] / "program"
        output.unlink(missing_ok=True)
        ran = subprocess.run([PROGRAM, COMPILER, "-fuse-ld=lld", *more, "main.o", "-o", output], cwd=build,
                             env={**os.environ, "MIRAGE_LINK_CACHE": str(self.cache)}, capture_output=True, text=True, check=False)
        if ran.returncode:
            return ran.stderr
        return subprocess.run([output], check=False).returncode

    def entries(self):
        return len(list(self.cache.glob("*/*.json")))

    def test_the_same_again_comes_from_the_cache(self):
        self.assertEqual(self.link(self.build), 3)
        for kept in self.cache.glob("*/*.z"):
            made = kept.stat().st_mtime_ns
        self.assertEqual(self.link(self.build), 3)
        self.assertEqual([path.stat().st_mtime_ns for path in self.cache.glob("*/*.z")], [made])

    def test_so_does_the_same_in_another_project(self):
        self.link(self.build)
        self.assertEqual(self.link(self.make_project("two")), 3)
        self.assertEqual(self.entries(), 1)

    def test_another_input_is_linked(self):
        self.link(self.build)
        self.compile(self.build, 4)
        self.assertEqual(self.link(self.build), 4)
        self.compile(self.build, 3)
        self.assertEqual(self.link(self.build), 3)
        self.assertEqual(self.entries(), 2)

    def test_another_option_is_linked(self):
        self.link(self.build)
        self.link(self.build, "-Wl,--gc-sections")
        self.assertEqual(self.entries(), 2)

    def test_a_damaged_entry_is_made_again(self):
        self.link(self.build)
        for kept in self.cache.glob("*/*.z"):
            kept.write_bytes(b"damaged")
        self.assertEqual(self.link(self.build), 3)
        for kept in self.cache.glob("*/*.json"):
            kept.write_text("damaged")
        self.assertEqual(self.link(self.build), 3)

    def test_what_cannot_be_linked_says_why_and_is_not_kept(self):
        self.assertIn("nothing", self.link(self.build, "-lnothing"))
        self.assertEqual(self.entries(), 0)

    def test_the_oldest_are_forgotten(self):
        loader = importlib.machinery.SourceFileLoader("cached_link", str(PROGRAM))
        cached_link = importlib.util.module_from_spec(importlib.util.spec_from_loader("cached_link", loader))
        loader.exec_module(cached_link)
        self.link(self.build)
        self.link(self.build, "-Wl,--gc-sections")
        oldest, latest = sorted(self.cache.glob("*/*.json"), key=lambda path: path.stat().st_mtime)
        os.utime(oldest, (0, 0))
        cached_link.LIMIT = latest.with_suffix(".z").stat().st_size
        cached_link.forget_oldest(self.cache)
        self.assertEqual(list(self.cache.glob("*/*.json")), [latest])

    def test_other_linkers_are_called(self):
        shutil.copy(self.build / "main.o", self.build / "other.o")
        subprocess.run([PROGRAM, COMPILER, "other.o", "-o", "other"], cwd=self.build,
                       env={**os.environ, "MIRAGE_LINK_CACHE": str(self.cache)}, check=True)
        self.assertEqual(subprocess.run([self.build / "other"], check=False).returncode, 3)
        self.assertEqual(self.entries(), 0)


if __name__ == "__main__":
    unittest.main()
