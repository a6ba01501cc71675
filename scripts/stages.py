#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The stages of `make test` and `make soak`: each is run with a bound in time, timed, and its results counted.

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
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
LOGS = BUILD / "stages"
RESULT_LINE = re.compile(r"^(pass|fail|skip) (\S[^:\n]*?)(?:: (.*))?$")
BOUND_LINE = re.compile(r"^# bound: (\d+)$", re.MULTILINE)
SANITIZED_LINE = re.compile(r"^# sanitized: yes$", re.MULTILINE)


class Results:
    """What one stage found: names only, so that sums are derived and never kept beside the facts."""

    def __init__(self):
        self.passed, self.failed, self.skipped = [], [], []

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


class Stage:
    """A name, how long it may take in seconds, and what it does: a command, or a function of (log, results)."""

    def __init__(self, name, bound, action, needs=()):
        self.name, self.bound, self.action, self.needs = name, bound, action, needs


def run_command(command, log, deadline, environment=None):
    """Runs a command into `log`; at the deadline its whole process group ends. Returns its status or None."""
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "MIRAGE_ROOT": str(ROOT), "MIRAGE_BUILD": str(BUILD), **(environment or {})})
    try:
        return process.wait(timeout=max(1.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
    finally:
        end_group(process)


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


def lines_of(command, environment=None):
    """A command that prints a line a result."""

    def action(log, results, deadline):
        status = run_command(command, log, deadline, environment)
        results.read_lines(pathlib.Path(log.name).read_text(errors="replace"))
        if status is None:
            return "took longer than its bound"
        if status != 0 and not results.failed:
            return f"ended with status {status}"
        return None

    return action


def steps(*commands):
    """Commands of which each must succeed; together they are one result."""

    def action(log, results, deadline):
        for command in commands:
            status = run_command(command, log, deadline)
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


def ctest(folder, *options):
    """Runs CTest in a build folder and counts the single GoogleTest cases of each test program."""

    def action(log, results, deadline):
        name = pathlib.Path(log.name).stem
        reports = folder / "test-reports"
        shutil.rmtree(reports, ignore_errors=True)
        junit = LOGS / f"{name}.xml"
        junit.unlink(missing_ok=True)
        status = run_command(
            ["ctest", "--test-dir", folder, "-j", str(os.cpu_count()), "--no-tests=error", "--output-on-failure",
             "--output-junit", junit, *options], log, deadline)
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
    """test/NAME/run (or soak): the tests that cross packages. A script may state its own bound."""
    for path, text in folder_scripts(file_name):
        stated = BOUND_LINE.search(text)
        yield Stage(path.parent.name, int(stated[1]) if stated else bound, lines_of([path]), needs)


def sanitized_stages(bound, needs):
    """Those of them that say `# sanitized: yes`, with what the asan preset built."""
    for path, text in folder_scripts("run"):
        stated = BOUND_LINE.search(text)
        if SANITIZED_LINE.search(text):
            yield Stage(f"asan-{path.parent.name}", 3 * (int(stated[1]) if stated else bound),
                        lines_of([path], {"MIRAGE_BUILD": str(BUILD / "asan")}), needs)


def folder_scripts(file_name):
    for path in sorted(ROOT.glob(f"test/*/{file_name}")):
        if os.access(path, os.X_OK):
            yield path, path.read_text(errors="replace")


def test_stages():
    yield Stage("format", 120, lines_of(["scripts/format"]))
    yield Stage("build", 2400, build("release", "all", "tests", "benchmarks"))
    yield Stage("unit", 1200, ctest(BUILD), ("build",))
    yield Stage("headers", 600, build("release", "check_headers"), ("build",))
    yield from folder_stages("run", 300, ("build",))
    yield Stage("bench", 600, lines_of(["bench/run"], {"BENCH_SECONDS": "1"}), ("build",))
    yield Stage("asan-build", 2400, build("asan", "tests", "fuzzers"))
    yield Stage("asan", 900, ctest(BUILD / "asan"), ("asan-build",))
    yield from sanitized_stages(300, ("build", "asan-build"))
    yield Stage("fuzz", 400, lines_of(["scripts/fuzz", "smoke"]), ("asan-build",))
    yield Stage("wasm-build", 900, build("wasm", "all", "tests"))
    yield Stage("wasm", 300, ctest(BUILD / "wasm"), ("wasm-build",))
    yield Stage("tidy", 360, lines_of(["scripts/tidy"]), ("build",))


def soak_stages():
    yield Stage("build", 2400, build("release", "all", "tests"))
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


def show(stage, results, seconds, log_path):
    verdict = "FAILED" if results.failed else "ok"
    counts = f"{len(results.passed)} passed, {len(results.failed)} failed, {len(results.skipped)} skipped"
    print(f"{stage:<16} {seconds:7.1f} s  {verdict:<6}  {counts}", flush=True)
    if not results.failed:
        return
    for name, why in results.failed[:20]:
        print(f"    failed {name}" + (f": {why}" if why else ""))
    if len(results.failed) > 20:
        print(f"    ... and {len(results.failed) - 20} more")
    if log_path:
        # Result lines are counted above already; what is left says more.
        lines = [line for line in log_path.read_text(errors="replace").splitlines() if not RESULT_LINE.match(line)]
        print(f"    from the end of {log_path.relative_to(ROOT)}:")
        print("\n".join("    | " + line for line in lines[-40:]), flush=True)


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

    expected = expected_skips()
    start = time.monotonic() - arguments.packages_took
    sums = {"passed": 0, "failed": 0, "skipped": 0}
    broken = set()
    print(f"{'packages':<16} {arguments.packages_took:7.1f} s  ok", flush=True)
    for stage in stages:
        if wanted and stage.name not in wanted:
            continue
        missing = [name for name in stage.needs if name in broken]
        if missing:
            results, seconds, log_path = Results(), 0.0, None
            results.add("fail", stage.name, f"not run, because {missing[0]} failed")
        else:
            results, seconds, log_path = run_stage(stage)
        judge_skips(stage.name, results, expected)
        if results.failed:
            broken.add(stage.name)
        show(stage.name, results, seconds, log_path)
        for key in sums:
            sums[key] += len(getattr(results, key))
    print(f"{'total':<16} {time.monotonic() - start:7.1f} s")
    print(f"{sums['passed']} passed, {sums['failed']} failed, {sums['skipped']} skipped")
    return 1 if sums["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
