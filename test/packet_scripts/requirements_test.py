#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Holds requirements*.txt: every line names a script that is there or says why none is ("not implemented: why", "not
shown: where it is", "not applicable: why"), and every script is named by a line, but those of TCP, whose list is
net/tcp's."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"}


WITHOUT_SCRIPT = ("not implemented: ", "not shown: ", "not applicable: ")


def check(text, scripts, named):
    """What is wrong, a sentence each; adds the scripts that are named."""
    wrong = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 4 or not all(parts):
            wrong.append(f"{number}: a line is SECTION | LEVEL | what | script")
            continue
        section, level, _, shown = parts
        if not re.fullmatch(r"RFC\d+(-\d+(\.\d+)*)?", section):
            wrong.append(f"{number}: `{section}` is no section; write it as RFC1122-3.2.1")
        if level not in LEVELS:
            wrong.append(f"{number}: `{level}` is none of {', '.join(sorted(LEVELS))}")
        if shown.startswith(WITHOUT_SCRIPT):
            continue
        named.add(shown)
        if shown not in scripts:
            wrong.append(f"{number}: there is no script {shown}")
    return wrong


def unnamed(scripts, named):
    """The scripts that no list names."""
    return sorted(script for script in scripts - named if not script.startswith("tcp/"))


def main():
    folder = HERE / "scripts"
    scripts = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.script")}
    planted = "RFC1 | MUST | x | nowhere/at_all\nRFC1|MIGHT|x|not implemented: y\nhalf a line\n"
    if len(check(planted, set(), set())) != 3 or unnamed({"arp/x", "tcp/x"}, set()) != ["arp/x"]:
        print("this check does not find what is planted")
        return 1
    named = set()
    wrong = []
    for file in sorted(HERE.glob("requirements*.txt")):
        wrong += [f"{file.name}:{sentence}" for sentence in check(file.read_text(), scripts, named)]
    wrong += [f"no line of requirements*.txt names the script {script}" for script in unnamed(scripts, named)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
