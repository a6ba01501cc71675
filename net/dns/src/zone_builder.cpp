// SPDX-License-Identifier: ISC
#include <limits>
#include <optional>

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
        made_->prepare_soa();
        records = {};
        return std::unique_ptr<const zone>(std::move(made_));
      }
    }
    return std::nullopt;
  }

  name origin;
  record_log records;

 private:
  enum class step : std::uint8_t { sort, measure, write };

  void measure() noexcept {
    made_->names_ += node_.nothing_else ? 0 : 1;
    nsecs_ += node_.nsec ? 1 : 0;
    nsec3s_ += node_.nsec3 ? 1 : 0;
  }

  void begin_writing() {
    made_->origin_ = origin;
    const query_name apex(origin);
    made_->origin_labels_ = apex.labels();
    made_->origin_hash_ = apex.hash(apex.labels());
    made_->records_ = records.size();
    made_->arena_size_ = output_.size();
    made_->arena_ = std::make_unique_for_overwrite<std::byte[]>(output_.size());
    made_->slots_.resize(made_->names_ + made_->names_ / 3 + 2);
    made_->nsec_.reserve(nsecs_);
    made_->nsec3_.reserve(nsec3s_);
    output_ = node_output(made_->arena_.get());
    writer_.emplace(records, output_);
    step_ = step::write;
  }

  void write() {
    const auto offset = static_cast<std::uint32_t>(node_.offset);
    const zone_node at(made_->arena_.get() + node_.offset);
    if (node_.labels.empty()) parameters_ = at.find(record_type::nsec3param).rdata_or_none();
    if (!node_.nothing_else) made_->index(hash_of(made_->origin_hash_, node_.labels), offset);
    if (node_.nsec && !node_.occluded) made_->nsec_.push_back(offset);
    if (node_.nsec3 && node_.labels.size() == 1 + digits_of_a_hash &&
        is_of_chain(at.find(record_type::nsec3).rdata(), parameters_))
      made_->nsec3_.push_back(offset);
    made_->mark_wildcard(at);
  }

  step step_ = step::sort;
  std::unique_ptr<zone> made_{new zone};
  node_output output_;  // only measures, at first
  std::optional<node_writer> writer_;
  written_node node_;
  std::size_t nsecs_ = 0;
  std::size_t nsec3s_ = 0;
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
