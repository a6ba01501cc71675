// SPDX-License-Identifier: ISC
// The records of any message as signatures, keys, delegations and proofs about its question: what is proven
// needs a proof, what is secure holds now, and the work is bounded. covers: src/canonical.cpp src/denial.cpp
// src/ed25519.cpp src/nsec.cpp src/nsec3.cpp src/record_check.cpp src/types.cpp covers: src/verify.cpp
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "mirage/dns/message.hpp"
#include "mirage/dnssec.hpp"

using namespace mirage;
using namespace mirage::dnssec;

namespace {

using octets = std::vector<std::byte>;

void check_that(bool holds) {
  if (!holds) std::abort();
}

void add(octets& to, cbytes rdata) {
  to.push_back(static_cast<std::byte>(rdata.size() >> 8));
  to.push_back(static_cast<std::byte>(rdata.size() & 0xff));
  to.insert(to.end(), rdata.begin(), rdata.end());
}

struct kept_record {
  dns::name owner;
  dns::record_type type;
  octets rdata;
};

/// All of a message that validation looks at.
struct material {
  std::vector<kept_record> denials;
  octets signatures;
  octets keys;
  octets trusted;
  dns::name owner;
  dns::record_type type = dns::record_type::a;
  octets records;

  void take(const dns::record& each, cbytes rdata) {
    using enum dns::record_type;
    switch (each.type) {
      case rrsig: return add(signatures, rdata);
      case dnskey: return add(keys, rdata);
      case ds: return add(trusted, rdata);
      case nsec:
      case nsec3: denials.push_back({each.owner, each.type, {rdata.begin(), rdata.end()}}); return;
      default:
        if (!records.empty() && (each.owner != owner || each.type != type)) return;
        owner = each.owner;
        type = each.type;
        add(records, rdata);
    }
  }
};

void check_records(const material& all, dns::name_view zone) {
  constexpr std::uint32_t now = 1'600'000'000;
  work left;
  const record_set_view records{all.owner, all.type, all.records};
  const checked found = check(records, all.signatures, zone, all.keys, now, left);
  if (found.found == verdict::secure) {
    check_that(found.by.covered == all.type && found.by.signer == zone && all.owner.view().is_within(zone));
    check_that(is_expanded(found.by, all.owner) || found.by.labels <= all.owner.view().labels());
  }
  check_that(work{}.signatures - left.signatures <= 8);
  const verdict keys = check_keys(all.keys, all.signatures, zone, all.trusted, now, left).found;
  check_that(keys != verdict::secure || has_supported(all.trusted));
  check_that(work{}.signatures - left.signatures <= 16 && left.signatures >= left.failures);
}

void check_proofs(const material& all, dns::name_view zone, const dns::question& asked) {
  std::vector<denial_record> records;
  for (const kept_record& each : all.denials) records.push_back({each.owner, each.type, each.rdata});
  const dns::name_view name = asked.subject;
  const proof no_name = prove_no_name(name, zone, records);
  const proof no_data = prove_no_data(name, asked.type, zone, records);
  const proof expansion = prove_expansion(name, zone.labels(), zone, records);
  const cut delegation = prove_no_delegation(name, zone, records);
  const bool is_shown = no_name != proof::missing || no_data != proof::missing ||
                        expansion != proof::missing || delegation != cut::missing;
  check_that(!is_shown || (!records.empty() && name.is_within(zone)));
#ifdef MIRAGE_PLANTED_BUG
  check_that(no_name != proof::insecure);
#endif
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto reader = dns::message_reader::open(std::as_bytes(std::span(data, size)));
  if (!reader) return 0;
  const auto asked = reader->next_question();
  if (!asked || !*asked) return 0;
  material all;
  octets space(65536);
  for (auto next = reader->next_record(); next && *next; next = reader->next_record())
    if (const auto length = reader->rdata(**next, space)) all.take(**next, cbytes(space).first(*length));
  const dns::name zone(
      signer_of(all.signatures, (*asked)->subject).value_or((*asked)->subject.view().parent()));
  check_records(all, zone);
  check_proofs(all, zone, **asked);
  return 0;
}
