# SPDX-License-Identifier: ISC
"""What the benchmarks of this folder share: both servers, pinned to one core, and the load from the other."""

import json
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

from server_process import CLIENT_CORE, ServerProcess  # noqa: E402

ROOT = pathlib.Path(os.environ["MIRAGE_ROOT"])
BUILD = pathlib.Path(os.environ["MIRAGE_BUILD"])
SMOKE = "BENCH_SECONDS" in os.environ
CONNECTIONS = 64
SIZES = {"1k": 1024, "16k": 16 * 1024}
LACKING = 77


def tell(*words):
    print(*words, file=sys.stderr, flush=True)


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


def build_website(work, htdocs, *keys):
    """The appliance, as a user builds it; with a Last-Modified, as nginx has one."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    project = work / "website"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(ROOT / "appliances/website", project, ignore=shutil.ignore_patterns("mirage", "dist", "htdocs"))
    shutil.copytree(htdocs, project / "htdocs")
    mirage = BUILD / "bin/mirage"
    run(mirage, "configure", "-t", "unix", *keys, cwd=project, stderr=subprocess.STDOUT)
    run(mirage, "build", cwd=project, stderr=subprocess.STDOUT, env=environment)
    return project / "dist/website"


class Server(ServerProcess):
    """`client` is what clients are started with, so that they run where the server can be reached at `address`."""

    def __init__(self, name, command, port, worker_of=None, address="127.0.0.1", client=()):
        super().__init__(name, command)
        self.port, self.address, self.client = port, address, list(client)
        self.wait_until_it_answers()
        if worker_of:
            children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            self.pid = int(children[0])

    def wait_until_it_answers(self):
        for _ in range(500):
            self.must_run()
            if subprocess.run([*self.client, "curl", "-s", "-o", "/dev/null", "--max-time", "1", self.url("/")], check=False).returncode == 0:
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


def start_nginx(work, htdocs, address="127.0.0.1", client=()):
    state = work / "nginx"
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    port = free_port()
    text = (ROOT / "bench/http/nginx/nginx.conf").read_text()
    for mark, value in {"@ADDRESS@": address, "@PORT@": port, "@ROOT@": htdocs, "@STATE@": state}.items():
        text = text.replace(mark, str(value))
    if os.geteuid() == 0:
        text = "user root;\n" + text
    (state / "nginx.conf").write_text(text)
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    return Server("nginx", [nginx, "-p", state, "-c", state / "nginx.conf"], port, worker_of=True, address=address, client=client)


def start_website(image, *arguments, **where):
    port, metrics = free_port(), free_port()
    return Server("website", [image, f"--port={port}", f"--metrics-port={metrics}", "--max-age=60", "-l", "*:warning", *arguments],
                  port, **where)


def load(server, path, seconds, *options):
    """One round of wrk: requests per second, and per second of server CPU."""
    before = server.cpu_seconds()
    shown = run(*server.client, "taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", *options,
                server.url(path))
    used = server.cpu_seconds() - before
    requests = int(re.search(r"(\d+) requests in", shown)[1])
    if "Non-2xx" in shown or "Socket errors" in shown:
        sys.exit(f"{server.name}: wrk met errors: {shown}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", shown)[1])
    return rate, requests / used


def figure(name, ours, peer, unit, wanted):
    print(json.dumps({"name": name, "ours": ours, "peer": peer, "unit": unit, "wanted": wanted}), flush=True)


def spread(values):
    return f"{min(values):.0f} to {max(values):.0f}"
