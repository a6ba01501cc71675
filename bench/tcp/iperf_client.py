# SPDX-License-Identifier: ISC
"""iperf3 as the client of a server in a guest: one connection, on the core of the clients."""

import json
import subprocess
import sys
import time

from server_process import CLIENT_CORE

PORT = 5201
WAYS = {"send": ["--reverse"], "receive": []}  # as the server sees it


def run(address, enter, *options):
    """What iperf3 says; its status does not tell errors."""
    command = [*enter, "taskset", "-c", CLIENT_CORE, "iperf3", "-J", "-c", address, "-p", PORT, *options]
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, timeout=120)
    return json.loads(done.stdout)


def rate(address, way, seconds, enter=()):
    """Gbit/s that came in at the receiver."""
    said = run(address, enter, "-t", seconds, *WAYS[way])
    if "error" in said:
        sys.exit(f"iperf3 to {address}: {said['error']}")
    return said["end"]["sum_received"]["bits_per_second"] / 1e9


def wait_until_it_listens(server, address, enter=()):
    for _ in range(300):
        server.must_run()
        if "error" not in run(address, enter, "-n", "1K", "--connect-timeout", "500"):
            return
        time.sleep(0.1)
    sys.exit(f"{server.name} does not answer")
