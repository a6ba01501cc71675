# SPDX-License-Identifier: ISC
"""What the benchmarks of this folder share: both servers, pinned to one core, and the load from the other."""

import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))

import linux_guest  # noqa: E402
import project  # noqa: E402
from figures import ROOT  # noqa: E402
from server_process import CLIENT_CORE, ServerProcess  # noqa: E402

CONNECTIONS = 64
SIZES = {"1k": 1024, "16k": 16 * 1024}


def run(*command, **how):
    return subprocess.run(list(map(str, command)), check=True, text=True, stdout=subprocess.PIPE, **how).stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_files(work):
    """Bytes that nobody compresses, the same in every run."""
    folder = work / "htdocs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = random.Random(1)
    for name, size in SIZES.items():
        (folder / f"{name}.bin").write_bytes(source.randbytes(size))
    return folder


def build_website(work, htdocs, *keys, target="unix"):
    """The appliance, as a user builds it."""
    return project.build(work, "appliances/website", target, f"--htdocs={htdocs}", *keys)


def copy_anew(*files):
    """In place of each a copy, as one is deployed: written in one piece, it lies in large pages of the page cache. A linker writes
    page by page, and sendfile then takes longer, as it would with nginx's files."""
    for file in files:
        content, mode = file.read_bytes(), file.stat().st_mode
        file.unlink()
        file.write_bytes(content)
        file.chmod(mode)


class Server:
    """A process that serves the files of make_files. `client` is what clients are started with, so that they run where the
    server can be reached at `address`."""

    def __init__(self, process, port, address="127.0.0.1", client=()):
        self.process, self.name = process, process.name
        self.port, self.address, self.client = port, address, list(client)
        self.wait_until_it_answers()

    def stop(self):
        self.process.stop()

    def wait_until_it_answers(self):
        for _ in range(500):
            self.process.must_run()
            asked = subprocess.run([*self.client, "curl", "-s", "-o", "/dev/null", "--max-time", "1", self.url("/")], check=False)
            if asked.returncode == 0:
                return
            time.sleep(0.02)
        sys.exit(f"{self.name} does not answer")

    def url(self, path):
        return f"http://{self.address}:{self.port}{path}"

    def bytes_of(self, path):
        answer = subprocess.run([*self.client, "curl", "-s", "-i", "--max-time", "5", self.url(path)],
                                stdout=subprocess.PIPE, check=True).stdout
        if not answer.startswith(b"HTTP/1.1 200"):
            sys.exit(f"{self.name} answers {answer[:60]!r} for {path}")
        return len(answer)


def nginx_configuration(address, port, root, state):
    text = (ROOT / "bench/http/nginx/nginx.conf").read_text()
    for mark, value in {"@ADDRESS@": address, "@PORT@": port, "@ROOT@": root, "@STATE@": state}.items():
        text = text.replace(mark, str(value))
    return text


def nginx_guest(work, htdocs, port, drivers=linux_guest.MODULES):
    """The initramfs: nginx with the configuration that it has on the host, and the files."""
    configuration = "user root;\n" + nginx_configuration("0.0.0.0", port, "/htdocs", "/tmp")
    files = {f"htdocs/{file.name}": file.read_bytes() for file in htdocs.iterdir()}
    files["nginx.conf"] = configuration.encode()
    return linux_guest.server_of(work / "nginx.cpio", "nginx", "-p /tmp -c /nginx.conf", files, drivers)


def start_nginx(work, htdocs, address="127.0.0.1", client=()):
    state = work / "nginx"
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    port = free_port()
    user = "user root;\n" if os.geteuid() == 0 else ""
    (state / "nginx.conf").write_text(user + nginx_configuration(address, port, htdocs, state))
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    process = ServerProcess("nginx", [nginx, "-p", state, "-c", state / "nginx.conf"])
    server = Server(process, port, address, client)
    # Its worker does the work.
    process.pid = int(pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
    return server


def website_arguments(port, *arguments):
    return [f"--port={port}", "--max-age=60", "-l", "*:warning", *arguments]


def start_website(image, *arguments, **where):
    port, metrics = free_port(), free_port()
    words = website_arguments(port, f"--metrics-port={metrics}", *arguments)
    return Server(ServerProcess("website", [image, *words]), port, **where)


def load(server, path, seconds, *options):
    """One round of wrk: requests per second, and per second of server CPU."""
    before = server.process.cpu_seconds()
    shown = run(*server.client, "taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s",
                *options, server.url(path))
    used = server.process.cpu_seconds() - before
    requests = int(re.search(r"(\d+) requests in", shown)[1])
    if "Non-2xx" in shown or "Socket errors" in shown:
        sys.exit(f"{server.name}: wrk met errors: {shown}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", shown)[1])
    return rate, requests / used
