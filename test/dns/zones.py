# SPDX-License-Identifier: ISC
"""The zone of zones/example.zone under four names: as it is, and signed by ldns with NSEC, with NSEC3, and with NSEC3 and opt-out."""

import pathlib
import re
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parent / "zones/example.zone"
PLAIN = "plain.test"
SIGNED = {"nsec.test": (), "nsec3.test": ("-n", "-t", "2", "-s", "c0ffee"), "optout.test": ("-n", "-p", "-t", "0")}
ORIGINS = [PLAIN, *SIGNED]


def expanded(text):
    """Without $GENERATE, which ldns, NSD and Knot do not know."""
    lines = []
    for line in text.splitlines():
        match = re.match(r"\$GENERATE (\d+)-(\d+) (.*)", line)
        if not match:
            lines.append(line)
            continue
        for number in range(int(match[1]), int(match[2]) + 1):
            padded = re.sub(r"\$\{0,(\d+),d\}", lambda how: f"{number:0{how[1]}d}", match[3])
            lines.append(padded.replace("$", str(number)))
    return "\n".join(lines) + "\n"


def make(folder):
    """NAME.zone for each, in `folder` for the servers that nobody here wrote and in `folder`/zones for ours."""
    ours = folder / "zones"
    ours.mkdir(parents=True)
    text = SOURCE.read_text()
    plain = expanded(text)
    (folder / f"{PLAIN}.zone").write_text(f"$ORIGIN {PLAIN}.\n{plain}")
    (ours / f"{PLAIN}.zone").write_text(text)
    for origin, how in SIGNED.items():
        unsigned = folder / f"{origin}.unsigned"
        unsigned.write_text(f"$ORIGIN {origin}.\n{plain}")
        key = subprocess.run(["ldns-keygen", "-a", "ECDSAP256SHA256", "-k", origin], cwd=folder, check=True, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()
        # Until 2038, so that nothing here depends on the day.
        subprocess.run(["ldns-signzone", "-i", "20200101000000", "-e", "20380101000000", *how, "-o", origin, "-f", f"{origin}.zone",
                        unsigned.name, key], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (ours / f"{origin}.zone").write_text((folder / f"{origin}.zone").read_text())
    return text
