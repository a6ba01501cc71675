// SPDX-License-Identifier: ISC
#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "mirage/dns/rdata.hpp"
#include "mirage/dns/zone.hpp"
#include "node_writer.hpp"
#include "record_log.hpp"
#include "zone_block.hpp"

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

class zone_builder::state {
 public:
  explicit state(name_view of) : origin(of) { origin.lower(); }

  /// As `finish` says.
  [[nodiscard]] std::optional<result<std::unique_ptr<const zone>, zone_error>> advance(std::size_t parts) {
    for (; parts > 0; --parts) {
      if (step_ == step::sort) {
        if (!records.sort(parts)) return std::nullopt;
        writer_.emplace(records, output_);
        step_ = step::measure;
      } else if (writer_->next(node_)) {
        step_ == step::measure ? measure() : write();
      } else if (writer_->failed()) {
        return fail(writer_->error());
      } else if (output_.size() > std::numeric_limits<std::uint32_t>::max() - 1) {
        return fail(zone_error::too_large);
      } else if (step_ == step::measure) {
        begin_writing();
      } else {
        return finish();
      }
    }
    return std::nullopt;
  }

  name origin;
  record_log records;

 private:
  enum class step : std::uint8_t { sort, measure, write };

  void measure() noexcept {
    if (node_.labels.empty()) apex_size_ = output_.size();
    names_ += node_.nothing_else ? 0 : 1;
    nsecs_ += node_.nsec && !node_.occluded ? 1 : 0;
    nsec3s_ += node_.nsec3 ? 1 : 0;
  }

  void begin_writing() {
    const std::size_t slots = names_ + names_ / 3 + 2;
    const std::size_t index_size = slots * zone_header::slot_size;
    // The NSEC3 records that are not of the chain are known in the end.
    const std::size_t most = zone_header::size + index_size + nsecs_ * zone_header::entry_size +
                             output_.size() + apex_size_ + nsec3s_ * zone_header::entry_size;
    block_ = std::make_unique_for_overwrite<std::byte[]>(most);
    std::memset(block_.get(), 0, zone_header::size + index_size);
    store_le64(block_.get(), zone_header::version);
    std::ranges::copy(origin.view().wire(), block_.get() + zone_header::origin);
    zone_header::store(block_.get(), zone_header::names, names_);
    zone_header::store(block_.get(), zone_header::records, records.size());
    zone_header::store(block_.get(), zone_header::slots, slots);
    zone_header::store(block_.get(), zone_header::nsecs, nsecs_);
    zone_header::store(block_.get(), zone_header::arena_size, output_.size());
    made_->lay_out({block_.get(), most});
    output_ = node_output(writable(made_->arena_));
    writer_.emplace(records, output_);
    step_ = step::write;
  }

  void write() {
    const auto offset = static_cast<std::uint32_t>(node_.offset);
    const zone_node at(made_->arena_ + node_.offset);
    if (node_.labels.empty()) write_soa(at.find(record_type::soa));
    if (node_.labels.empty()) parameters_ = at.find(record_type::nsec3param).rdata_or_none();
    if (!node_.nothing_else) index(hash_of(made_->origin_hash_, node_.labels), offset);
    if (node_.nsec && !node_.occluded)
      store_le32(writable(made_->nsec_) + nsecs_written_++ * zone_header::entry_size, offset);
    if (node_.nsec3 && node_.labels.size() == 1 + digits_of_a_hash &&
        is_of_chain(at.find(record_type::nsec3).rdata(), parameters_))
      store_le32(writable(made_->nsec3_) + nsec3s_written_++ * zone_header::entry_size, offset);
    mark_wildcard(at.labels());
  }

  void index(std::uint64_t hash, std::uint32_t offset) noexcept {
    std::size_t place = made_->place_of(hash);
    const auto slot = [&] { return writable(made_->index_) + place * zone_header::slot_size; };
    while (load_le32(slot() + 4) != 0) place = place + 1 == made_->slots_ ? 0 : place + 1;
    store_le32(slot(), static_cast<std::uint32_t>(hash));
    store_le32(slot() + 4, offset + 1);
  }

  // Of a `*` the name above it, which was written before.
  void mark_wildcard(cbytes labels) noexcept {
    if (labels.size() < 2 || labels[0] != std::byte{1} || labels[1] != std::byte{'*'}) return;
    const cbytes parent = labels.subspan(2);
    const zone_node found = made_->find(hash_of(made_->origin_hash_, parent), parent);
    if (found) writable(found.at_)[1] |= std::byte{zone_node::wildcard};
  }

  // As it stands in negative answers: RFC 2308 §5.
  void write_soa(record_set soa) noexcept {
    const std::byte* const from = soa.records().data() - record_set::set_header;
    const std::size_t size = record_set::set_header + soa.records().size() + soa.signatures().size();
    std::byte* const to = writable(made_->negative_soa_);
    std::memcpy(to, from, size);
    const cbytes rdata = soa.rdata();
    const std::uint32_t ttl = std::min(soa.ttl(), load_be32(rdata.data() + rdata.size() - 4));
    std::byte* record = to + record_set::set_header;
    for (unsigned i = soa.count() + soa.signature_count(); i > 0; --i) {
      store_be32(record + 6, ttl);
      record += record_set::record_header + load_be16(record + 10);
    }
    zone_header::store(block_.get(), zone_header::serial, load_be32(rdata.data() + rdata.size() - 20));
    zone_header::store(block_.get(), zone_header::soa_size, size);
    made_->lay_out(made_->block_);
  }

  std::unique_ptr<const zone> finish() noexcept {
    zone_header::store(block_.get(), zone_header::nsec3s, nsec3s_written_);
    made_->lay_out({block_.get(), static_cast<std::size_t>(zone_header::size_of_all(block_.get()))});
    made_->owned_ = std::move(block_);
    records = {};
    return std::move(made_);
  }

  // What the zone has for reading, while it is still ours.
  [[nodiscard]] std::byte* writable(const std::byte* part) const noexcept {
    return block_.get() + (part - block_.get());
  }

  step step_ = step::sort;
  std::unique_ptr<zone> made_{new zone};
  node_output output_;  // only measures, at first
  std::optional<node_writer> writer_;
  written_node node_;
  std::size_t names_ = 0;
  std::size_t nsecs_ = 0;
  std::size_t nsec3s_ = 0;
  std::size_t apex_size_ = 0;  // not less than its SOA
  std::unique_ptr<std::byte[]> block_;
  std::size_t nsecs_written_ = 0;
  std::size_t nsec3s_written_ = 0;
  cbytes parameters_;  // of the NSEC3 chain
};

zone_builder::zone_builder(name_view origin) : state_(new state(origin)) {}
zone_builder::~zone_builder() = default;

result<void, zone_error> zone_builder::add(name_view owner, record_type type, std::uint32_t ttl,
                                           cbytes rdata) {
  if (!owner.is_within(state_->origin)) return fail(zone_error::outside);
  if (is_meta(type) || !is_valid_rdata(type, rdata)) return fail(zone_error::bad_data);
  const cbytes labels = owner.wire().first(owner.size() - state_->origin.size());
  if (!state_->records.add(labels, type, ttl, rdata)) return fail(zone_error::too_large);
  return {};
}

std::optional<result<std::unique_ptr<const zone>, zone_error>> zone_builder::finish(std::size_t records) {
  return state_->advance(records);
}

result<std::unique_ptr<const zone>, zone_error> zone_builder::finish() {
  while (true)
    if (auto made = finish(std::numeric_limits<std::size_t>::max())) return *std::move(made);
}

}  // namespace mirage::dns
