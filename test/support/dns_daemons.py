# SPDX-License-Identifier: ISC
"""NSD, Knot and BIND from Debian as servers of a test: each writes its configuration and whatever it keeps into a folder, listens at
one address and port, and does nothing that is not asked for. `more` is what one test wants besides. Gives the command."""

import signal
import subprocess


def nsd(work, address, port, more, options=""):
    """`options` are those of its section `server`, a line each; relative files are in `work`."""
    (work / "nsd.conf").write_text(f"""server:
  ip-address: {address}@{port}
  server-count: 1
  username: ""
  zonesdir: "{work}"
  database: ""
  pidfile: "{work}/nsd.pid"
  xfrdfile: "{work}/xfrd.state"
  zonelistfile: "{work}/zone.list"
  xfrdir: "{work}"
{options}remote-control:
  control-enable: no
{more}""")
    return ["nsd", "-d", "-c", work / "nsd.conf"]


def knot(work, address, port, more):
    (work / "knot.conf").write_text(f"""server:
  rundir: "{work}"
  listen: {address}@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: "{work}"
{more}""")
    return ["knotd", "-c", work / "knot.conf"]


def bind(work, address, port, more, options=""):
    """`options` are those of its section `options`; relative files are in `work`."""
    (work / "named.conf").write_text(f"""options {{
  directory "{work}";
  listen-on port {port} {{ {address}; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  session-keyfile "{work}/session.key";
  recursion no;
  dnssec-validation no;
{options}}};
controls {{ }};
{more}""")
    return ["named", "-g", "-n", "1", "-c", work / "named.conf"]


def begin(words, folder, output):
    return subprocess.Popen(list(map(str, words)), cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)


def end(processes):
    processes = list(processes)
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
