# SPDX-License-Identifier: ISC
"""Signs the zones of the tree with ldns, each with keys and proofs of its own kind, from the leaves upwards."""

import dataclasses
import subprocess

VALID = "20200101000000", "20380101000000"
EXPIRED = "20200101000000", "20210101000000"
NOT_YET = "20370101000000", "20380101000000"
NSEC, NSEC3, OPT_OUT = (), ("-n", "-a", "1", "-t", "0"), ("-n", "-a", "1", "-t", "3", "-s", "abcd", "-p")
MANY_ITERATIONS = ("-n", "-a", "1", "-t", "100", "-s", "abcd")


@dataclasses.dataclass
class Signing:
    """How a zone is signed; `above` is the zone that its DS record goes to, none if it has no secure one."""
    algorithm: str
    proofs: tuple = NSEC
    above: str | None = "test"
    time: tuple = VALID


SIGNED = {  # whatever is below comes first
    "example.test": Signing("ECDSAP256SHA256"),
    "rsa.test": Signing("RSASHA256", NSEC3),
    "p384.test": Signing("ECDSAP384SHA384"),
    "ed25519.test": Signing("ED25519", OPT_OUT),
    "iterated.test": Signing("ED25519", MANY_ITERATIONS),
    "expired.test": Signing("ED25519", time=EXPIRED),
    "early.test": Signing("ED25519", time=NOT_YET),
    "forged.test": Signing("ED25519"),
    "stripped.test": Signing("ED25519"),
    "island.far.test": Signing("ED25519", above=None),
    "test": Signing("ECDSAP256SHA256", NSEC3, "root"),
    "root": Signing("RSASHA256", above=None),
}


def sign(folder, zones):
    """Writes the zones (texts of master files by name) as NAME.zone, those that are to be signed signed; gives the root's DS
    record as `--trust-anchor` has it."""
    zones = dict(zones)
    anchor = None
    for name, how in SIGNED.items():
        origin = "." if name == "root" else f"{name}."
        made = subprocess.run(["ldns-keygen", "-r", "/dev/urandom", "-a", how.algorithm, "-k", origin], cwd=folder, check=True,
                              text=True, stdout=subprocess.PIPE, timeout=60)
        key = made.stdout.strip()
        delegation = subprocess.run(["ldns-key2ds", "-n", "-2", f"{key}.key"], cwd=folder, check=True, text=True,
                                    stdout=subprocess.PIPE, timeout=10).stdout.strip()
        if how.above:
            zones[how.above] += delegation + "\n"
        if name == "root":
            anchor = ":".join(delegation.split("DS", 1)[1].split())
        (folder / f"{name}.plain").write_text(f"$ORIGIN {origin}\n" + zones.pop(name))
        inception, expiration = how.time
        subprocess.run(["ldns-signzone", "-i", inception, "-e", expiration, *how.proofs, "-o", origin, "-f", f"{name}.zone",
                        f"{name}.plain", key], cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=60)
    for name, text in zones.items():
        (folder / f"{name}.zone").write_text(text)
    return anchor
