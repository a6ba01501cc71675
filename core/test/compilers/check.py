#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Compiles the small programs beside it with a compiler, runs them, and prints a line each.

  check.py COMPILER              fails if one fails
  check.py COMPILER --refused    fails if none fails: the compiler is refused for a reason that still holds

Status 77: the compiler is not there (or, with --refused, is not the version that docs/compilers.md speaks of).
"""

import argparse
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# Each must pass: unoptimized, optimized, and as the sanitized tests are compiled.
MODES = [["-O0"], ["-O2"], ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]]
REFUSED_VERSION = "12."
SKIPPED = 77


def verdict(command, source, folder):
    """Nothing if the program is compiled rightly, else what is wrong."""
    program = folder / source.stem
    compiled = subprocess.run([*command, "-std=c++20", source, "-o", program], capture_output=True, text=True)
    if compiled.returncode != 0:
        return "does not compile: " + (compiled.stderr.splitlines() or ["no reason given"])[0]
    try:
        ran = subprocess.run([program], capture_output=True, text=True, errors="replace", timeout=60,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
    except subprocess.TimeoutExpired:
        return "never ends"
    if ran.returncode < 0:
        return f"dies of signal {-ran.returncode}"
    if ran.returncode > 0:
        said = [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip("= ")]
        return said[0].split("==")[-1][:60] if said else f"ends with status {ran.returncode}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("compiler")
    parser.add_argument("--refused", action="store_true")
    arguments = parser.parse_args()
    if not shutil.which(arguments.compiler):
        print(f"{arguments.compiler} is not installed")
        return SKIPPED
    version = subprocess.run([arguments.compiler, "-dumpversion"], capture_output=True, text=True).stdout.strip()
    if arguments.refused and not f"{version}.".startswith(REFUSED_VERSION):
        print(f"{arguments.compiler} is version {version}; docs/compilers.md speaks of {REFUSED_VERSION}x")
        return SKIPPED
    library = ["-stdlib=libstdc++"] if "clang" in arguments.compiler else []
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted(HERE.glob("*.cpp")):
            for mode in MODES:
                wrong = verdict([arguments.compiler, *library, *mode], source, pathlib.Path(folder))
                failed += wrong is not None
                print(f"{source.stem:12} {' '.join(mode[:2]):46} {wrong or 'passes'}", flush=True)
    print(f"{arguments.compiler} {version}: {failed} failures")
    return int(failed == 0) if arguments.refused else int(failed != 0)


if __name__ == "__main__":
    sys.exit(main())
