#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""scripts/stages.py: what it counts, and that nothing that went wrong is counted as passed."""

import contextlib
import importlib.util
import io
import json
import pathlib
import tempfile
import time
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("stages", ROOT / "scripts/stages.py")
stages = importlib.util.module_from_spec(spec)
spec.loader.exec_module(stages)


class StagesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="mirage-stages-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        logs = stages.LOGS
        stages.LOGS = self.folder
        self.addCleanup(setattr, stages, "LOGS", logs)

    def run_script(self, text, bound=30):
        path = self.folder / "run"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return stages.run_stage(stages.Stage("made-up", bound, stages.lines_of([path])))[0]

    def test_lines_are_counted(self):
        results = self.run_script("echo pass a\necho 'skip b: no browser'\necho 'fail c: it broke'\necho passing by\nexit 1\n")
        self.assertEqual(results.passed, ["a"])
        self.assertEqual(results.skipped, [("b", "no browser")])
        self.assertEqual(results.failed, [("c", "it broke")])

    def test_a_stage_that_reports_nothing_failed(self):
        self.assertEqual(self.run_script("exit 0\n").failed, [("made-up", "reported nothing")])

    def test_a_status_counts_though_every_line_passed(self):
        self.assertEqual(self.run_script("echo pass a\nexit 3\n").failed, [("made-up", "ended with status 3")])

    def test_a_stage_ends_at_its_bound_with_all_its_children(self):
        start = time.monotonic()
        results = self.run_script("echo pass a\nsleep 60 &\nsleep 60\n", bound=1)
        self.assertEqual(results.failed, [("made-up", "took longer than its bound")])
        self.assertLess(time.monotonic() - start, 20)

    def run_suite(self, *made):
        """Runs stages and returns what was printed, and the suite."""
        suite = stages.Suite(list(made))
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            suite.run()
        return text.getvalue(), suite

    def stage(self, name, script, needs=(), lane=stages.NETWORKS):
        nice = stages.IDLE if lane == stages.COMPUTING else 0
        return stages.Stage(name, 30, stages.lines_of(["sh", "-c", script], nice=nice), needs, lane)

    def test_lanes_run_side_by_side(self):
        here, there = self.folder / "here", self.folder / "there"
        meet = "touch {}; until [ -e {} ]; do sleep 0.01; done; echo pass met"
        _, suite = self.run_suite(self.stage("build", meet.format(here, there), lane=stages.COMPUTING),
                                  self.stage("unit", meet.format(there, here)))
        self.assertEqual(suite.sums, {"passed": 2, "failed": 0, "skipped": 0})

    def test_the_stages_of_a_lane_run_in_their_order(self):
        made = self.folder / "made"
        _, suite = self.run_suite(self.stage("first", f"sleep 0.2; touch {made}; echo pass made"),
                                  self.stage("second", f"[ -e {made} ] && echo pass found"))
        self.assertEqual(suite.sums, {"passed": 2, "failed": 0, "skipped": 0})

    def test_a_script_states_its_bound_and_its_lane(self):
        found = {stage.name: stage for stage in stages.folder_stages("run", 300, ())}
        self.assertEqual((found["xen"].lane, found["xen"].bound), (stages.MACHINES, 1800))
        self.assertEqual(found["website"].lane, stages.NETWORKS)

    def test_a_stage_waits_for_what_it_needs(self):
        made = self.folder / "made"
        _, suite = self.run_suite(self.stage("build", f"sleep 0.2; touch {made}; echo pass made", lane=stages.COMPUTING),
                                  self.stage("unit", f"[ -e {made} ] && echo pass found", ("build",)))
        self.assertEqual(suite.sums, {"passed": 2, "failed": 0, "skipped": 0})

    def test_a_stage_is_not_run_when_what_it_needs_failed(self):
        text, suite = self.run_suite(self.stage("build", "echo 'fail made: no'", lane=stages.COMPUTING),
                                     self.stage("unit", "echo pass found", ("build",)))
        self.assertEqual(suite.sums, {"passed": 0, "failed": 2, "skipped": 0})
        self.assertIn("failed unit: not run, because build failed", text)

    def test_the_time_that_was_computed_is_that_of_all_processes(self):
        _, suite = self.run_suite(self.stage("unit", "/usr/bin/python3 -c 'while __import__(\"time\").process_time() < 0.3: pass'; "
                                             "echo pass a"))
        self.assertGreater(suite.computed, 0.29)
        self.assertLess(suite.computed, 5)

    def program(self, status, report):
        """One test program as CTest and GoogleTest report it."""
        results = stages.Results()
        inner = '<failure message=""/>' if status == "fail" else ""
        case = xml.etree.ElementTree.fromstring(f'<testcase name="core.x" status="{status}">{inner}</testcase>')
        path = self.folder / "core.x.json"
        if report is not None:
            path.write_text(json.dumps({"testsuites": [{"name": "x", "testsuite": report}]}))
        stages.count_program(results, case, path)
        return results

    def test_the_cases_of_a_program_are_counted(self):
        results = self.program("fail", [
            {"name": "a", "status": "RUN", "result": "COMPLETED"},
            {"name": "b", "status": "RUN", "result": "COMPLETED", "failures": [{"failure": "x.cpp:3\nno"}]},
            {"name": "c", "status": "RUN", "result": "SKIPPED"}, {"name": "d", "status": "NOTRUN", "result": "SUPPRESSED"}])
        self.assertEqual(results.passed, ["core.x/x.a"])
        self.assertEqual(results.failed, [("core.x/x.b", "x.cpp:3")])
        self.assertEqual([name for name, _ in results.skipped], ["core.x/x.c", "core.x/x.d"])

    def test_a_case_that_was_only_listed_is_a_failure(self):
        self.assertEqual(len(self.program("run", [{"name": "a", "file": "x.cpp", "line": 3}]).failed), 1)

    def test_a_crash_after_the_last_case_is_a_failure(self):
        results = self.program("fail", [{"name": "a", "status": "RUN", "result": "COMPLETED"}])
        self.assertEqual(len(results.failed), 1)

    def test_a_program_that_died_is_a_failure(self):
        self.assertEqual(len(self.program("fail", None).failed), 1)

    def test_a_program_without_a_test_is_a_failure(self):
        self.assertEqual(self.program("run", []).failed, [("core.x", "has no test")])

    def test_a_script_of_ctest_is_one_case(self):
        self.assertEqual(self.program("run", None).passed, ["core.x"])

    def judge(self, expected):
        results = stages.Results()
        results.add("skip", "tap", "no permission")
        with contextlib.redirect_stdout(io.StringIO()):
            stages.judge_skips("unit", results, expected)
        return results

    def test_an_expected_skip_stays_a_skip(self):
        self.assertEqual(len(self.judge([("unit/t*", "containers have no tap")]).skipped), 1)

    def test_a_skip_that_nobody_expected_is_a_failure(self):
        results = self.judge([("asan/*", "another stage")])
        self.assertEqual((len(results.failed), len(results.skipped)), (1, 0))


if __name__ == "__main__":
    unittest.main()
