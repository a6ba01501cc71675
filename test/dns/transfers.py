# SPDX-License-Identifier: ISC
"""Zone transfers between ours and NSD, Knot and BIND, both ways, signed: each is a secondary of ours for one zone, and ours is a
secondary of each for another one. Both versions of a zone differ in a few records, and every change is told by NOTIFY."""

import signal
import socket
import struct
import subprocess
import time

import dns_daemons
from host import command
from messages import TYPES, query
from results import require

KEY, ALGORITHM, SECRET = "xfr.key", "hmac-sha256", "c2VjcmV0IG9mIHRoZSB0cmFuc2ZlcnMgaW4gdGVzdHM="
OURS = "out.test"
LOOPBACK = "127.0.0.1"
PORTS = {"ours": 5311, "nsd": 5312, "knot": 5313, "bind": 5314}
RECORDS = 3000  # more than one message
PATIENCE = 60
LARGE = 1_000_000  # names, which take any machine much longer to read than LONGEST
LONGEST = 0.1  # seconds for an answer meanwhile


def zone_text(serial):
    """Without the record of the serial before, and with one of its own."""
    lines = [f"@ 60 SOA ns host {serial} 3600 600 86400 60", "@ 60 NS ns", "ns 60 A 192.0.2.1", f"v{serial} 60 TXT \"new\""]
    lines += [f"h{number} 60 A 192.0.{number // 250}.{number % 250}" for number in range(RECORDS)]
    return "\n".join(lines) + "\n"


def zone_of(server):
    """Whose primary that server is."""
    return OURS if server == "ours" else f"{server}.test"


def nsd(work, zone):
    return dns_daemons.nsd(work, LOOPBACK, PORTS["nsd"], f"""key:
  name: "{KEY}"
  algorithm: {ALGORITHM}
  secret: "{SECRET}"
zone:
  name: {OURS}
  zonefile: secondary.zone
  allow-notify: 127.0.0.1 {KEY}
  request-xfr: 127.0.0.1@{PORTS['ours']} {KEY}
zone:
  name: {zone}
  zonefile: {zone}.zone
  provide-xfr: 127.0.0.1 {KEY}
  notify: 127.0.0.1@{PORTS['ours']} {KEY}
""", "  verbosity: 2\n")


def knot(work, zone):
    return dns_daemons.knot(work, LOOPBACK, PORTS["knot"], f"""log:
  - target: stdout
    any: info
key:
  - id: {KEY}
    algorithm: {ALGORITHM}
    secret: {SECRET}
remote:
  - id: ours
    address: 127.0.0.1@{PORTS['ours']}
    key: {KEY}
acl:
  - id: ours
    key: {KEY}
    action: [notify, transfer]
zone:
  - domain: {OURS}
    storage: "{work}"
    file: secondary.zone
    master: ours
    acl: ours
  - domain: {zone}
    storage: "{work}"
    zonefile-load: difference
    notify: ours
    acl: ours
""")


def bind(work, zone):
    return dns_daemons.bind(work, LOOPBACK, PORTS["bind"], f"""key "{KEY}" {{ algorithm {ALGORITHM}; secret "{SECRET}"; }};
zone "{OURS}" {{ type secondary; primaries {{ 127.0.0.1 port {PORTS['ours']} key {KEY}; }}; file "secondary.zone"; }};
zone "{zone}" {{ type primary; file "{zone}.zone"; allow-transfer {{ key {KEY}; }}; ixfr-from-differences yes; check-integrity no;
  also-notify {{ 127.0.0.1 port {PORTS['ours']} key {KEY}; }}; }};
""", "  notify explicit;\n")


PEERS = {each.__name__: each for each in (nsd, knot, bind)}


def ours(work, image):
    (work / "zones").mkdir()

    def peers(form):
        return ",".join(form.format(name=name, port=PORTS[name], key=KEY) for name in PEERS)

    return [image, f"--port={PORTS['ours']}", "--ipv4-only", f"--tsig-key={KEY}:{ALGORITHM}:{SECRET}", "--zone-reload=500ms",
            f"--transfer-to=127.0.0.0/8#{KEY}", "--notify=" + peers("127.0.0.1:{port}#{key}"),
            "--secondary=" + peers("{name}.test@127.0.0.1:{port}#{key}")]


class Transfers:
    """The four servers, until the block ends."""

    def __init__(self, folder, image):
        self.folder, self.processes = folder, {}
        for name in PORTS:
            work = folder / name
            work.mkdir(parents=True)
            words = ours(work, image) if name == "ours" else PEERS[name](work, zone_of(name))
            self.write(name, 1)
            with open(work / "log", "wb") as log:
                self.processes[name] = dns_daemons.begin(words, work, log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        dns_daemons.end(self.processes.values())

    def write(self, name, serial):
        self.replace(name, zone_of(name), zone_text(serial))

    def replace(self, name, zone, text):
        folder = self.folder / name / ("zones" if name == "ours" else "")
        (folder / "next").write_text(text)
        (folder / "next").rename(folder / f"{zone}.zone")

    def log(self, name):
        return (self.folder / name / "log").read_text(errors="replace")

    def wait_for(self, name, zone, serial):
        """That server serves that version of the zone."""
        end = time.monotonic() + PATIENCE
        while True:
            shown = subprocess.run(["dig", "+short", "+time=1", "+tries=1", "-p", str(PORTS[name]), "@127.0.0.1", zone, "SOA"],
                                   stdout=subprocess.PIPE, text=True, timeout=10).stdout.split()
            if len(shown) == 7 and shown[2] == str(serial):
                return
            require(time.monotonic() < end, f"{name} has version {serial} of {zone}", (shown, self.log(name)[-1500:]))
            time.sleep(0.1)

    def wait_for_all(self, serial):
        for name in PEERS:
            self.wait_for(name, OURS, serial)
            self.wait_for("ours", zone_of(name), serial)

    def first(self):
        """Whole zones, both ways."""
        self.wait_for_all(1)

    def change(self):
        """A few records, both ways."""
        for name in PORTS:
            self.write(name, 2)
        for name in PEERS:
            self.processes[name].send_signal(signal.SIGHUP)
        self.wait_for_all(2)
        for name in PEERS:
            self.must_have_changed(name, OURS)
            self.must_have_changed("ours", zone_of(name))
        for name, line, what in (("knot", f"[{OURS}.] IXFR, incoming", "Knot was given differences"),
                                 ("bind", "Transfer completed: 1 messages, 6 records", "BIND was given differences"),
                                 ("knot", "[knot.test.] IXFR, outgoing", "Knot gave differences"),
                                 ("bind", "IXFR ended: 1 messages, 6 records", "BIND gave differences")):
            require(line in self.log(name), what, self.log(name)[-1500:])

    def reload(self):
        """A file is replaced again and again, also by nonsense, and no query is lost."""
        name, serial = b"\3out\4test\0", 2
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(("127.0.0.1", PORTS["ours"]))
            asking.settimeout(2)  # nothing is asked twice
            for turn in range(6):
                if turn % 2 == 0:
                    serial += 1
                    self.write("ours", serial)
                else:
                    (self.folder / "ours/zones" / f"{OURS}.zone").write_text("@ SOA and no more\n")
                end = time.monotonic() + 0.8
                while time.monotonic() < end:
                    asking.send(query(name, TYPES["SOA"], 0))
                    require(asking.recv(512)[3] & 15 == 0, "the zone is served")
                    time.sleep(0.002)
        require(self.log("ours").count(f"{OURS}.zone:1:") >= 2, "what is wrong in a file is told", self.log("ours")[-1500:])
        self.write("ours", serial + 1)
        self.wait_for("ours", OURS, serial + 1)

    def large(self):
        """While a million names are read, and compared with those that were there, others are answered."""
        names = "".join(f"host-{number:06} A 10.1.{number // 250 % 250}.{number % 250}\n" for number in range(LARGE))
        waits = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(("127.0.0.1", PORTS["ours"]))
            asking.settimeout(10)
            for serial in range(1, 6):
                self.replace("ours", "large.test", f"$TTL 60\n@ SOA ns host {serial} 3600 600 86400 60\n@ NS ns\n{names}")
                waits.append(max(self.waits_until(asking, serial)))
                if serial > 1 and waits[-1] < LONGEST:
                    return
        require(False, f"an answer waits at most {LONGEST} s, at least once on a busy machine", waits)

    @staticmethod
    def waits_until(asking, serial):
        """How long each answer took until that version of large.test was served."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for name in (b"\3out\4test\0", b"\5large\4test\0"):
                before = time.monotonic()
                asking.send(query(name, TYPES["SOA"], 0))
                answer = asking.recv(512)
                yield time.monotonic() - before
            if struct.pack(">II", serial, 3600) in answer:
                return
            time.sleep(0.002)
        require(False, f"version {serial} of large.test is served")

    @staticmethod
    def must_have_changed(name, zone):
        def ask(owner):
            return command("dig", "-p", PORTS[name], "@127.0.0.1", f"{owner}.{zone}", "ANY")

        require("NXDOMAIN" in ask("v1"), f"{name} has no longer v1.{zone}")
        require("new" in ask("v2"), f"{name} has v2.{zone}")
        require(f"192.0.{2999 // 250}.{2999 % 250}" in ask("h2999"), f"{name} has h2999.{zone}")

    @staticmethod
    def tools():
        """Other people's clients are content with whole zones of ours, and those who have no key get none."""
        at = ("-p", PORTS["ours"], "@127.0.0.1")
        for words in (("dig", "-y", f"{ALGORITHM}:{KEY}:{SECRET}"), ("kdig", "-y", f"{ALGORITHM}:{KEY}:{SECRET}"),
                      ("drill", "-y", f"{KEY}:{SECRET}:{ALGORITHM}")):
            shown = command(*words, *at, OURS, "AXFR")
            require(f"h2999.{OURS}" in shown and "arning" not in shown, f"{words[0]} shows the zone", shown[-500:])
        for words in ((), ("-y", f"{ALGORITHM}:{KEY}:AAAA"), ("-y", f"{ALGORITHM}:other:{SECRET}")):
            shown = subprocess.run(["dig", *words, *map(str, at), OURS, "AXFR"], stdout=subprocess.PIPE, text=True, timeout=30).stdout
            require("h2999" not in shown, f"dig {words} shows nothing", shown[-500:])
