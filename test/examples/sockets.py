# SPDX-License-Identifier: ISC
"""Examples on a stack, the host's or our own. Each function is named after its example, and gets its built image."""

import contextlib
import re
import socket
import subprocess
import threading

from host import command
from iperf3 import iperf_measures
from name_server import name_server
from project import eventually, texts
from results import require
from time_server import time_server
from web_server import web_server


def connect(image, port):
    return eventually(lambda: socket.create_connection((image.address, port), timeout=10))


def network(image):
    with image.running(*image.addressed) as output:
        with connect(image, 8080) as peer:
            peer.sendall(b"good day")
            peer.shutdown(socket.SHUT_WR)
            require(peer.recv(10) == b"", "it closes after the first read")
    found = texts("".join(output))
    require("read 8 bytes: good day" in found, "what came", found)
    require(any(line.startswith("connection from") and image.host in line for line in found), "who", found)


def udp_echo(image):
    with image.running(*image.addressed), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(0.2)

        def ask(question):
            peer.sendto(question, (image.address, 7))
            return peer.recv(65536)

        require(eventually(lambda: ask(b"first")) == b"first", "the echo")
        with contextlib.suppress(TimeoutError):
            while peer.recv(65536):  # what was asked before may be answered yet
                pass
        peer.settimeout(10)
        for size in (0, 1, 1472, 1473, 9000):
            require(ask(bytes([size % 251]) * size) == bytes([size % 251]) * size, f"{size} bytes")


def udp_ping(image):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((image.host, 0))
        server.settimeout(30)

        def answer():
            for _ in range(3):
                question, peer = server.recvfrom(2048)
                server.sendto(question, peer)

        answering = threading.Thread(target=answer)
        answering.start()
        port = server.getsockname()[1]
        found = image.messages(*image.addressed, f"--to={image.host}", f"--port={port}", "--count=3")
        answering.join()
    # Linux may need a second until its end of a new tap takes answers.
    answered = [line for line in found if re.match(r"[23] was answered after \d+ us", line)]
    require(len(answered) == 2 and found[-1] in ("2 of 3 were answered", "3 of 3 were answered"), "the answers", found)


def http_hello(image):
    with image.running(*image.addressed):
        connect(image, 8080).close()
        answer = command("curl", "-s", "-S", "-i", "--max-time", "10", f"http://{image.address}:8080/anything")
        require(answer.startswith("HTTP/1.1 200 OK\n"), "the status", answer)
        require(answer.endswith("\n\nhello mirage world!\n"), "the body", answer)


def http_fetch(image):
    # The host's stack has the host's resolver, our own asks a name server.
    ours = image.target != "unix"
    host, names = ("www.example.org", (f"--dns-servers={image.host}",)) if ours else ("localhost", ())
    with web_server(image.host, b"x" * 1234, X_Peer="python") as port, name_server(image.host, {host: image.host}):
        found = image.messages(*image.addressed, *names, f"--uri=http://{host}:{port}/page")
        require("status 200" in found and "1234 bytes of body" in found, "status and length", found)
        require("X-Peer: python" in found, "the headers", found)
        if ours:
            found = image.messages(*image.addressed, *names, f"--uri=http://nowhere.example.org:{port}/")
            require(found[-1].endswith("the server cannot be reached"), "a name that does not exist", found)
    found = image.messages(*image.addressed, "--uri=gopher://localhost/")
    require(len(found) == 1 and "gopher" in found[0], "another scheme is refused", found)


def iperf(image):
    """Both directions, one and several connections; what is not served is refused, and the next client is served again."""
    with image.running(*image.addressed) as output:
        connect(image, 5201).close()
        for options in ("-t1", "-t1 -R", "-n20M -P4", "-n20M -P3 -R"):
            rate = iperf_measures(image.address, 5201, *options.split())
            require(rate > 10e6, f"{options}: more than 10 Mbit/s", rate)
        refused = subprocess.run(["iperf3", "-u", "-c", image.address, "-t", "1"], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, timeout=60)
        require(refused.returncode != 0 and "not implemented" in refused.stdout, "UDP is refused", refused.stdout)
        require(iperf_measures(image.address, 5201, "-n1M") > 0, "and the next one is served")
    require(sum("Mbit/s" in line for line in texts("".join(output))) >= 5, "it tells of each test", output)


def clock_sync(image):
    with time_server(image.host, ahead=5) as port:
        found = image.messages(*image.addressed, f"--server={image.host}:{port}")
    match = re.fullmatch(r"this clock is (\d+) us behind, delay (\d+) us, stratum 2", found[-1])
    require(match is not None, "the offset and the delay", found)
    offset, delay = int(match[1]), int(match[2])
    require(abs(offset - 5_000_000) <= delay / 2 + image.clock_error, "the server is five seconds ahead", found)


SOCKETS = (network, udp_echo, udp_ping, http_hello, http_fetch, iperf, clock_sync)
