# SPDX-License-Identifier: ISC
"""What a benchmark prints: figures on standard output, all else on standard error (bench/README.md)."""

import json
import os
import pathlib
import shutil
import sys

ROOT = pathlib.Path(os.environ["MIRAGE_ROOT"])
BUILD = pathlib.Path(os.environ["MIRAGE_BUILD"])
SMOKE = "BENCH_SECONDS" in os.environ
LACKING = 77  # the status that says that this machine lacks something


def tell(*words):
    print(*words, file=sys.stderr, flush=True)


def lacks(reason):
    """Ends the script, because of something that this machine does not have."""
    tell(reason)
    sys.exit(LACKING)


def must_have(*programs):
    """Ends the script if one of them is not there."""
    for program in programs:
        if not shutil.which(program):
            lacks(f"{program} is not installed; scripts/install-packages bench does it")


def must_have_network_namespaces():
    """Ends the script if it may not make them, and taps in them."""
    if os.geteuid() != 0 or not os.path.exists("/dev/net/tun"):
        lacks("needs root and /dev/net/tun, for network namespaces and taps")


def figure(name, ours, peer=None, unit="", wanted=None):
    print(json.dumps({"name": name, "ours": ours, "peer": peer, "unit": unit, "wanted": wanted}), flush=True)


def spread(values, digits=0):
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"
