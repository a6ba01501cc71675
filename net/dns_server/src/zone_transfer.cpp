// SPDX-License-Identifier: ISC
#include "mirage/dns_server/zone_transfer.hpp"

#include "mirage/dns/message.hpp"

namespace mirage::dns {

namespace {

/// Octets of a message, if not one record alone is longer: names are shared within the first 16 KiB only.
constexpr std::size_t usual_message = 16 * 1024;
constexpr std::size_t opt_size = 11;

}  // namespace

zone_transfer::zone_transfer(const query& asked, shared<const zone> of, differences from, step first)
    : head_{.id = asked.head().id, .response = true, .authoritative = true},
      question_{name(asked.question_name()), asked.type(), asked.in_class()},
      zone_(std::move(of)),
      records_(*zone_),
      differences_(std::move(from)),
      step_(first) {
  if (asked.options()) edns_.emplace();
}

std::size_t zone_transfer::next(bytes out, std::uint64_t seconds) {
  const std::size_t trailer = signer_ ? signer_->size() : 0;
  if (out.size() < header::size + trailer) return step_ = step::end, 0;
  message_writer writer(out.first(out.size() - trailer));
  writer.set_header(head_);
  bool room = !std::exchange(first_, false) || writer.add(question_);
  const std::size_t reserved = edns_ ? opt_size : 0;
  writer.reserve(out.size() > usual_message ? out.size() - usual_message : reserved);
  while (room && step_ != step::end) {
    if (write_next(writer)) continue;
    if (writer.count(section::answer) > 0) break;
    writer.reserve(reserved);  // a record that is longer than a usual message
    if (!write_next(writer)) room = false;
    break;
  }
  if (!room || writer.count(section::answer) == 0) return step_ = step::end, 0;
  writer.reserve(0);
  if (edns_) {
    static_cast<void>(writer.add_edns(*edns_));
    edns_.reset();
  }
  const std::size_t size = writer.finish().size();
  return signer_ ? signer_->sign(out, size, seconds) : size;
}

bool zone_transfer::write_soa(message_writer& writer) const noexcept {
  return writer.add_prepared(section::answer, 1, zone_->apex().find(record_type::soa).records(),
                             zone_->origin());
}

bool zone_transfer::write_listed(message_writer& writer, step then) {
  cbytes rest = listed_;
  const listed_record each = listed_record::take(rest);
  if (!writer.add_prepared(section::answer, 1, each.record, each.owner)) return false;
  listed_ = rest;
  if (listed_.empty()) step_ = then;
  return true;
}

// One record; false, and nothing changed, when it does not fit.
bool zone_transfer::write_next(message_writer& writer) {
  switch (step_) {
    case step::zone_begin:
    case step::differences_begin:
      if (!write_soa(writer)) return false;
      step_ = step_ == step::zone_begin ? step::zone : step::removed;
      break;
    case step::zone:
      if (records_.type() != record_type::soa &&
          !writer.add_prepared(section::answer, 1, records_.record(), records_.owner()))
        return false;
      records_.next();
      if (records_.at_end()) step_ = step::last_soa;
      break;
    case step::removed:
      if (listed_.empty()) listed_ = differences_[difference_]->removed();
      if (!write_listed(writer, step::added)) return false;
      break;
    case step::added:
      if (listed_.empty()) listed_ = differences_[difference_]->added();
      if (!write_listed(writer, step::removed)) return false;
      if (step_ == step::removed && ++difference_ == differences_.size()) step_ = step::last_soa;
      break;
    case step::last_soa:
      if (!write_soa(writer)) return false;
      step_ = step::end;
      break;
    case step::end: break;
  }
  return true;
}

}  // namespace mirage::dns
