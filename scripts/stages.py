#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The stages of `make test` and `make soak`: each is run with a bound in time, timed, and its results counted.

Stages run in lanes, each lane's one after the other and the lanes side by side: what builds and only computes, what tests
networks, and what tests virtual machines, since a test of networks or machines waits for half of its time.

Results come from what really ran: GoogleTest's own reports for the unit tests, and the lines `pass NAME`,
`fail NAME: why`, `skip NAME: why` that every other stage prints (test/README.md). A stage that reports nothing
has failed, and so has a skip that test/expected_skips.txt does not list with its reason.
"""

import argparse
import fnmatch
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
LOGS = BUILD / "stages"
RESULT_LINE = re.compile(r"^(pass|fail|skip) (\S[^:\n]*?)(?:: (.*))?$")
# What the script of a stage may say of itself.
BOUND_LINE = re.compile(r"^# bound: (\d+)$", re.MULTILINE)
LANE_LINE = re.compile(r"^# lane: (\S+)$", re.MULTILINE)
# Of CTest: what `make test` runs with sanitizers, and what it does not run at all; `make soak` runs both without them.
SANITIZED_LABELS, SOAK_LABEL = "unit|script", "soak"
# Stages build the same images, and each run those of the one before. In `make soak` CTest builds them as a user does.
OBJECTS = subprocess.run(["ccache", "--get-config", "cache_dir"], capture_output=True, text=True, check=False).stdout.strip()
KEPT_IMAGES = {"CMAKE_CXX_COMPILER_LAUNCHER": "ccache", "CCACHE_BASEDIR": str(ROOT), "CCACHE_NOHASHDIR": "1",
               "CCACHE_DEPEND": "1", "CCACHE_SLOPPINESS": "pch_defines,time_macros",
               "CMAKE_CXX_LINKER_LAUNCHER": str(ROOT / "scripts/cached-link"), "MIRAGE_LINK_CACHE": f"{OBJECTS}/links"}


class Results:
    """What one stage found: names only, so that sums are derived and never kept beside the facts. And the seconds that
    its processes computed, all of them together."""

    def __init__(self):
        self.passed, self.failed, self.skipped = [], [], []
        self.computed = 0.0

    def add(self, verdict, name, why=""):
        if verdict == "pass":
            self.passed.append(name)
        else:
            (self.failed if verdict == "fail" else self.skipped).append((name, why))

    def read_lines(self, text):
        for line in text.splitlines():
            match = RESULT_LINE.match(line)
            if match:
                self.add(match[1], match[2], match[3] or "")


COMPUTING, NETWORKS, MACHINES = "computing", "networks", "machines"  # lanes


class Stage:
    """A name, how long it may take in seconds, what it does: a command, or a function of (log, results), the names of the
    stages that must have ended well before it, and the lane in which it runs."""

    def __init__(self, name, bound, action, needs=(), lane=NETWORKS):
        self.name, self.bound, self.action, self.needs, self.lane = name, bound, action, needs, lane


RUNNING = set()  # the processes of run_command, which end when this script has to
IDLE, MODEST = 19, 10  # as `nice`: the time that others leave; a tenth of what they get, since tests bound their time
# A session is a group of its own to the scheduler (autogroup), beyond which `nice` does not reach.
NICE = ["sh", "-c", "echo $0 2>/dev/null >/proc/self/autogroup; exec nice -n $0 \"$@\""]


def run_command(command, log, results, deadline, environment=None, nice=0):
    """Runs a command into `log`; at the deadline its whole process group ends. Returns its status or None."""
    process = subprocess.Popen(
        [*([*NICE, str(nice)] if nice else []), *command], cwd=ROOT,
        stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "MIRAGE_ROOT": str(ROOT), "MIRAGE_BUILD": str(BUILD), **(environment or {})})
    RUNNING.add(process)
    try:
        return wait_until(deadline, process, results)
    finally:
        end_group(process)
        RUNNING.discard(process)


def wait_until(deadline, process, results):
    """The status of a process that ended until then, or None."""
    descriptor = os.pidfd_open(process.pid)
    try:
        ended = select.select([descriptor], [], [], max(1.0, deadline - time.monotonic()))[0]
    finally:
        os.close(descriptor)
    if not ended:
        return None
    _, status, usage = os.wait4(process.pid, 0)
    results.computed += usage.ru_utime + usage.ru_stime
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode


def end_group(process):
    """Ends what a stage left behind, first politely."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        for _ in range(20):
            process.poll()
            try:
                os.killpg(process.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.1)


# The actions. Each gets the open log, the results and the deadline, and returns an error or None.


def lines_of(command, environment=None, nice=0):
    """A command that prints a line a result."""

    def action(log, results, deadline):
        status = run_command(command, log, results, deadline, environment, nice)
        results.read_lines(pathlib.Path(log.name).read_text(errors="replace"))
        if status is None:
            return "took longer than its bound"
        if status != 0 and not results.failed:
            return f"ended with status {status}"
        return None

    return action


def steps(*commands):
    """Commands that compute, of which each must succeed; together they are one result."""

    def action(log, results, deadline):
        for command in commands:
            status = run_command(command, log, results, deadline, nice=IDLE)
            if status is None:
                return "took longer than its bound"
            if status != 0:
                return f"`{' '.join(map(str, command))}` ended with status {status}"
        results.add("pass", "done")
        return None

    return action


def build(preset, *targets):
    """Configures and builds a preset."""
    return steps(["cmake", "--preset", preset],
                 ["cmake", "--build", BUILD if preset == "release" else BUILD / preset, "--target", *targets])


def ctest(folder, *options, nice=0, environment=None):
    """Runs CTest in a build folder and counts the single GoogleTest cases of each test program."""

    def action(log, results, deadline):
        name = pathlib.Path(log.name).stem
        reports = folder / "test-reports"
        shutil.rmtree(reports, ignore_errors=True)
        junit = LOGS / f"{name}.xml"
        junit.unlink(missing_ok=True)
        status = run_command(
            ["ctest", "--test-dir", folder, "-j", str(os.cpu_count()), "--no-tests=error", "--output-on-failure",
             "--output-junit", junit, *options], log, results, deadline, environment, nice)
        if status is None:
            return "took longer than its bound"
        if not junit.exists():
            return "CTest wrote no report"
        for case in xml.etree.ElementTree.parse(junit).getroot().iter("testcase"):
            count_program(results, case, reports / f"{case.get('name')}.json")
        return None if status == 0 or results.failed else f"ctest ended with status {status}"

    return action


def count_program(results, case, report):
    """The cases of one test program; where it wrote no report (a script, a crash) the program is one case."""
    program = case.get("name")
    why = case.find("failure")
    broken = why is not None or case.get("status") not in ("run", "notrun", "disabled")
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        results.add("skip", program, "not run")
        return
    if not report.exists() or report.stat().st_size == 0:
        results.add("fail" if broken else "pass", program, "see the log")
        return
    found = 0
    failed_before = len(results.failed)
    for suite in json.loads(report.read_text())["testsuites"]:
        for test in suite["testsuite"]:
            found += 1
            name = f"{program}/{suite['name']}.{test['name']}"
            if test.get("failures"):
                results.add("fail", name, test["failures"][0]["failure"].splitlines()[0])
            elif test.get("result") == "SKIPPED":
                results.add("skip", name, "skipped itself")
            elif test.get("status") == "NOTRUN":
                results.add("skip", name, "disabled")
            elif test.get("result") == "COMPLETED":
                results.add("pass", name)
            else:
                results.add("fail", name, "its report does not say that it ended")
    if found == 0:
        results.add("fail", program, "has no test")
    elif broken and len(results.failed) == failed_before:
        results.add("fail", program, "its tests passed, but it ended with an error; see the log")


def folder_stages(file_name, bound, needs):
    """test/NAME/run (or soak): the tests that cross packages. A script may state its own bound and its lane."""
    for path, text in folder_scripts(file_name):
        stated, lane = BOUND_LINE.search(text), LANE_LINE.search(text)
        yield Stage(path.parent.name, int(stated[1]) if stated else bound, lines_of([path], KEPT_IMAGES), needs,
                    lane[1] if lane else NETWORKS)


def folder_scripts(file_name):
    for path in sorted(ROOT.glob(f"test/*/{file_name}")):
        if os.access(path, os.X_OK):
            yield path, path.read_text(errors="replace")


def test_stages():
    yield Stage("format", 120, lines_of(["scripts/format"]))
    yield Stage("build", 2400, build("release", "packages", "unsanitized_tests", "benchmarks"))
    yield Stage("unsanitized", 1200, ctest(BUILD, "--label-exclude", f"^({SANITIZED_LABELS}|{SOAK_LABEL})$",
                                           environment=KEPT_IMAGES), ("build",))
    yield Stage("headers", 600, lines_of(["scripts/headers"], nice=IDLE), ("build",), lane=COMPUTING)
    yield Stage("asan-build", 3600, build("asan", "tests", "fuzzers"), ("build",), lane=COMPUTING)
    yield Stage("wasm-build", 2400, build("wasm", "packages", "tests"), ("build",), lane=COMPUTING)
    yield Stage("tidy", 1200, lines_of(["scripts/tidy"], nice=IDLE), ("build",), lane=COMPUTING)
    yield Stage("asan", 2400, ctest(BUILD / "asan", nice=MODEST), ("asan-build",), lane=COMPUTING)
    yield Stage("fuzz", 1200, lines_of(["scripts/fuzz", "smoke"], nice=MODEST), ("asan-build",), lane=COMPUTING)
    yield Stage("wasm", 900, ctest(BUILD / "wasm", nice=MODEST), ("wasm-build",), lane=COMPUTING)
    yield from folder_stages("run", 300, ("build",))
    yield Stage("bench", 1200, lines_of(["bench/run"], {**KEPT_IMAGES, "BENCH_SECONDS": "1"}), ("build",),
                MACHINES)


def soak_stages():
    yield Stage("build", 2400, build("release", "packages", "tests"))
    yield Stage("unit", 1200, ctest(BUILD), ("build",))
    yield Stage("headers", 1200, build("release", "check_headers"), ("build",))
    yield Stage("asan-build", 2400, build("asan", "tests", "fuzzers"))
    yield Stage("repeat", 4 * 3600, ctest(BUILD / "asan", "--repeat", "until-fail:100"), ("asan-build",))
    yield Stage("planted-bugs", 2 * 3600, lines_of(["scripts/fuzz", "planted"]))
    yield Stage("fuzz-coverage", 3600, lines_of(["scripts/fuzz", "coverage"]))
    yield Stage("fuzz", 24 * 3600, lines_of(["scripts/fuzz", "long"]))
    yield from folder_stages("soak", 2 * 3600, ("build",))
    yield Stage("fresh-root", 2 * 3600, lines_of(["scripts/fresh-root"]))


def exists(stage):
    """A stage whose script is not in this tree is not listed."""
    tools = {"bench": "bench/run", "fuzz": "scripts/fuzz", "tidy": "scripts/tidy", "fresh-root": "scripts/fresh-root",
             "wasm": "cmake/wasm.cmake", "wasm-build": "cmake/wasm.cmake"}
    return stage.name not in tools or (ROOT / tools[stage.name]).exists()


def run_stage(stage):
    """Runs one stage; returns its results and the seconds that it took."""
    log_path = LOGS / f"{stage.name}.log"
    results = Results()
    start = time.monotonic()
    with open(log_path, "w+b") as log:
        error = stage.action(log, results, start + stage.bound)
    if error:
        results.add("fail", stage.name, error)
    elif not (results.passed or results.failed or results.skipped):
        results.add("fail", stage.name, "reported nothing")
    return results, time.monotonic() - start, log_path


def expected_skips():
    """The lines `NAME PATTERN: reason` of test/expected_skips.txt, as (pattern, reason)."""
    path = ROOT / "test/expected_skips.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    rows = [line.partition(": ") for line in lines if line.strip() and not line.startswith("#")]
    for pattern, _, reason in rows:
        if not reason.strip():
            sys.exit(f"{path}: `{pattern}` has no reason; write `name: reason`")
    return [(pattern.strip(), reason.strip()) for pattern, _, reason in rows]


def judge_skips(stage, results, expected):
    """A skip that nobody expected is a failure. Names are written `stage/name` in the list."""
    for name, why in list(results.skipped):
        full = f"{stage}/{name}"
        reason = next((reason for pattern, reason in expected if fnmatch.fnmatchcase(full, pattern)), None)
        if reason is None:
            results.skipped.remove((name, why))
            results.add("fail", name, f"skipped ({why}), and test/expected_skips.txt does not list {full}")
        else:
            print(f"    skipped {full}: {reason}")


def times(elapsed, computed):
    return f"{elapsed:7.1f} s {computed:7.1f} s CPU"


def show(stage, results, seconds, log_path):
    verdict = "FAILED" if results.failed else "ok"
    counts = f"{len(results.passed)} passed, {len(results.failed)} failed, {len(results.skipped)} skipped"
    print(f"{stage:<16} {times(seconds, results.computed)}  {verdict:<6}  {counts}", flush=True)
    if not results.failed:
        return
    for name, why in results.failed[:20]:
        print(f"    failed {name}" + (f": {why}" if why else ""))
    if len(results.failed) > 20:
        print(f"    ... and {len(results.failed) - 20} more")
    if log_path:
        # Result lines are counted above already; what is left says more.
        lines = [line for line in log_path.read_text(errors="replace").splitlines() if not RESULT_LINE.match(line)]
        print(f"    from the end of {os.path.relpath(log_path, ROOT)}:")
        print("\n".join("    | " + line for line in lines[-40:]), flush=True)


class Suite:
    """Stages in lanes: those of a lane run in their order, and each starts when all that it needs has ended well."""

    def __init__(self, stages):
        self.stages = stages
        self.expected = expected_skips()
        self.ended = {}  # name: whether it went well
        self.change = threading.Condition()
        self.crashed = False
        self.sums = {"passed": 0, "failed": 0, "skipped": 0}
        self.computed = 0.0

    def run(self):
        lanes = {}
        for stage in self.stages:
            lanes.setdefault(stage.lane, []).append(stage)
        # Daemons, so that this script can end while it waits for them.
        threads = [threading.Thread(target=self.run_in_order, args=(lane,), daemon=True) for lane in lanes.values()]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
            if self.crashed:
                sys.exit("a stage ended in an error of scripts/stages.py itself")
        finally:
            for process in list(RUNNING):
                end_group(process)

    def run_in_order(self, stages):
        try:
            for stage in stages:
                self.run_stage(stage)
        except BaseException:
            with self.change:
                self.crashed = True  # the others must not wait for it
                self.change.notify_all()
            raise

    def run_stage(self, stage):
        with self.change:
            self.change.wait_for(lambda: self.crashed or all(name in self.ended for name in stage.needs))
            if self.crashed:
                sys.exit("a stage ended in an error of scripts/stages.py itself")
            missing = [name for name in stage.needs if not self.ended[name]]
        if missing:
            results, seconds, log_path = Results(), 0.0, None
            results.add("fail", stage.name, f"not run, because {missing[0]} failed")
        else:
            results, seconds, log_path = run_stage(stage)
        with self.change:
            self.count(stage, results, seconds, log_path)
            self.change.notify_all()

    def count(self, stage, results, seconds, log_path):
        judge_skips(stage.name, results, self.expected)
        show(stage.name, results, seconds, log_path)
        self.ended[stage.name] = not results.failed
        for verdict in self.sums:
            self.sums[verdict] += len(getattr(results, verdict))
        self.computed += results.computed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", choices=["test", "soak"])
    parser.add_argument("--packages-took", type=float, default=0.0)
    parser.add_argument("only", nargs="*", help="run only these stages, and what they need")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))  # an exception, so that the running stage is ended too
    LOGS.mkdir(parents=True, exist_ok=True)

    stages = [stage for stage in (test_stages() if arguments.suite == "test" else soak_stages()) if exists(stage)]
    wanted = set(arguments.only)
    unknown = wanted - {stage.name for stage in stages}
    if unknown:
        sys.exit(f"{arguments.suite}: there is no stage {sorted(unknown)[0]}; choose from "
                 + ", ".join(stage.name for stage in stages))
    for stage in reversed(stages):
        if stage.name in wanted:
            wanted.update(stage.needs)

    start = time.monotonic() - arguments.packages_took
    print(f"{'packages':<16} {arguments.packages_took:7.1f} s", flush=True)
    suite = Suite([stage for stage in stages if not wanted or stage.name in wanted])
    suite.run()
    print(f"{'total':<16} {times(time.monotonic() - start, suite.computed)}")
    print(", ".join(f"{count} {verdict}" for verdict, count in suite.sums.items()))
    return 1 if suite.sums["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
