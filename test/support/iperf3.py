# SPDX-License-Identifier: ISC
"""Throughput as iperf3 measures it."""

import json

from host import command
from project import eventually
from results import require


def iperf_measures(address, port, *options):
    """What iperf3 says of one test: bits a second that arrived."""
    words = ["iperf3", "--json", "-c", address, "-p", port, *(options or ("-t1",))]

    def measure():
        report = json.loads(command(*words))
        if "error" in report:  # Linux's server may not have begun yet, or be busy with the client before
            raise ConnectionError(report["error"])
        return report

    report = eventually(measure)
    sent, received = report["end"]["sum_sent"]["bytes"], report["end"]["sum_received"]["bytes"]
    require(0 < received <= sent, "what both ends counted fits together", (sent, received))
    return report["end"]["sum_received"]["bits_per_second"]
