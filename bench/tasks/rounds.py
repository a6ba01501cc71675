# SPDX-License-Identifier: ISC
"""What the benchmarks of tasks share: the two programs, rounds of them in turn, medians, and figures."""

import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(os.environ["MIRAGE_ROOT"])
BUILD = pathlib.Path(os.environ["MIRAGE_BUILD"])
HELPERS = BUILD / "bench/tasks/helpers"
OURS = HELPERS / "measured"
SMOKE = "BENCH_SECONDS" in os.environ
ROUNDS = 1 if SMOKE else 7
LACKING = 77


def tell(*words):
    print(*words, file=sys.stderr, flush=True)


def peer():
    """The Lwt program, compiled as its users do for speed."""
    source = ROOT / "bench/tasks/lwt/measured.ml"
    program = HELPERS / "lwt/measured"
    if not shutil.which("ocamlfind") or subprocess.run(["ocamlfind", "query", "lwt.unix"], capture_output=True).returncode:
        tell("Lwt is not installed: scripts/install-packages bench")
        sys.exit(LACKING)
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        program.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, program.parent)  # the compiler writes beside its source
        subprocess.run(["ocamlfind", "ocamlopt", "-O3", "-unsafe", "-inline", "100", "-thread", "-package", "lwt,lwt.unix",
                        "-linkpkg", "measured.ml", "-o", "measured"], cwd=program.parent, check=True, capture_output=True)
    return program


def measure(program, *words):
    """{name: value} of one run."""
    said = subprocess.run([program, *map(str, words)], check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in re.findall(r"^(\w+) ([0-9.]+)$", said, re.MULTILINE)}


def medians(rounds):
    return {name: statistics.median(of[name] for of in rounds) for name in rounds[0]}


def side_by_side(words, peer_words=None, rounds=ROUNDS):
    """The medians of ours and the peer's, which take turns."""
    lwt = peer()
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(measure(OURS, *words))
        theirs.append(measure(lwt, *(peer_words or words)))
    return medians(ours), medians(theirs)


def figure(name, ours, theirs=None, unit="", wanted=None):
    print(json.dumps({"name": name, "ours": ours, "peer": theirs, "unit": unit, "wanted": wanted}), flush=True)
