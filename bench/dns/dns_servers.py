# SPDX-License-Identifier: ISC
"""What the benchmarks of this folder share: ours and NSD with the same zone, each on its core when its turn comes, and dnsperf on
the other core."""

import pathlib
import re
import socket
import statistics
import subprocess
import sys

from dns_load import ZONE, names_of, write_queries, write_zone
from figures import SMOKE, figure, spread, tell
from server_process import CLIENT_CORE, ServerProcess

SIZES = (100,) if SMOKE else (100, 1000, 10_000, 1_000_000)
ROUNDS, SECONDS = (1, 1) if SMOKE else (5, 2)
OUTSTANDING = 200
PROGRAMS = ("nsd", "dnsperf", "dig", "taskset")
COALESCING = 200  # microseconds that ours may gather queries for, when it is busy


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that answers at `address`. `client` is what clients are started with, so that they run where it can be reached."""

    def __init__(self, process, address, port, client=()):
        self.process, self.name = process, process.name
        self.address, self.port, self.client = address, port, list(client)

    def stop(self):
        self.process.stop()

    def wait_for(self, name):
        for _ in range(600):
            self.process.must_run()
            asked = subprocess.run([*self.client, "dig", f"@{self.address}", "-p", str(self.port), "+short", "+time=1", "+tries=1", name],
                                   stdout=subprocess.PIPE, text=True, check=False)
            if asked.stdout.startswith("10."):
                return
        sys.exit(f"{self.name} does not answer")

    def load(self, queries, sockets, seconds):
        """Queries per second of the server's CPU, per second, and the mean latency in microseconds."""
        before = self.process.cpu_seconds()
        shown = subprocess.run([*self.client, "taskset", "-c", CLIENT_CORE, "dnsperf", "-s", self.address, "-p", str(self.port), "-d", queries,
                                "-l", str(seconds), "-c", str(sockets), "-q", str(OUTSTANDING), "-T", "1"], check=True, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
        used = self.process.cpu_seconds() - before
        completed = int(re.search(r"Queries completed:\s+(\d+)", shown)[1])
        good = re.search(r"NOERROR (\d+)", shown)
        if good is None or int(good[1]) != completed:
            sys.exit(f"{self.name} did not answer all with addresses: {shown}")
        latency = float(re.search(r"Average Latency \(s\):\s+([0-9.]+)", shown)[1])
        return completed / used, completed / seconds, latency * 1e6


class Nsd(ServerProcess):
    """What answers is a child of what is started."""

    def cpu_seconds(self):
        total, waiting = 0.0, [self.process.pid]
        while waiting:
            self.pid = waiting.pop()
            total += super().cpu_seconds()
            children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            waiting.extend(map(int, children))
        return total


def nsd_configuration(folder, address, port):
    return f"""server:
  ip-address: {address}@{port}
  server-count: 1
  username: ""
  zonesdir: "{folder}/zones"
  database: ""
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd.state"
  zonelistfile: "{folder}/zone.list"
  xfrdir: "{folder}"
  minimal-responses: yes
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: {ZONE}
  zonefile: {ZONE}.zone
"""


def start_nsd(folder, address, client=()):
    port = free_port()
    (folder / "nsd.conf").write_text(nsd_configuration(folder, address, port))
    return Server(Nsd("nsd", ["nsd", "-d", "-c", folder / "nsd.conf"], cwd=folder), address, port, client)


def ours_arguments(port, *arguments):
    return [f"--port={port}", f"--coalesce={COALESCING}us", *arguments]


def start_ours(folder, image, address, *arguments, name="ours", start=(), client=()):
    """`start`: what it is started with, where that is not here."""
    port = free_port()
    words = [*start, image, *ours_arguments(port, *arguments)]
    return Server(ServerProcess(name, words, cwd=folder), address, port, client)


def make_zone(folder, size):
    """A name in it."""
    (folder / "zones").mkdir(parents=True, exist_ok=True)
    names = names_of(size)
    write_zone(folder / f"zones/{ZONE}.zone", names)
    write_queries(folder / "queries", names)
    return f"{names[0]}.{ZONE}"


def measure(folder, size, sockets, start):
    """Medians by server and number of client sockets: queries per CPU second, per second, latency. `start` makes the servers, given a
    list to which it adds each."""
    name = make_zone(folder, size)
    servers = []
    try:
        start(servers)
        for server in servers:
            server.wait_for(name)
        results = {(server.name, count): [] for server in servers for count in sockets}
        for _ in range(ROUNDS):
            for count in sockets:
                for server in servers:
                    results[server.name, count].append(server.load(folder / "queries", count, SECONDS))
    finally:
        for server in servers:
            server.stop()
    for (who, count), runs in results.items():
        per_cpu, rates, latencies = zip(*runs)
        tell(f"{size} names, {count} client sockets, {OUTSTANDING} queries on their way, {who}: queries per CPU second"
             f" {spread(per_cpu)}, per second {spread(rates)}, mean latency {spread(latencies)} us")
    return {key: tuple(map(statistics.median, zip(*runs))) for key, runs in results.items()}


def show(title, medians, who, wanted):
    """The figures of one way to the server, beside NSD, for each size and number of sockets. `wanted`: the bars by number of sockets."""
    for size, by in medians.items():
        for count, bar in wanted.items():
            ours, nsd = by[who, count], by["nsd", count]
            figure(f"{title}.{size}.{count}", ours[0], nsd[0], "queries/CPU s", bar)
            figure(f"{title}.{size}.{count}.latency", ours[2], nsd[2], "us", "<= 1.0x")


def show_million(title, medians, who, sockets, bar):
    """What a million names cost."""
    if SMOKE:
        return
    for count in sockets:
        figure(f"{title}.million.{count}", medians[1_000_000][who, count][0], medians[100][who, count][0], "queries/CPU s",
               f"{bar} of a hundred names")
