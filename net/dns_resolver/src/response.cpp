// SPDX-License-Identifier: ISC
#include "mirage/dns_resolver/response.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mirage/core/endian.hpp"

namespace mirage {

namespace {

using dns::record_type;
using dns::section;

constexpr unsigned most_records = 256;
constexpr std::size_t longest_data = 4096;
constexpr std::size_t most_proofs = 8;

struct placed_set {
  section where;
  dns_record_set set;
};

std::uint32_t sane_ttl(std::uint32_t ttl) noexcept { return ttl >> 31 == 0 ? ttl : 0; }

/// The type that a record belongs to: a signature to what it covers.
record_type set_type_of(const dns::record& of, cbytes rdata, bool keeps_signatures) noexcept {
  const bool is_signature = of.type == record_type::rrsig && !keeps_signatures;
  return is_signature ? static_cast<record_type>(load_be16(rdata.data())) : of.type;
}

/// The sets of all records in the zone; nothing where the message is malformed. If `keeps_signatures`, they
/// are sets of their own.
std::optional<std::vector<placed_set>> read_sets(dns::message_reader& reader, dns::name_view zone,
                                                 bool keeps_signatures) {
  std::vector<placed_set> sets;
  std::array<std::byte, longest_data> space{};
  for (unsigned read = 0; read < most_records; ++read) {
    const auto next = reader.next_record();
    if (!next) return std::nullopt;
    if (!*next) break;
    const dns::record& record = **next;
    if (record.in_class != dns::record_class::in || is_meta(record.type)) continue;
    if (!record.owner.view().is_within(zone)) continue;
    const auto size = reader.rdata(record, space);
    if (!size) return std::nullopt;
    const cbytes rdata = cbytes(space).first(*size);
    const record_type type = set_type_of(record, rdata, keeps_signatures);
    auto place = std::ranges::find_if(sets, [&](const placed_set& each) {
      return each.where == record.where && each.set.type == type && each.set.owner == record.owner;
    });
    if (place == sets.end()) {
      sets.push_back({record.where, {.owner = record.owner, .type = type, .ttl = sane_ttl(record.ttl)}});
      place = std::prev(sets.end());
    }
    place->set.ttl = std::min(place->set.ttl, sane_ttl(record.ttl));
    if (type == record.type)
      place->set.add(rdata);
    else
      place->set.add_signature(rdata);
  }
  std::erase_if(sets, [](const placed_set& each) { return each.set.empty(); });
  return sets;
}

class classifier {
 public:
  classifier(std::vector<placed_set> sets, dns::name_view zone, dns::name_view name, record_type type)
      : sets_(std::move(sets)), zone_(zone), name_(name), type_(type) {}

  dns_response classify(const dns::header& head) {
    dns_response made = classify_records(head);
    for (placed_set& each : sets_) {
      const bool is_proof = each.where == section::authority &&
                            (each.set.type == record_type::nsec || each.set.type == record_type::nsec3);
      const bool is_source = each.where == section::answer && each.set.type == record_type::dname &&
                             name_.is_within(each.set.owner) && each.set.owner.view() != name_;
      if ((is_proof || is_source) && made.proof.size() < most_proofs)
        made.proof.push_back(std::move(each.set));
    }
    return made;
  }

 private:
  dns_response classify_records(const dns::header& head) {
    using kind = dns_response::kind;
    if (head.authoritative) {
      if (auto* set = find(section::answer, type_, name_)) return made(kind::answer, *set);
      if (auto* set = find(section::answer, record_type::cname, name_)) return made(kind::alias, *set);
    }
    auto* const soa = find_above(record_type::soa);
    if (head.code == dns::rcode::name_error && head.authoritative) return denial(kind::no_name, soa);
    if (head.code != dns::rcode::no_error) return {};
    if (soa != nullptr) return denial(kind::no_data, soa);
    auto* const cut = find_above(record_type::ns);
    if (cut != nullptr && cut->owner.view() != zone_) return referral(*cut);
    return head.authoritative ? denial(kind::no_data, nullptr) : dns_response();
  }
  dns_record_set* find(section where, record_type type, dns::name_view owner) noexcept {
    for (placed_set& each : sets_)
      if (each.where == where && each.set.type == type && each.set.owner.view() == owner) return &each.set;
    return nullptr;
  }
  /// In the authority section, of a zone that the name is in.
  dns_record_set* find_above(record_type type) noexcept {
    for (placed_set& each : sets_)
      if (each.where == section::authority && each.set.type == type && name_.is_within(each.set.owner))
        return &each.set;
    return nullptr;
  }
  static dns_response made(dns_response::kind what, dns_record_set& set) {
    return {.what = what, .records = std::move(set)};
  }
  static dns_response denial(dns_response::kind what, dns_record_set* soa) {
    return soa != nullptr ? made(what, *soa) : dns_response{.what = what};
  }
  dns_response referral(dns_record_set& servers) {
    dns_response response;
    response.what = dns_response::kind::referral;
    servers.for_each([&](cbytes rdata) {
      const dns::name server = name_in(rdata);
      for (placed_set& each : sets_) {
        const bool is_address = each.set.type == record_type::a || each.set.type == record_type::aaaa;
        if (is_address && each.where == section::additional && each.set.owner == server && !each.set.empty())
          response.glue.push_back(std::move(each.set));
      }
    });
    for (placed_set& each : sets_)
      if (each.where == section::authority && each.set.type == record_type::ds &&
          each.set.owner == servers.owner)
        response.delegation = std::move(each.set);
    response.records = std::move(servers);
    return response;
  }

  std::vector<placed_set> sets_;
  dns::name_view zone_;
  dns::name_view name_;
  record_type type_;
};

}  // namespace

dns::name name_in(cbytes rdata) noexcept {
  return dns::name(dns::name_view::front_of(rdata).value_or(dns::name_view()));
}

std::uint32_t denial_ttl(const dns_record_set& soa) noexcept {
  std::uint32_t ttl = 0;
  soa.for_each([&](cbytes rdata) {
    if (rdata.size() >= 22) ttl = std::min(soa.ttl, load_be32(rdata.data() + rdata.size() - 4));
  });
  return ttl;
}

dns_response read_response(cbytes message, dns::name_view zone, dns::name_view name, record_type type) {
  auto reader = dns::message_reader::open(message);
  if (!reader) return {};
  auto sets = read_sets(*reader, zone, type == record_type::rrsig);
  if (!sets) return {};
  return classifier(*std::move(sets), zone, name, type).classify(reader->head());
}

}  // namespace mirage
