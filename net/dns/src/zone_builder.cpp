// SPDX-License-Identifier: ISC
#include <algorithm>
#include <limits>

#include "mirage/dns/rdata.hpp"
#include "mirage/dns/zone.hpp"
#include "node_writer.hpp"
#include "record_log.hpp"

namespace mirage::dns {

namespace {

constexpr std::size_t digits_of_a_hash = 32;  // SHA-1 in base32, RFC 5155 §1.3

std::uint64_t hash_of(std::uint64_t origin, cbytes labels) noexcept {
  const label_starts starts(labels);
  std::uint64_t hash = origin;
  for (unsigned i = starts.count(); i-- > 0;) hash = query_name::extend(hash, starts.label(i));
  return hash;
}

/// Of an NSEC3, whether it belongs to the chain that the NSEC3PARAM describes: algorithm, iterations, salt.
bool is_of_chain(cbytes nsec3, cbytes parameters) noexcept {
  if (parameters.size() < 5 || nsec3.size() < parameters.size()) return false;
  return nsec3[0] == parameters[0] &&
         order_of_octets(nsec3.subspan(2, parameters.size() - 2), parameters.subspan(2)) == 0;
}

}  // namespace

struct zone_builder::state {
  name origin;
  record_log records;
};

zone_builder::zone_builder(name_view origin) : state_(new state{name(origin), {}}) { state_->origin.lower(); }
zone_builder::~zone_builder() = default;

result<void, zone_error> zone_builder::add(name_view owner, record_type type, std::uint32_t ttl,
                                           cbytes rdata) {
  if (!owner.is_within(state_->origin)) return fail(zone_error::outside);
  if (is_meta(type) || !is_valid_rdata(type, rdata)) return fail(zone_error::bad_data);
  const cbytes labels = owner.wire().first(owner.size() - state_->origin.size());
  if (!state_->records.add(labels, type, ttl, rdata)) return fail(zone_error::too_large);
  return {};
}

result<std::unique_ptr<const zone>, zone_error> zone_builder::finish() {
  record_log& records = state_->records;
  records.sort();
  std::unique_ptr<zone> made(new zone);
  written_node node;
  node_output measure;
  std::size_t nsecs = 0;
  std::size_t nsec3s = 0;
  for (node_writer writer(records, measure);;) {
    if (!writer.next(node)) {
      if (writer.failed()) return fail(writer.error());
      break;
    }
    made->names_ += node.nothing_else ? 0 : 1;
    nsecs += node.nsec ? 1 : 0;
    nsec3s += node.nsec3 ? 1 : 0;
  }
  if (measure.size() > std::numeric_limits<std::uint32_t>::max() - 1) return fail(zone_error::too_large);

  made->origin_ = state_->origin;
  const query_name origin(made->origin_);
  made->origin_labels_ = origin.labels();
  made->origin_hash_ = origin.hash(origin.labels());
  made->records_ = records.size();
  made->arena_size_ = measure.size();
  made->arena_ = std::make_unique_for_overwrite<std::byte[]>(measure.size());
  made->slots_.resize(made->names_ + made->names_ / 3 + 2);
  made->nsec_.reserve(nsecs);
  made->nsec3_.reserve(nsec3s);

  node_output out(made->arena_.get());
  node_writer writer(records, out);
  cbytes parameters;
  while (writer.next(node)) {
    const auto offset = static_cast<std::uint32_t>(node.offset);
    const zone_node at(made->arena_.get() + node.offset);
    if (node.labels.empty()) parameters = at.find(record_type::nsec3param).rdata_or_none();
    if (!node.nothing_else) made->index(hash_of(made->origin_hash_, node.labels), offset);
    if (node.nsec && !node.occluded) made->nsec_.push_back(offset);
    if (node.nsec3 && node.labels.size() == 1 + digits_of_a_hash &&
        is_of_chain(at.find(record_type::nsec3).rdata(), parameters))
      made->nsec3_.push_back(offset);
  }
  made->mark_wildcards();
  made->prepare_soa();
  state_->records = {};
  return std::unique_ptr<const zone>(std::move(made));
}

}  // namespace mirage::dns
