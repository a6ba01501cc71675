#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""bench/run with benchmarks made up for the purpose: what it prints and with which status it ends."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class BenchRunTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="mirage-bench-")
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        (self.root / "bench").mkdir()
        shutil.copy(ROOT / "bench/run", self.root / "bench/run")

    def benchmark(self, name, *lines, status=0):
        path = self.root / "bench" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\necho why >&2\ncat <<'END'\n" + "\n".join(lines) + f"\nEND\nexit {status}\n")
        path.chmod(0o755)

    def run_it(self, *arguments, **environment):
        clean = {key: value for key, value in os.environ.items() if key not in ("BENCH_SECONDS", "MIRAGE_BUILD")}
        done = subprocess.run([self.root / "bench/run", *arguments], capture_output=True, text=True, timeout=60,
                              env={**clean, **environment}, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_a_line_a_figure_with_the_ratio(self):
        self.benchmark("tasks/spawn", '{"name": "tasks.spawn", "ours": 25, "peer": 100, "unit": "ns", "wanted": "<= 0.3x"}',
                       '{"name": "tasks.spawn.bytes", "ours": 1234567.0}')
        status, output = self.run_it()
        self.assertEqual(status, 0, output)
        rows = [line.split() for line in output.splitlines()]
        self.assertEqual(rows[0], ["name", "ours", "peer", "ratio", "wanted"])
        self.assertEqual(rows[1], ["tasks.spawn", "25", "ns", "100", "ns", "0.25x", "<=", "0.3x"])
        self.assertEqual(rows[2], ["tasks.spawn.bytes", "1,234,567", "-", "-", "-"])
        self.assertEqual(len({len(line) for line in output.splitlines()[:3]}), 1, "the columns are aligned")

    def test_a_missed_ratio_fails(self):
        self.benchmark("http/keep", '{"name": "http.keep", "ours": 120, "peer": 100, "wanted": ">= 1.3x"}')
        status, output = self.run_it()
        self.assertEqual(status, 1)
        self.assertIn("missed: http.keep", output)

    def test_a_missed_absolute_bar_fails(self):
        self.benchmark("tasks/spawn", '{"name": "tasks.spawn", "ours": 51, "unit": "ns", "wanted": "<= 50"}')
        self.assertEqual(self.run_it()[0], 1)

    def test_only_the_named_ones_run(self):
        self.benchmark("http/keep", '{"name": "http.keep", "ours": 1}')
        self.benchmark("tasks/spawn", '{"name": "tasks.spawn", "ours": 1}', status=1)
        status, output = self.run_it("http")
        self.assertEqual(status, 0, output)
        self.assertNotIn("tasks", output)

    def test_a_single_figure_of_a_program(self):
        self.benchmark("tasks/spawn", '{"name": "tasks.spawn.a", "ours": 1}', '{"name": "tasks.spawn.b", "ours": 1}')
        _, output = self.run_it("tasks.spawn.b")
        self.assertIn("tasks.spawn.b", output)
        self.assertNotIn("tasks.spawn.a", output)

    def test_a_word_that_no_name_has(self):
        self.benchmark("http/keep", '{"name": "http.keep", "ours": 1}')
        status, output = self.run_it("nothing")
        self.assertEqual(status, 1)
        self.assertEqual(output, "bench: no benchmark has `nothing` in its name\n")

    def test_what_cannot_be_read_fails(self):
        for line in ["25 ns", '{"name": "other.name", "ours": 1}', '{"name": "http.keep"}',
                     '{"name": "http.keep", "ours": 1, "wanted": "fast"}',
                     '{"name": "http.keep", "ours": 1, "wanted": ">= 2x"}', ""]:
            with self.subTest(line):
                self.benchmark("http/keep", line)
                status, output = self.run_it()
                self.assertEqual(status, 1, output)
                self.assertIn("fail http.keep: ", output)

    def test_a_benchmark_that_fails(self):
        self.benchmark("http/keep", '{"name": "http.keep", "ours": 1}', status=3)
        status, output = self.run_it()
        self.assertEqual(status, 1)
        self.assertIn("fail http.keep: ended with status 3: why", output)

    def test_what_the_machine_lacks_is_not_measured(self):
        self.benchmark("http/keep", status=77)
        status, output = self.run_it()
        self.assertEqual(status, 1)
        self.assertIn("not measured: http.keep: why", output)
        status, output = self.run_it(BENCH_SECONDS="1")
        self.assertEqual(status, 0)
        self.assertIn("skip http.keep: why", output)

    def test_the_short_run_does_not_judge(self):
        self.benchmark("http/keep", '{"name": "http.keep", "ours": 1, "peer": 2, "wanted": ">= 1.3x"}')
        status, output = self.run_it(BENCH_SECONDS="1")
        self.assertEqual(status, 0, output)
        self.assertIn("pass http.keep", output)


if __name__ == "__main__":
    unittest.main()
