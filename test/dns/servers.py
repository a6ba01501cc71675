# SPDX-License-Identifier: ISC
"""NSD, Knot and BIND from Debian, and ours, each on a port of 127.0.0.1 with the same zones."""

import socket
import time

import dns_daemons
from messages import RD, query

PORTS = {"ours": 5301, "nsd": 5302, "knot": 5303, "bind": 5304}
METRICS_PORT = 5305  # of ours

LOOPBACK = "127.0.0.1"


def nsd(folder, work, origins):
    zones = "".join(f"zone:\n  name: {origin}\n  zonefile: {folder}/{origin}.zone\n" for origin in origins)
    return dns_daemons.nsd(work, LOOPBACK, PORTS["nsd"], zones,
                           "  minimal-responses: yes\n  refuse-any: no\n  rrl-ratelimit: 0\n")


def knot(folder, work, origins):
    zones = "".join(f"  - domain: {origin}\n" for origin in origins)
    return dns_daemons.knot(work, LOOPBACK, PORTS["knot"], f"""template:
  - id: default
    storage: "{folder}"
    file: "%s.zone"
    semantic-checks: off
    zonefile-sync: -1
    journal-content: none
zone:
{zones}""")


def bind(folder, work, origins):
    zones = "".join(f'zone "{origin}" {{ type primary; file "{folder}/{origin}.zone"; check-names ignore; check-integrity no; }};\n'
                    for origin in origins)
    return dns_daemons.bind(work, LOOPBACK, PORTS["bind"], zones, "  minimal-responses yes;\n  minimal-any yes;\n  notify no;\n")


class Servers:
    """All four, until the block ends."""

    def __init__(self, folder, origins, image):
        self.origins, self.logs, self.processes = origins, {}, {}
        commands = {"ours": [image, f"--port={PORTS['ours']}", "--ipv4-only", f"--metrics-port={METRICS_PORT}", "-l",
                             "*:info,queries:debug"]}
        for make in (nsd, knot, bind):
            (folder / make.__name__).mkdir()
            commands[make.__name__] = make(folder, folder / make.__name__, origins)
        for name, command in commands.items():
            self.logs[name] = open(folder / f"{name}.log", "w+b")
            self.processes[name] = dns_daemons.begin(command, folder, self.logs[name])

    def __enter__(self):
        try:
            for name, port in PORTS.items():
                for origin in self.origins:
                    self.wait_for(name, port, origin)
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait_for(self, name, port, origin):
        soa = query(b"".join(bytes([len(part)]) + part for part in origin.encode().split(b".")) + b"\0", 6, RD)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.1)
            for _ in range(200):
                asking.sendto(soa, ("127.0.0.1", port))
                try:
                    answer = asking.recv(4096)
                except OSError:
                    time.sleep(0.05)
                    continue
                if answer[3] & 15 == 0 and answer[7] > 0:
                    return
                time.sleep(0.05)
        self.logs[name].seek(0)
        raise RuntimeError(f"{name} does not serve {origin}: {self.logs[name].read()[-1500:].decode(errors='replace')}")

    def __exit__(self, *_):
        dns_daemons.end(self.processes.values())
        for log in self.logs.values():
            log.close()
