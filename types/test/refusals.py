#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Compiles each file of a folder, which must be refused, and holds the compiler to the message.

A file says what a person must be able to read in the compiler's output, one line of it each and in this order:

    // error: 'tap' does not satisfy 'network_listen'
    // error: no member named 'listen' in 'tap'

The headers that they share are compiled once, so a file costs a tenth of a second.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

EXPECTATION = "// error: "
SHARED = "archetypes.hpp"
FLAGS = ["-std=c++23", "-stdlib=libstdc++", "-fsyntax-only", "-fno-caret-diagnostics", "-fno-color-diagnostics"]


def expectations(path):
    return [line.removeprefix(EXPECTATION) for line in path.read_text().splitlines() if line.startswith(EXPECTATION)]


def first_missing(wanted, output):
    """The first text that no line of the output holds behind the line of the one before."""
    lines = iter(output.splitlines())
    for text in wanted:
        if not any(text in line for line in lines):
            return text
    return None


def check(path, command):
    """A sentence that says what is wrong, or nothing."""
    wanted = expectations(path)
    if not wanted:
        return f"{path.name}: has no line `{EXPECTATION}...`, so nothing would be held"
    ran = subprocess.run([*command, path], capture_output=True, text=True, check=False, timeout=60)
    if ran.returncode == 0:
        return f"{path.name}: compiles, but it must be refused"
    missing = first_missing(wanted, ran.stderr)
    if missing is not None:
        return f"{path.name}: the compiler does not say `{missing}`; it says:\n{ran.stderr}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", default="clang++-19")
    parser.add_argument("--include", action="append", default=[], help="a folder of headers")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    includes = [f"-I{folder}" for folder in arguments.include]
    files = sorted(arguments.folder.glob("*.cpp"))
    if not files:
        sys.exit(f"{arguments.folder}: has no file to refuse")

    with tempfile.TemporaryDirectory() as scratch:
        precompiled = pathlib.Path(scratch) / "shared.pch"
        header = arguments.folder.parent / SHARED
        subprocess.run([arguments.compiler, *FLAGS[:2], *includes, "-x", "c++-header", header, "-o", precompiled], check=True)
        command = [arguments.compiler, *FLAGS, *includes, "-include-pch", precompiled]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            complaints = [text for text in pool.map(lambda path: check(path, command), files) if text]

    for complaint in complaints:
        print(complaint)
    print(f"{len(files) - len(complaints)} of {len(files)} files are refused with the message that they promise")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
