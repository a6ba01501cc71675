# SPDX-License-Identifier: ISC
"""Guests on a Xen in QEMU, for `run` and `soak`: their images, what they say, how they end, what they leave behind."""

import pathlib
import re
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("../support", "../../tool/xen"):
    sys.path.insert(0, str((HERE / folder).resolve()))

from capture import frames  # noqa: E402
from debian_packages import Unavailable, programs_of, unpacked  # noqa: E402
from guest_configuration import configuration, specification_of_disk  # noqa: E402
from project import BUILD, Project, eventually  # noqa: E402
from results import Results, equal, require  # noqa: E402
from xen_host import Host  # noqa: E402
from xen_machine import cache_folder, prepared  # noqa: E402

WORK = BUILD / "test/xen"
POWEROFF, REBOOT, CRASH = "0", "1", "3"  # Xen's numbers
IMAGES = ("examples/hello", "examples/http-hello", "examples/http-fetch", "test/xen/guest", "test/xen/worker", "test/xen/vchan",
          "test/virtio/crash", "appliances/website", "appliances/dns-server")
DISK_SIZE = 1 << 20
REPORT = re.compile(r"rounds (\d+) wrong (\d+) running (\d+) at (\d+)\n")


def built(path, target="xen"):
    project = Project(WORK / target, path)
    project.build("-t", target)
    return project


def image_of(project):
    return next((project.folder / "dist").glob("*.xen")).read_bytes()


def program_of_ours(path):
    """A unikernel as a program of Linux, with this machine's libraries, as files of dom0."""
    program = next((built(path, "unix").folder / "dist").iterdir())
    return programs_of(pathlib.Path("/"), {f"bin/{program.name}": program.relative_to("/")})


def program_of_debian(package):
    """The one that has the package's name, as files of dom0."""
    return programs_of(unpacked(WORK / f"{package}-unpacked", [package]), {f"bin/{package}": f"usr/bin/{package}"})


class Guest:
    """A guest on the machine; its name is not used twice, because its logs have it."""

    count = 0
    MAC = "00:16:3e:01:02:03"
    address = "10.0.2.40"  # one that QEMU's network does not answer for

    def __init__(self, host, image, *arguments, memory=64, changes="", networks=(), disks=()):
        Guest.count += 1
        self.host, self.name = host, f"guest{Guest.count}"
        self.logged_as = self.name  # by Xen's programs
        text = configuration(self.name, f"/images/{image}", memory, arguments, networks, disks) + changes
        self.host.run(f"cat > /{self.name}.xl <<'END'\n{text}END")

    @classmethod
    def at_work(cls, host):
        """One with a network and a disk, which it uses; the other end of its connection is /tmp/NAME in dom0."""
        guest = cls(host, "worker", f"--ipv4={cls.address}/24", memory=16, networks=[f"mac={cls.MAC}"],
                    disks=[specification_of_disk(0, "/dev/vda")]).create()
        guest.must_print("works")
        eventually(lambda: host.run(f"ping -c 1 -W 1 {cls.address}"), 20)
        host.run(f"(sleep 1000 | nc {cls.address} 7 >/tmp/{guest.name} 2>&1 &)")
        eventually(lambda: require(len(guest.reports()) > 5, "it tells how far it is"))
        return guest

    def reports(self):
        """Rounds of its disk, those that went wrong, milliseconds that it has run, seconds since 1970."""
        return reports_in(self.host.run(f"cat /tmp/{self.name}"))

    def destroy(self):
        """Gives the number of its domain."""
        number = self.domain()
        self.host.run(f"xl destroy {self.name}")
        return number

    def shutdown(self):
        self.host.run(f"xl shutdown -w {self.name}", 90)
        require(" wrong 0\n" in self.ends(), "nothing went wrong", self.output()[-500:])

    def create(self):
        status, output = self.host.command(f"xl create -q /{self.name}.xl")
        equal(status, 0, f"the status of xl, which printed {output!r}")
        return self

    def wait_until_ended(self, limit=120):
        """Why, as a number of Xen's."""
        script = f"until ! xl domid {self.name} >/dev/null 2>&1; do sleep 0.1; done"
        self.host.run(script, limit)
        return self.host.run(f"sed -n 's/.*reason code \\([0-9]*\\).*/\\1/p' /var/log/xen/xl-{self.logged_as}.log | tail -n 1").strip()

    def output(self):
        """Xenconsoled writes it into a file, line ends as the guest made them."""
        return self.host.run(f"cat /var/log/xen/guest-{self.logged_as}.log").replace("\r", "")

    def ends(self, reason=POWEROFF):
        equal(self.wait_until_ended(), reason, f"the reason, of a guest that printed {self.output()[-300:]!r}")
        return self.output()

    def domain(self):
        return self.host.run(f"xl domid {self.name}").strip()

    def must_print(self, text):
        eventually(lambda: require(text in self.output(), f"it prints {text!r}", self.output()[-500:]), 60)


def fetched(host, url):
    """What dom0 gets; not by an option of wget, because busybox's crashes over that."""
    status, output = host.command(f"timeout 4 wget -q -O - {url}")
    equal(status, 0, f"the status of wget {url}, which printed {output[-300:]!r}")
    return output


def reports_in(text):
    return [tuple(map(int, found)) for found in REPORT.findall(text)]


def left_behind(host):
    """What there is of all guests together: entries in xenstore, memory, event channels of dom0, and who has granted pages."""
    for key in "eg":
        host.run("xl dmesg -c >/dev/null")
        host.run(f"xl debug-keys {key}")
    entries = int(host.run("xenstore-ls -f / | wc -l"))
    memory = int(host.run("xl info free_memory"))
    host.run("xl dmesg -c >/dev/null; xl debug-keys e")
    ports = len(re.findall(r"^\(XEN\) +\d+ \[", host.run("xl dmesg -c"), re.MULTILINE))
    host.run("xl debug-keys g")
    grants = len(re.findall(r"\[0x[0-9a-f]+\]", host.run("xl dmesg -c")))
    return {"domains": host.run("xl list | tail -n +2 | wc -l").strip(), "xenstore": entries, "memory": memory, "event channels": ports,
            "grants": grants}


def save_and_restore(host, guest, commands=("xl save {0} /save 2>&1", "xl restore /save 2>&1")):
    """It goes on as if nothing had been, but for the time of day, and tells the network where it is."""
    before = guest.reports()
    told = announcements(host)
    for command in commands:
        host.run(command.format(guest.name), 200)
    eventually(lambda: require(len(guest.reports()) > len(before) + 20, "the connection goes on",
                               (len(before), guest.reports()[-2:], guest.output()[-300:])), 60)
    reports = guest.reports()
    longest = max(after[2] - earlier[2] for earlier, after in zip(reports, reports[1:]))
    require(0 < longest < 8000, "its clock stood still meanwhile", longest)
    words = host.run(f"tail -n 1 /tmp/{guest.name}; date +%s")  # at once: dom0's console takes seconds for all reports
    latest, now = reports_in(words)[-1], int(words.split()[-1])
    require(abs(latest[3] - now) < 3, f"it knows the time of day, which is {now}", latest)
    require(reports[-1][0] > before[-1][0], "its disk works", reports[-1])
    equal(reports[-1][1], 0, "what went wrong with its disk")
    eventually(lambda: require(all(map(int.__gt__, announcements(host), told)), "it tells where it is", told), 20)


def announcements(host):
    """Gratuitous ARP and unsolicited neighbour advertisements of it that came to the bridge."""
    ours = f"eth.src == {Guest.MAC} and"
    return [len(frames(host.capture, f"{ours} {kind}"))
            for kind in ("arp.isgratuitous == 1", "icmpv6.type == 136 and ipv6.dst == ff02::1")]


def run_checks(checks, chosen, more_files=dict):
    """Runs them on one machine, with what `more_files` gives (path in dom0: content); the status for the shell."""
    WORK.mkdir(parents=True, exist_ok=True)
    try:
        folder = prepared(cache_folder(), print)
        files = more_files()
    except Unavailable as reason:
        print(f"skip xen: {reason}")
        return 0
    files |= {f"images/{path.rpartition('/')[2]}": image_of(built(path)) for path in IMAGES}
    disk = WORK / "disk"
    disk.write_bytes(bytes(DISK_SIZE))
    results = Results()
    start = time.monotonic()
    with Host(folder, files, disks=[disk], capture=WORK / "capture.pcap") as host:
        host.wait_until_up()
        print(f"# Xen and dom0 are up after {time.monotonic() - start:.1f} s")
        for name, check in checks.items():
            if name in (chosen or checks) and not results.run(name, check, host):
                host.run("xl list | awk 'NR > 2 { print $2 }' | xargs -r -n 1 xl destroy")  # of which the others know nothing
    return 1 if results.failed else 0
