// SPDX-License-Identifier: ISC
#include "mirage/dns_server/incoming_transfer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mirage/core/endian.hpp"
#include "mirage/dns_server/zone_versions.hpp"

namespace mirage::dns {

namespace {

constexpr unsigned most_unsigned = 99;  // RFC 8945 §5.3.1

std::uint32_t serial_in(cbytes soa) noexcept { return load_be32(soa.data() + soa.size() - 20); }

std::vector<std::byte> key_of(name_view owner, record_type type, cbytes rdata) {
  name folded(owner);
  folded.lower();
  const cbytes wire = folded.view().wire();
  std::vector<std::byte> made(wire.begin(), wire.end());
  made.resize(made.size() + 2);
  store_be16(made.data() + wire.size(), static_cast<std::uint16_t>(type));
  made.insert(made.end(), rdata.begin(), rdata.end());
  return made;
}

}  // namespace

std::string_view describe(transfer_error error) noexcept {
  switch (error) {
    case transfer_error::none: return "nothing is wrong";
    case transfer_error::malformed: return "a message is malformed";
    case transfer_error::refused: return "the primary refused";
    case transfer_error::not_signed: return "a message is not signed as it must be";
    case transfer_error::bad_record: return "a record does not belong into the zone";
    case transfer_error::bad_order: return "the records are not in the order of a transfer";
    case transfer_error::other_version: return "the differences are not those of our version";
    case transfer_error::too_large: return "the zone is too large";
  }
  return "the transfer failed";
}

/// What becomes of a record of the version that we have.
struct incoming_transfer::change {
  std::uint32_t ttl = 0;
  bool added = false;
  bool was_there = false;  // it must have been: it was removed first
};

incoming_transfer::incoming_transfer(name_view origin, shared<const zone> have, const tsig_key* key,
                                     const incoming_options& options)
    : origin_(origin), have_(std::move(have)), options_(options), rdata_(65536) {
  if (key != nullptr) exchange_.emplace(*key);
}
incoming_transfer::~incoming_transfer() = default;

std::size_t incoming_transfer::ask(bytes out, std::uint16_t id, std::uint64_t seconds) {
  id_ = id;
  message_writer writer(out.first(out.size() - (exchange_ ? exchange_->size() : 0)));
  writer.set_header({.id = id});
  bool written = writer.add_question(origin_, have_ ? record_type::ixfr : record_type::axfr);
  if (have_ && written) {
    const record_set soa = have_->apex().find(record_type::soa);
    written = writer.add_record(section::authority, origin_, record_type::soa, record_class::in, soa.ttl(),
                                soa.rdata());
  }
  const std::size_t size = written ? writer.finish().size() : 0;
  return exchange_ && written ? exchange_->sign(out, size, seconds) : size;
}

incoming_transfer::state incoming_transfer::failed(transfer_error why) noexcept {
  error_ = why;
  made_ = nullptr;
  return state::failed;
}

incoming_transfer::state incoming_transfer::input(cbytes message, std::uint64_t seconds) {
  octets_ += message.size();
  if (octets_ > options_.most_octets) return failed(transfer_error::too_large);
  auto reader = message_reader::open(message);
  if (!reader) return failed(transfer_error::malformed);
  const bool was_first = std::exchange(first_message_, false);
  if (!check_head(*reader)) return failed(error_);
  if (!check_signature(message, seconds)) return failed(transfer_error::not_signed);
  if (was_first && unsigned_messages_ > 0) return failed(transfer_error::not_signed);
  if (!take_records(*reader)) return failed(error_);
  if (step_ != step::end) return state::more;
  if (unsigned_messages_ > 0) return failed(transfer_error::not_signed);
  return builder_ ? state::building : state::done;
}

bool incoming_transfer::check_head(message_reader& reader) {
  const header& head = reader.head();
  if (!head.response || head.operation != opcode::query || head.id != id_ || head.truncated)
    return wrong(transfer_error::malformed);
  if (head.code != rcode::no_error) {
    code_ = head.code;
    return wrong(transfer_error::refused);
  }
  return true;
}

bool incoming_transfer::check_signature(cbytes message, std::uint64_t seconds) {
  if (!exchange_) return true;
  const auto found = tsig_record::of(message);
  if (!found) return false;
  if (!*found) {
    exchange_->add_unsigned(message);
    return ++unsigned_messages_ <= most_unsigned;
  }
  unsigned_messages_ = 0;
  return exchange_->verify(message, **found, seconds) == rcode::no_error;
}

bool incoming_transfer::take_records(message_reader& reader) {
  while (true) {
    const auto question = reader.next_question();
    if (!question) return wrong(transfer_error::malformed);
    if (!*question) break;
    if ((*question)->subject.view() != origin_.view()) return wrong(transfer_error::malformed);
  }
  while (true) {
    const auto next = reader.next_record();
    if (!next) return wrong(transfer_error::malformed);
    if (!*next || (*next)->where != section::answer) break;
    if (step_ == step::end) return wrong(transfer_error::bad_order);
    const auto size = reader.rdata(**next, rdata_);
    if (!size) return wrong(transfer_error::malformed);
    if ((*next)->in_class != record_class::in) return wrong(transfer_error::bad_record);
    if (!take_record(**next, cbytes(rdata_).first(*size))) return false;
  }
  // The SOA alone: ours is new enough.
  if (step_ == step::second && have_ && !is_newer_serial(target_, have_->serial())) step_ = step::end;
  return true;
}

bool incoming_transfer::take_record(const record& each, cbytes rdata) {
  const bool is_soa = each.type == record_type::soa;
  if (is_soa && each.owner.view() != origin_.view()) return wrong(transfer_error::bad_record);
  if (is_soa) return take_soa(each, rdata);
  switch (step_) {
    case step::first_soa: return wrong(transfer_error::bad_order);
    case step::second: step_ = step::whole; [[fallthrough]];
    case step::whole: return add_whole(each, rdata);
    case step::removing: return change_record(each, rdata, false);
    case step::adding: return change_record(each, rdata, true);
    case step::end: break;
  }
  return wrong(transfer_error::bad_order);
}

bool incoming_transfer::take_soa(const record& each, cbytes rdata) {
  const std::uint32_t serial = serial_in(rdata);
  switch (step_) {
    case step::first_soa:
      soa_.assign(rdata.begin(), rdata.end());
      soa_ttl_ = each.ttl;
      target_ = serial;
      step_ = step::second;
      return true;
    case step::second:
      if (have_ && serial == have_->serial() && serial != target_) {
        current_ = serial;
        step_ = step::removing;
        return true;
      }
      [[fallthrough]];
    case step::whole:
      if (serial != target_) return wrong(transfer_error::bad_order);
      return all_came();
    case step::removing:
      if (!is_newer_serial(serial, current_)) return wrong(transfer_error::bad_order);
      current_ = serial;
      step_ = step::adding;
      return true;
    case step::adding:
      if (serial != current_) return wrong(transfer_error::bad_order);
      if (serial == target_) {
        builder_.emplace(origin_);
        unchanged_.emplace(*have_);
        return all_came();
      }
      step_ = step::removing;
      return true;
    case step::end: break;
  }
  return wrong(transfer_error::bad_order);
}

bool incoming_transfer::add_whole(const record& each, cbytes rdata) {
  if (!builder_) builder_.emplace(origin_);
  return builder_->add(each.owner, each.type, each.ttl, rdata) || wrong(transfer_error::bad_record);
}

bool incoming_transfer::change_record(const record& each, cbytes rdata, bool added) {
  const auto [place, is_new] = changes_.try_emplace(key_of(each.owner, each.type, rdata));
  change& what = place->second;
  if (is_new) what.was_there = !added;
  if (is_new) missing_ += what.was_there ? 1 : 0;
  what.added = added;
  what.ttl = each.ttl;
  return true;
}

bool incoming_transfer::all_came() {
  step_ = step::end;
  if (!builder_) builder_.emplace(origin_);
  return builder_->add(origin_, record_type::soa, soa_ttl_, soa_) || wrong(transfer_error::bad_record);
}

incoming_transfer::state incoming_transfer::build(std::size_t records) {
  if (!apply_changes(records)) return failed(error_);
  auto made = builder_->finish(records);
  if (!made) return state::building;
  if (!*made) return failed(transfer_error::bad_record);
  made_ = **std::move(made);
  return state::done;
}

// As far as `records` allows, which are counted down; with some of them left all are applied.
bool incoming_transfer::apply_changes(std::size_t& records) {
  for (; records > 0; --records) {
    if (unchanged_ && !unchanged_->at_end()) {
      if (!keep_record(*unchanged_)) return false;
      unchanged_->next();
    } else if (missing_ > 0) {
      return wrong(transfer_error::other_version);
    } else if (!changes_.empty()) {
      if (!add_change()) return false;
    } else {
      break;
    }
  }
  return true;
}

bool incoming_transfer::keep_record(const zone_records& each) {
  if (each.type() == record_type::soa) return true;
  const cbytes rdata = each.record().subspan(record_set::record_header);
  const auto found = changes_.find(key_of(each.owner(), each.type(), rdata));
  if (found != changes_.end()) {
    missing_ -= found->second.was_there ? 1 : 0;
    return true;
  }
  return builder_->add(each.owner(), each.type(), load_be32(each.record().data() + 6), rdata) ||
         wrong(transfer_error::too_large);
}

bool incoming_transfer::add_change() {
  const auto next = changes_.extract(changes_.begin());
  if (!next.mapped().added) return true;
  const name_view owner = *name_view::front_of(next.key());
  const cbytes rest = cbytes(next.key()).subspan(owner.size());
  const auto type = static_cast<record_type>(load_be16(rest.data()));
  return builder_->add(owner, type, next.mapped().ttl, rest.subspan(2)) || wrong(transfer_error::bad_record);
}

}  // namespace mirage::dns
