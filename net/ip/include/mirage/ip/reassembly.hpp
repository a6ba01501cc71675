// SPDX-License-Identifier: ISC
// Putting fragments together: RFC 791 §3.2, RFC 815, RFC 1122 §3.3.2, RFC 8200 §4.5. Fragments that overlap
// are an attack or a fault: the whole datagram is dropped, and what still comes of it (RFC 5722); a fragment
// that comes twice is harmless. Everything has a cap, and at a cap the oldest datagram goes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "mirage/core/address.hpp"
#include "mirage/core/buffer.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

struct reassembly_options {
  std::size_t datagrams = 64;       ///< incomplete ones
  std::size_t bytes = 1024 * 1024;  ///< of memory for them
  duration time = 60s;              ///< from the first fragment that came (RFC 1122 §3.3.2, RFC 8200 §4.5)
};

/// What tells the datagrams apart. RFC 8200 leaves the protocol out: it is 0 there.
struct datagram_key {
  ip_address source{};
  ip_address destination{};
  std::uint32_t identification = 0;
  std::uint8_t protocol = 0;
  friend bool operator==(const datagram_key&, const datagram_key&) noexcept = default;
};

/// What a fragment's header says.
struct fragment_place {
  datagram_key of{};
  std::size_t offset = 0;             ///< of its payload in that of the datagram, a multiple of 8
  bool more = false;                  ///< it is not the last one
  std::uint8_t traffic_class = 0;     ///< with its ECN bits
  std::size_t greatest_end = 65'535;  ///< how long the datagram's payload may be with such a header
};

/// What has become of a fragment. `malformed`: an impossible length or offset. `overlap`: with another one,
/// or with the end. `dropped`: its datagram was given up before. `too_many`: fragments of one datagram.
/// `no_memory`: the cap, or the node's pool. `bad_ecn`: marked in a way that no sender marks (RFC 3168 §5.3).
enum class fragment_verdict : std::uint8_t {
  taken,
  complete,
  duplicate,
  malformed,
  overlap,
  dropped,
  too_many,
  no_memory,
  bad_ecn
};

/// A datagram, as whole as it is. Its first header stands before the first byte of `payload`, in the same
/// memory.
struct reassembled {
  datagram_key key{};
  bool congestion = false;  ///< a fragment has met it (RFC 3168 §5.3)
  std::size_t header = 0;   ///< bytes of that header; 0: its first fragment is missing
  buffer payload{};

  [[nodiscard]] cbytes header_bytes() const noexcept { return {payload.data() - header, header}; }
};

/// Counts a fragment in the counters of either version of IP, which have the same names.
template <class Counters>
void count_fragment(Counters& counters, fragment_verdict verdict) noexcept {
  switch (verdict) {
    case fragment_verdict::complete: ++counters.reassembled; [[fallthrough]];
    case fragment_verdict::taken: ++counters.fragments_received; break;
    case fragment_verdict::duplicate: ++counters.fragment_duplicate; break;
    case fragment_verdict::malformed: ++counters.fragment_malformed; break;
    case fragment_verdict::overlap: ++counters.fragment_overlap; break;
    case fragment_verdict::dropped: ++counters.fragment_given_up; break;
    case fragment_verdict::too_many: ++counters.fragment_too_many; break;
    case fragment_verdict::no_memory: ++counters.fragment_memory; break;
    case fragment_verdict::bad_ecn: ++counters.fragment_ecn; break;
  }
}

class ip_reassembly {
 public:
  /// What one datagram can be cut into at most.
  static constexpr std::size_t most_fragments = 64;
  /// The longest header that there is room for: as long as IPv4's ever is, and a few extensions of IPv6's.
  static constexpr std::size_t greatest_header = 128;

  explicit ip_reassembly(const reassembly_options& options);

  /// `header` with its options, `payload` without padding; both are copied. `complete` fills `whole`.
  fragment_verdict add(const fragment_place& where, cbytes header, cbytes payload, instant now,
                       reassembled& whole);

  /// The next datagram whose time is over, with its first fragment if that has come; nothing if there is
  /// none.
  [[nodiscard]] std::optional<reassembled> expire(instant now);
  [[nodiscard]] instant next_timeout() const noexcept;

  [[nodiscard]] std::size_t datagrams() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t memory() const noexcept { return bytes_; }
  /// How many had to go for others since the last call.
  [[nodiscard]] std::uint64_t take_evicted() noexcept { return std::exchange(evicted_, 0); }

 private:
  struct range {
    std::uint16_t begin;
    std::uint16_t end;
  };
  struct entry {
    datagram_key key{};
    instant deadline{};
    buffer data{};  // room for the longest header, then the payload
    std::size_t header = 0;
    std::size_t received = 0;
    std::size_t end = 0;   // of the last fragment, if it has come
    std::uint8_t ecn = 0;  // a bit for each codepoint that came
    bool given_up = false;
    std::uint8_t count = 0;
    std::array<range, most_fragments> fragments;
  };

  [[nodiscard]] entry* find(const datagram_key& key) noexcept;
  entry& make(const datagram_key& key, instant now);
  [[nodiscard]] fragment_verdict place(entry& of, bool more, range where);
  [[nodiscard]] bool grow(entry& of, std::size_t end);
  [[nodiscard]] bool evict_oldest_but(const entry* kept) noexcept;
  void give_up(entry& of) noexcept;
  [[nodiscard]] static std::size_t first_fragment(const entry& of) noexcept;
  reassembled take(entry& from) noexcept;

  reassembly_options options_;
  std::vector<entry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace mirage
