# SPDX-License-Identifier: ISC
"""scripts/demo, as a person calls it."""

import os
import signal
import socket
import subprocess
import time

from forwarded_ports import free_port
from http_checks import curl
from results import equal, require


def demo(root, port, **how):
    return subprocess.Popen([root / "scripts/demo"], env={**os.environ, "PORT": str(port)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, start_new_session=True, **how)


def one_sentence(root, port, words):
    process = demo(root, port)
    output, _ = process.communicate(timeout=60)
    require(process.returncode != 0, "the status is not 0", process.returncode)
    equal(len(output.splitlines()), 1, f"the number of lines in {output!r}")
    require(words in output, "the sentence says why", output)


def busy_port_is_told(root):
    with socket.create_server(("127.0.0.1", 0)) as other:
        one_sentence(root, other.getsockname()[1], "is in use")


def bad_ports_are_told(root):
    for port in ("x", "0", "65536", "-1", "", "99999999999999999999"):
        if port:  # an empty one is the default
            one_sentence(root, port, "is no port")


def serves_until_interrupted(root):
    port = free_port()
    process = demo(root, port)
    try:
        deadline = time.monotonic() + 240
        while True:
            require(process.poll() is None, "it runs", process.poll())
            require(time.monotonic() < deadline, "it serves within four minutes")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        answer = curl(f"http://localhost:{port}/")
        equal(answer.status, 200, "the first page")
        require(b"Mirage" in answer.body, "it is the documentation", answer.body[:80])
        # Ctrl-C goes to the whole foreground group.
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=20)
        require(process.returncode in (0, 130, -signal.SIGINT), "Ctrl-C ends it", process.returncode)
        require(f"http://localhost:{port}" in output, "the address is told", output[-300:])
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
