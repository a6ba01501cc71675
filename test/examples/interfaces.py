# SPDX-License-Identifier: ISC
"""Examples on interfaces of their own, whatever the target. Each function is named after its example, and gets its built image;
the interfaces are taps, and the host has the address HOST at the one of an example that has only one."""

import contextlib
import hashlib
import pathlib
import random
import re
import subprocess
import tempfile

from capture import frames, frames_are_sound
from host import HOST, OURS, PREFIX, command, give_address, mac_of, machine_behind, serving
from images import TAP
from iperf3 import iperf_measures
from link_names import ask_link, avahi
from project import eventually, texts
from results import require

FAR = "10.0.0.3"


def is_answered(image, peer, *arguments):
    found = image.messages("--ipv4", PREFIX, f"--peer={peer}", "--count=2", *arguments)
    require(len([line for line in found if re.fullmatch(rf"answer [12] from {peer} after \d+ us", line)]) == 2,
            "Linux answers ours", found)
    require(found[-1] == "2 of 2 were answered", "how many were answered", found)


def ping(image):
    with image.running("--ipv4", PREFIX):
        eventually(lambda: command("ping", "-c", "1", "-W", "1", OURS))
        shown = command("ping", "-c", "20", "-i", "0.01", "-W", "5", OURS)
        require(" 0% packet loss" in shown, "every ping of Linux is answered", shown)
    with image.running("--ipv4", PREFIX, "--ipv6=fd00::2/64"):
        command("ip", "-6", "addr", "replace", "fd00::1/64", "dev", TAP, "nodad")
        eventually(lambda: command("ping", "-c", "1", "-W", "1", "fd00::2"))
        shown = command("ping", "-c", "20", "-i", "0.01", "-W", "5", "-s", "3000", "fd00::2")
        require(" 0% packet loss" in shown, "every ping of Linux over IPv6 is answered", shown)
    # Linux takes no frames of a tap that was just opened, on a busy machine for longer than ARP asks.
    eventually(lambda: is_answered(image, HOST, "--size=3000"))
    eventually(lambda: is_answered(image, "fd00::1", "--ipv6=fd00::2/64"))
    found = image.messages("--ipv4", PREFIX, "--peer=10.0.0.77", "--count=1")
    require(found[-1] == "0 of 1 were answered", "who is not there does not answer", found)


@contextlib.contextmanager
def lease_script():
    """What udhcpc calls: it tells what was leased, and changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "script"
        script.write_text('#!/bin/sh\necho "event=$1 ip=$ip mask=$mask router=$router lease=$lease serverid=$serverid"\n')
        script.chmod(0o755)
        yield script


def says(output, line):
    def told():
        require(line in texts("".join(output)), f"it says {line!r}", output)

    eventually(told)


def dhcp(image):
    with image.running("--ipv4", PREFIX, "--first=10.0.0.50", "--last=10.0.0.51", "--lease=2h") as output, \
            lease_script() as script:
        def ask(*options):
            return command("udhcpc", "-i", TAP, "-f", "-n", "-q", "-t", "40", "-T", "1", "-s", script, *options)

        wanted = f"event=bound ip=10.0.0.50 mask=24 router={OURS} lease=7200 serverid={OURS}"
        for _ in range(2):  # who comes again gets the same
            shown = ask()
            require(wanted in shown, "the lease", shown)
        shown = ask("-r", "10.0.0.51", "-x", "0x3d:ff00000001", "-C", "-R")
        require("ip=10.0.0.51" in shown, "another client gets what it asks for", shown)

        says(output, f"10.0.0.50 is leased to {mac_of(TAP)}")
    found = image.messages("--ipv4", PREFIX, "--first=10.0.1.50")
    require(found == ["10.0.1.50 to 10.0.0.199 is no part of 10.0.0.0/24"], "a pool elsewhere is refused", found)


def forwards(image, ways, *options):
    """The cable between the host and the machine on the right carries what an interface does, whole and in both directions."""
    with image.running(*options) as output:
        eventually(lambda: command("ip", "link", "show", "right"))
        give_address("left")
        with machine_behind("right", FAR) as inside:
            eventually(lambda: command("ping", "-c", "1", "-W", "1", FAR))
            shown = command("ping", "-c", "20", "-i", "0.01", "-W", "5", "-s", "6000", FAR)
            require(" 0% packet loss" in shown, "pings arrive, and fragments", shown)
            with subprocess.Popen([*inside, "iperf3", "-s", "-p", "5202"], stdout=subprocess.DEVNULL) as server:
                try:
                    eventually(lambda: iperf_measures(FAR, 5202, "-t1", "-u", "-b1M"))
                    for way in ways:
                        rate = iperf_measures(FAR, 5202, *way.split())
                        require(rate > 10e6, f"{way}: more than 10 Mbit/s", rate)
                finally:
                    server.kill()
    told = [line for line in texts("".join(output)) if "frames" in line]
    require(len(told) == 2, "it tells of both directions", output)


def netif_forward(image):
    datagrams = "-t1 -u -b20M"
    forwards(image, ("-n20M", "-n20M -R", datagrams))
    if image.target == "unix":  # where one can say what an interface leaves to the host
        forwards(image, ("-n20M", "-n20M -R", datagrams), "--left-offloads=false", "--right-offloads=false")
        # Checksums that the host on the left leaves undone, where the interface on the right makes none.
        forwards(image, (datagrams,), "--right-offloads=false")


def two_networks(image):
    """Two machines, each behind an interface of ours: both are served, and neither reaches the address on the other's side."""
    arguments = ("--inside-ipv4=10.2.0.2/24", "--inside-ipv6=fd02::2/64",
                 "--outside-ipv4=10.3.0.2/24", "--outside-ipv4-gateway=10.3.0.1")
    with image.running(*arguments):
        eventually(lambda: command("ip", "link", "show", "outside"))
        with machine_behind("inside", "10.2.0.1") as inside, machine_behind("outside", "10.3.0.1") as outside:
            command(*inside, "ip", "route", "add", "default", "via", "10.2.0.2")
            command(*outside, "ip", "route", "add", "default", "via", "10.3.0.2")
            command(*inside, "ip", "addr", "add", "fd02::1/64", "dev", "inside", "nodad")
            command(*outside, "ip", "addr", "add", "192.0.2.1/32", "dev", "lo")

            def asks(machine, address, *options):
                return command(*machine, "curl", "--silent", "--http0.9", "--max-time", "5", *options, f"http://{address}:7/")

            def hears(answer, *question):
                eventually(lambda: require(asks(*question) == answer, "the answer", question))

            hears("you are 10.2.0.1, and I am 10.2.0.2\n", inside, "10.2.0.2")
            hears("you are 10.3.0.1, and I am 10.3.0.2\n", outside, "10.3.0.2")
            hears("you are 192.0.2.1, and I am 10.3.0.2\n", outside, "10.3.0.2", "--interface", "192.0.2.1")
            hears("you are fd02::1, and I am fd02::2\n", inside, "[fd02::2]")
            command(*inside, "ping", "-c", "2", "-i", "0.01", "-W", "5", "10.2.0.2")
            for machine, address in ((inside, "10.3.0.2"), (outside, "10.2.0.2")):
                over = subprocess.run([*machine, "ping", "-c", "1", "-W", "1", address], stdout=subprocess.PIPE, timeout=60)
                require(over.returncode == 1, "what is for the other interface is not taken", over.stdout)


UDP_ECHO = """
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("", 7))
    while True:
        question, peer = server.recvfrom(65536)
        server.sendto(question + peer[0].encode(), peer)
"""
UDP_ASK = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(2)
    client.sendto(b"x" * int(sys.argv[2]), (sys.argv[1], 7))
    answer = client.recv(65536)
    print(len(answer), answer.lstrip(b"x").decode())
"""
INSIDE, SEEN, SERVER = "192.168.1.10", "10.5.0.2", "10.5.0.9"


def goes_through_router(client, server, page):
    """What a host inside does with one outside, which knows nothing of the inside; and the other way by the forwarded port."""
    def fetch(machine, url):
        done = subprocess.run([*machine, "curl", "--silent", "--fail", "--max-time", "30", url], stdout=subprocess.PIPE, timeout=60)
        require(done.returncode == 0, f"{url} is answered", done.returncode)
        return hashlib.sha256(done.stdout).hexdigest()

    wanted = hashlib.sha256(page).hexdigest()
    for machine, url in ((client, f"http://{SERVER}:8000/page.bin"), (server, f"http://{SEEN}:8080/page.bin"),
                         (client, f"http://{SEEN}:8080/page.bin")):
        require(eventually(lambda: fetch(machine, url)) == wanted, f"{url}: the bytes are others")  # noqa: B023
    for size in ("56", "6000"):
        shown = command(*client, "ping", "-c", "10", "-i", "0.01", "-W", "5", "-s", size, SERVER)
        require(" 0% packet loss" in shown, f"pings of {size} bytes come back", shown)
    for size in (10, 1472, 9000):
        shown = eventually(lambda: command(*client, "python3", "-c", UDP_ASK, SERVER, size))  # noqa: B023
        require(shown == f"{size + len(SEEN)} {SEEN}\n", "a datagram comes back, and came from the router", shown)
    expired = subprocess.run([*client, "ping", "-c", "1", "-W", "5", "-t", "1", SERVER], stdout=subprocess.PIPE, text=True, timeout=60)
    require("From 192.168.1.1" in expired.stdout and "Time to live exceeded" in expired.stdout, "the router is seen", expired.stdout)
    stranger = subprocess.run([*server, "curl", "--silent", "--max-time", "1", f"http://{SEEN}:8000/"], timeout=60)
    require(stranger.returncode != 0, "no other port leads inside")
    for machine, address in ((client, "192.168.1.1"), (server, SEEN)):
        command(*machine, "ping", "-c", "1", "-W", "5", address)


def routes(image, page, *options):
    arguments = ("--inside-ipv4=192.168.1.1/24", f"--outside-ipv4={SEEN}/24", f"--forward=tcp:8080:{INSIDE}:8000")
    with image.running(*arguments, *options):
        eventually(lambda: command("ip", "link", "show", "outside"))
        with machine_behind("inside", INSIDE) as client, machine_behind("outside", SERVER) as server:
            command(*client, "ip", "route", "add", "default", "via", "192.168.1.1")
            files = ("python3", "-m", "http.server", "--directory", image.folder / "pages", "8000")
            with serving(client, *files), serving(server, *files), serving(server, "python3", "-c", UDP_ECHO):
                goes_through_router(client, server, page)


def router(image):
    page = random.Random(3).randbytes(3_000_000)
    (image.folder / "pages").mkdir(exist_ok=True)
    (image.folder / "pages/page.bin").write_bytes(page)
    routes(image, page)
    if image.target == "unix":  # where an interface writes down its frames, and leaves nothing to the host if it is told
        captures = {side: image.folder / f"{side}.pcap" for side in ("inside", "outside")}
        routes(image, page, *(f"--{side}-{what}" for side in captures for what in ("offloads=false", f"pcap={captures[side]}")))
        for side, ours in (("inside", f"ip.src == 192.168.1.1 or ip.src == {SERVER}"), ("outside", f"ip.src == {SEEN}")):
            frames_are_sound(captures[side], ours)
        require(not frames(captures["outside"], f"ip.addr == {INSIDE}"), "nothing outside tells of the inside")
    refused = image.run("--forward=tcp:80:nowhere:80", status=64)
    require("--forward" in refused and "tcp:8080:10.0.1.2:80" in refused, "a forward that is none gets one sentence", refused)


def local_name(image):
    with image.running("--ipv4", PREFIX, "--host=printer") as output:
        says(output, "this is printer.local.")
        require(eventually(lambda: ask_link("printer.local", HOST)) == OURS, "the link answers for it")
        with avahi("printer", TAP):
            require(ask_link("printer.local", HOST) == OURS, "it stays so when another host wants the name")
            require(eventually(lambda: ask_link("printer-2.local", HOST)) == HOST, "which takes another")
    with avahi("scanner", TAP):
        require(eventually(lambda: ask_link("scanner.local", HOST)) == HOST, "another host is there")
        with image.running("--ipv4", PREFIX, "--host=scanner", "--peer=scanner.local") as output:
            says(output, "this is scanner-2.local.")
            says(output, f"scanner.local is at {HOST}")


INTERFACES = {ping: ("",), dhcp: ("",), local_name: ("",), netif_forward: ("left", "right"), two_networks: ("inside", "outside"),
              router: ("inside", "outside")}
