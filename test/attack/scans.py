# SPDX-License-Identifier: ISC
"""nmap finds what is there and cannot guess what comes next. Each function gives how many closed ports it asked for at least."""

import re
import subprocess

from results import require

SERVICES = {"8080", "8081"}
NO_SECRETS = ("SF", "OS:")  # lines of fingerprints, which nobody reads


def nmap(address, *options):
    family = ["-6"] if ":" in address else []
    done = subprocess.run(["nmap", *family, "-n", "-Pn", "-v", "-T4", "--host-timeout", "60s", *options, address],
                          stdout=subprocess.PIPE, text=True, timeout=90)
    shown = "\n".join(line for line in done.stdout.splitlines() if not line.startswith(NO_SECRETS))
    require(done.returncode == 0 and "host timeout" not in shown, "nmap comes to an end", shown)
    return shown


def ports(shown, state):
    return set(re.findall(rf"^(\d+)/tcp +{re.escape(state)} ", shown, re.MULTILINE))


def everything(address):
    """Ports of TCP and UDP, the versions of what serves there, and what gives the system away."""
    shown = nmap(address, "-sS", "-sU", "-sV", "-O", "-p", "T:1-1024,8080,8081,U:7,53,123")
    require(ports(shown, "open") == SERVICES, "the open ports", shown)
    require("3 closed udp ports (port-unreach)" in shown, "the closed ports of UDP", shown)
    if ":" not in address:
        require("(Good luck!)" in shown and "IP ID Sequence Generation: All zeros" in shown, "what cannot be guessed", shown)
    return 1024


def by_stealth(address):
    """Segments that belong to no connection: none, FIN, and all of FIN, PSH and URG; then bare acknowledgements."""
    closed = 100
    asked = f"1-{closed},8080,8081"
    for kind in ("-sN", "-sF", "-sX"):
        shown = nmap(address, kind, "-p", asked)
        require(ports(shown, "open|filtered") == SERVICES, f"{kind}: a listener is silent, other ports are closed", shown)
    shown = nmap(address, "-sA", "-p", asked)
    require(f"{closed + 2} unfiltered tcp ports (reset)" in shown, "every port refuses an acknowledgement", shown)
    return 4 * closed
