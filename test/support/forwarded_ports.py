# SPDX-License-Identifier: ISC
"""Ports of this machine that `mirage run -p` leads to an image, and how pages are fetched through them."""

import socket
import subprocess

from results import require


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def curl(*words):
    done = subprocess.run(["curl", "-s", "-S", "--max-time", "10", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    require(done.returncode == 0, f"curl {' '.join(words)}", done.stderr.decode())
    return done.stdout
