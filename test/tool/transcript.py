#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Runs transcripts of a terminal and compares what the commands print with what stands there.

  transcript.py [--update] CASE.t ...

A transcript is text with indented commands and their output:

    Words for people.
      $ mirage configure
      mirage: there is no config.cpp ...
      [1]

Lines that begin with two spaces and `$ ` are commands (`> ` continues one), the indented lines below are their
output, and `[N]` is a status other than 0. Each transcript runs in one shell, in an empty folder. Paths and times are
normalised; `--update` writes what really came into the file.
"""

import argparse
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ.get("MIRAGE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("MIRAGE_BUILD", ROOT / "build"))
MARK = "end of output 5b1c"
LIMIT = 580  # seconds for a transcript

# How long something takes, or whether the cache is filled already, is no result.
DROPPED = re.compile(r"^(Building the libraries for \w+; this happens once|Another mirage builds .*)$")
NORMAL = [(re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME")]


def parse(text):
    """The transcript as a list of ["words", [lines]] and ["command", [lines], [expected lines]]."""
    parts = []
    for line in text.splitlines():
        if line.startswith("  $ "):
            parts.append(["command", [line[4:]], []])
        elif line.startswith("  > ") or line == "  >":
            parts[-1][1].append(line[4:])
        elif line.startswith("  ") and parts and parts[-1][0] == "command":
            parts[-1][2].append(line[2:])
        else:
            if not parts or parts[-1][0] != "words":
                parts.append(["words", []])
            parts[-1][1].append(line)
    return parts


def render(parts):
    lines = []
    for part in parts:
        if part[0] == "words":
            lines += part[1]
            continue
        lines.append("  $ " + part[1][0])
        lines += ["  > " + line for line in part[1][1:]]
        lines += ["  " + line for line in part[2]]
    return "\n".join(lines) + "\n"


def environment(folder):
    kept = {name: os.environ[name] for name in ("HOME", "XDG_CACHE_HOME", "CCACHE_DIR") if name in os.environ}
    path = f"{BUILD}/bin:{os.environ.get('PATH', '/usr/bin:/bin')}"
    return {**kept, "PATH": path, "LC_ALL": "C.UTF-8", "TERM": "dumb", "TMPDIR": str(folder.parent),
            "ROOT": str(ROOT), "BUILD": str(BUILD)}


def normalised(text, folder):
    text = text.replace(str(folder), "$PROJECT").replace(str(BUILD), "$BUILD").replace(str(ROOT), "$ROOT")
    for pattern, word in NORMAL:
        text = pattern.sub(word, text)
    return [line for line in text.splitlines() if not DROPPED.match(line)]


def run(parts, folder):
    """Runs the commands in one shell and gives the parts with the output that really came."""
    script = []
    commands = [part for part in parts if part[0] == "command"]
    for part in commands:
        script += part[1] + [f"printf '\\n{MARK} %d\\n' $?"]
    done = subprocess.run(["bash"], input="\n".join(script) + "\n", cwd=folder, env=environment(folder), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT)
    outputs = re.split(rf"\n{MARK} (\d+)\n", done.stdout)
    real = []
    index = 0
    for part in parts:
        if part[0] == "words":
            real.append(part)
            continue
        if index + 1 >= len(outputs):
            raise SystemExit(f"the shell ended early: {done.stdout}")
        lines = normalised(outputs[index], folder)
        if outputs[index + 1] != "0":
            lines.append(f"[{outputs[index + 1]}]")
        real.append([part[0], part[1], lines])
        index += 2
    return real


def check(path, update):
    expected = path.read_text()
    with tempfile.TemporaryDirectory(prefix="mirage-transcript-") as scratch:
        folder = pathlib.Path(scratch).resolve() / "project"
        folder.mkdir()
        real = render(run(parse(expected), folder))
    if real == expected:
        print(f"pass {path.stem}")
        return True
    if update:
        path.write_text(real)
        print(f"wrote {path}")
        return True
    print("\n".join(difflib.unified_diff(expected.splitlines(), real.splitlines(), "expected", "real", lineterm="")))
    print(f"fail {path.stem}: prints something else (transcript.py --update accepts it)")
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write what really came into the files")
    parser.add_argument("cases", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    if not shutil.which("mirage", path=f"{BUILD}/bin"):
        sys.exit(f"there is no {BUILD}/bin/mirage; build it first")
    good = [check(path, arguments.update) for path in arguments.cases]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
