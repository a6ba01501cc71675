// SPDX-License-Identifier: ISC
#include "mirage/ip/reassembly.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mirage {

namespace {

constexpr std::size_t headroom = ip_reassembly::greatest_header;
constexpr std::size_t greatest_payload = 65'535;

// RFC 3168 §5.3: one fragment that has met congestion makes the whole a witness of it; that beside one that
// cannot say so is nonsense.
enum ecn_codepoint : std::uint8_t { not_capable = 0, congestion = 3 };
[[nodiscard]] bool is_bad_ecn(unsigned seen) noexcept {
  return (seen & 1U << not_capable) != 0 && (seen & 1U << congestion) != 0;
}

}  // namespace

ip_reassembly::ip_reassembly(const reassembly_options& options) : options_(options) {
  options_.datagrams = std::max<std::size_t>(options_.datagrams, 1);
}

fragment_verdict ip_reassembly::add(const fragment_place& where, cbytes header, cbytes payload, instant now,
                                    reassembled& whole) {
  const std::size_t end = where.offset + payload.size();
  if (payload.empty() || (where.more && payload.size() % 8 != 0) || header.size() > headroom ||
      end > std::min(where.greatest_end, greatest_payload))
    return fragment_verdict::malformed;

  entry* of = find(where.of);
  if (of == nullptr) of = &make(where.of, now);
  if (of->given_up) return fragment_verdict::dropped;
  const fragment_verdict placed =
      place(*of, where.more, {static_cast<std::uint16_t>(where.offset), static_cast<std::uint16_t>(end)});
  if (placed == fragment_verdict::duplicate) return placed;
  of->ecn = static_cast<std::uint8_t>(of->ecn | 1U << (where.traffic_class & 3));
  if (placed == fragment_verdict::taken && is_bad_ecn(of->ecn)) {
    give_up(*of);
    return fragment_verdict::bad_ecn;
  }
  if (placed != fragment_verdict::taken) {
    give_up(*of);
    return placed;
  }
  if (!grow(*of, end)) {
    give_up(*find(where.of));
    return fragment_verdict::no_memory;
  }
  of = find(where.of);  // growing may have evicted others
  std::memcpy(of->data.writable().data() + headroom + where.offset, payload.data(), payload.size());
  of->received += payload.size();
  if (where.offset == 0) {
    std::memcpy(of->data.writable().data() + headroom - header.size(), header.data(), header.size());
    of->header = header.size();
  }
  if (of->end == 0 || of->received != of->end) return fragment_verdict::taken;
  whole = take(*of);
  return fragment_verdict::complete;
}

fragment_verdict ip_reassembly::place(entry& of, bool more, range where) {
  for (std::size_t i = 0; i < of.count; ++i) {
    const range other = of.fragments[i];
    if (other.begin == where.begin && other.end == where.end) return fragment_verdict::duplicate;
    if (where.begin < other.end && other.begin < where.end) return fragment_verdict::overlap;
    if (!more && other.end > where.end) return fragment_verdict::overlap;
  }
  if (of.end != 0 && (where.end > of.end || !more)) return fragment_verdict::overlap;
  if (of.count == most_fragments) return fragment_verdict::too_many;
  of.fragments[of.count++] = where;
  if (!more) of.end = where.end;
  return fragment_verdict::taken;
}

// Memory at least doubles, so that a datagram that comes in order is not copied for each of its fragments;
// once its end is known, no more than that is asked for.
bool ip_reassembly::grow(entry& of, std::size_t end) {
  const std::size_t wanted = headroom + std::max(end, of.end);
  const std::size_t has = of.data.capacity();
  if (wanted > has) {
    const std::size_t most = headroom + greatest_payload;
    const std::size_t asked = of.end != 0 ? wanted : std::min(std::max(wanted, 2 * has), most);
    const datagram_key key = of.key;
    entry* mine = &of;
    while (bytes_ - has + asked > options_.bytes) {
      if (!evict_oldest_but(mine)) return false;
      mine = find(key);
    }
    buffer larger = buffer::allocate(asked);
    if (!larger) return false;
    if (has != 0) std::memcpy(larger.writable().data(), mine->data.data(), mine->data.size());
    bytes_ += larger.capacity() - has;
    mine->data = std::move(larger);
    return true;
  }
  if (of.data.size() < wanted) of.data.resize(wanted);
  return true;
}

std::optional<reassembled> ip_reassembly::expire(instant now) {
  for (std::size_t i = 0; i < entries_.size();) {
    if (entries_[i].deadline > now) {
      ++i;
      continue;
    }
    const bool known = entries_[i].given_up;
    reassembled late = take(entries_[i]);  // another one takes its place
    if (!known) return late;
  }
  return std::nullopt;
}

instant ip_reassembly::next_timeout() const noexcept {
  instant next = never;
  for (const entry& each : entries_) next = std::min(next, each.deadline);
  return next;
}

ip_reassembly::entry* ip_reassembly::find(const datagram_key& key) noexcept {
  const auto found = std::ranges::find(entries_, key, &entry::key);
  return found == entries_.end() ? nullptr : &*found;
}

ip_reassembly::entry& ip_reassembly::make(const datagram_key& key, instant now) {
  if (entries_.empty()) entries_.reserve(options_.datagrams);
  if (entries_.size() == options_.datagrams) static_cast<void>(evict_oldest_but(nullptr));
  entry& made = entries_.emplace_back();
  made.key = key;
  made.deadline = later(now, options_.time);
  return made;
}

bool ip_reassembly::evict_oldest_but(const entry* kept) noexcept {
  entry* oldest = nullptr;
  for (entry& each : entries_)
    if (&each != kept && (oldest == nullptr || each.deadline < oldest->deadline)) oldest = &each;
  if (oldest == nullptr) return false;
  ++evicted_;
  static_cast<void>(take(*oldest));
  return true;
}

// It stays until its time is over, without memory, so that the rest of it is known and dropped.
void ip_reassembly::give_up(entry& of) noexcept {
  bytes_ -= of.data.capacity();
  of.data = {};
  of.header = 0;
  of.given_up = true;
}

// What is between fragments was never written.
std::size_t ip_reassembly::first_fragment(const entry& of) noexcept {
  for (std::size_t i = 0; i < of.count; ++i)
    if (of.fragments[i].begin == 0) return of.fragments[i].end;
  return 0;
}

reassembled ip_reassembly::take(entry& from) noexcept {
  bytes_ -= from.data.capacity();
  reassembled whole{from.key, (from.ecn & 1U << congestion) != 0, from.header, std::move(from.data)};
  whole.payload.drop_front(headroom);
  whole.payload.truncate(from.received == from.end ? from.end : first_fragment(from));
  if (&from != &entries_.back()) from = std::move(entries_.back());
  entries_.pop_back();
  return whole;
}

}  // namespace mirage
