# SPDX-License-Identifier: ISC
"""Where ours answers otherwise than one of the others, and these differ among themselves: each with the paragraph that makes ours
right. A rule is told the query, what is compared, and all that is known of our answer and of the other."""

import struct

from messages import CD, RD, TYPES, Malformed, read_name

FORMAT_ERROR, SERVER_FAILURE, NAME_ERROR, NAME_EXISTS = 1, 2, 3, 6
SIGNATURE = TYPES["RRSIG"]


def bits(message):
    return struct.unpack_from(">H", message, 2)[0]


def kind_of(message):
    try:
        return struct.unpack_from(">H", message, read_name(message, 12)[1])[0]
    except (Malformed, struct.error):
        return None


def without_ttl(records):
    return {(owner, kind, data) for owner, kind, _, _, data in records}


def copied_bits(message, field, ours, other):
    return field in ("CD", "RD") and ours[field] == bool(bits(message) & {"CD": CD, "RD": RD}[field])


def copied_dnssec_ok(message, field, ours, other):
    if field != "EDNS" or ours["EDNS"] is None:
        return False
    try:
        at = read_name(message, 12)[1] + 4  # of OPT, behind the question
    except Malformed:
        return False
    return ours["EDNS"] == (0, int(message[at:at + 3] == b"\0\0\x29" and bool(message[at + 7] & 0x80)))


def negative_ttl(message, field, ours, other):
    """BIND gives the SOA of a negative answer to a question for an SOA, and its signature, the TTL 0."""
    if field != "authority" or without_ttl(ours[field]) != without_ttl(other[field]):
        return False
    return all(record[3] == 0 and (record[1] == TYPES["SOA"] or record[4][:2] == b"\0\6") for record in other[field] - ours[field])


def more_addresses(message, field, ours, other):
    """BIND leaves out addresses that are not below the cut; others think more of their signatures than of addresses."""
    if field != "glue":
        return False
    addresses = [{record for record in known[field] if record[1] != SIGNATURE} for known in (ours, other)]
    return addresses[1] <= addresses[0]


def answer_to_malformed(message, field, ours, other):
    """Knot is silent."""
    return field == "answered" and ours["answered"] is True and ours["code"] == FORMAT_ERROR and other["answered"] is False


def question_of_malformed(message, field, ours, other):
    """NSD leaves it out."""
    return field == "question" and ours["code"] == FORMAT_ERROR and other[field] == []


def loop_is_shown(message, field, ours, other):
    """BIND says SERVFAIL, as far as it notices."""
    aliases = [record for record in ours.get("answer", ()) if record[1] == TYPES["CNAME"]]
    return field == "code" and ours["code"] == 0 and other["code"] == SERVER_FAILURE and bool(aliases)


def all_signatures(message, field, ours, other):
    """Knot and BIND give one."""
    return field == "answer" and kind_of(message) == SIGNATURE and other[field] < ours[field] and other[field] != frozenset()


def beside_an_alias(message, field, ours, other):
    """NSD follows an alias to look for signatures, and does not where NSEC3 are asked for."""
    return field in ("code", "answer", "authority") and kind_of(message) in (SIGNATURE, TYPES["NSEC"], TYPES["NSEC3"])


def only_ds_is_the_parents(message, field, ours, other):
    """BIND answers a question for the NSEC of a cut, too."""
    return kind_of(message) == TYPES["NSEC"] and not ours["AA"] and other["AA"] and field in ("AA", "answer", "authority", "glue")


def nothing_was_validated(message, field, ours, other):
    """BIND sets AD in some answers that are cut."""
    return field == "AD" and not ours["AD"]


def one_set_of_any(message, field, ours, other):
    """Which, is nowhere said; an alias is one, and BIND does not go on behind it."""
    return field in ("answer", "authority", "code") and kind_of(message) == TYPES["ANY"] and bool(ours.get("answer"))


def proofs_needed(message, field, ours, other):
    """NSD adds the proof of a wildcard's closest encloser where the wildcard's own name is asked for; Knot and BIND leave out the
    proof of a wildcard that is an empty name."""
    if field != "authority" or ours["answer"] != other["answer"]:
        return False
    mine, theirs = without_ttl(ours[field]), without_ttl(other[field])
    others = {record for record in mine ^ theirs if record[1] not in (TYPES["NSEC"], TYPES["NSEC3"], SIGNATURE)}
    return not others and (mine < theirs or theirs < mine)


def too_long_by_dname(message, field, ours, other):
    """Knot says NXDOMAIN."""
    return ours.get("code") == NAME_EXISTS and other.get("code") == NAME_ERROR and field in ("code", "authority")


def what_fits(message, field, ours, other):
    """How many octets an answer has depends on how names are shared and on what is left out; the limit is the same. Nobody may
    believe an answer that is cut."""
    return field == "TC" or (field == "code" and ours["TC"])


RULES = [
    ("RD and CD are copied from the query: RFC 1035 §4.1.1, RFC 4035 §3.1.6", copied_bits),
    ("DO is copied from the query: RFC 3225 §3", copied_dnssec_ok),
    ("the SOA of a negative answer has its TTL: RFC 2308 §3", negative_ttl),
    ("a referral has all addresses that are known: RFC 1034 §4.3.2 step 3b", more_addresses),
    ("what is malformed is answered with FORMERR: RFC 1035 §4.1.1", answer_to_malformed),
    ("with its question, where that could be read: RFC 1035 §4.1.1", question_of_malformed),
    ("a loop of aliases is an answer: RFC 1034 §3.6.2", loop_is_shown),
    ("a question for RRSIG is answered with all of them: RFC 1035 §3.2.3, RFC 4034 §3", all_signatures),
    ("beside an alias stand RRSIG and NSEC, and nothing else: RFC 4035 §2.5", beside_an_alias),
    ("at a cut, only DS is answered by the parent: RFC 4035 §3.1.4.1", only_ds_is_the_parents),
    ("AD is for whoever has validated: RFC 4035 §3.1.6", nothing_was_validated),
    ("ANY is answered with one set: RFC 8482 §4.1", one_set_of_any),
    ("no proof more or less than is needed: RFC 4035 §3.1.3.4, RFC 5155 §7.2.3", proofs_needed),
    ("a name that a DNAME makes too long is YXDOMAIN: RFC 6672 §2.2", too_long_by_dname),
    ("an answer is cut only if it is longer than the limit: RFC 2181 §9", what_fits),
]


def listed(message, field, ours, other):
    """The name of the rule that allows the difference, or nothing."""
    for name, rule in RULES:
        if rule(message, field, ours, other):
            return name
    return None
