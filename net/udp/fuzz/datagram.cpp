// SPDX-License-Identifier: ISC
// Any bytes as a datagram: what is found good lies in them, and has the right checksum or none.
// covers: src/read.cpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mirage/checksum.hpp"
#include "mirage/udp/read.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> datagram(size);
  std::ranges::copy(std::as_bytes(std::span(data, size)), datagram.begin());
  for (unsigned how = 0; how < 8; ++how) {
    const bool verified = (how & 1) != 0;
    const bool needed = (how & 2) != 0;
    const bool coalesced = (how & 4) != 0;
    const udp_reading known = read_udp(datagram, 0x1234, verified, needed, coalesced);
    if (known.kind != udp_kind::good) continue;
    check(known.length >= 8 && known.length <= size && known.source != 0 && known.destination != 0);
    if (verified) continue;
    const bool none = load_be16(&datagram[6]) == 0;
    const std::uint16_t sum = checksum::sum_of(cbytes(datagram).first(known.length));
    check((none && !needed) || checksum::add(checksum::add(0x1234, known.length), sum) == checksum::verified);
#ifdef MIRAGE_PLANTED_BUG
    check(none || known.length != 9);
#endif
  }
  // A fuzzer does not find checksums.
  if (size < 8) return 0;
  store_be16(&datagram[6], 0);
  const std::uint16_t length = load_be16(&datagram[4]);
  if (length < 8 || length > size) return 0;
  const std::uint16_t sum =
      checksum::add(checksum::add(0x1234, length), checksum::sum_of(cbytes(datagram).first(length)));
  store_be16(&datagram[6], checksum::finish_not_zero(sum));
  const bool ports = load_be16(&datagram[0]) != 0 && load_be16(&datagram[2]) != 0;
  const bool good = read_udp(datagram, 0x1234, false, true, false).kind == udp_kind::good;
  check(good == ports);
#ifdef MIRAGE_PLANTED_BUG
  check(!good || length != 9);
#endif
  return 0;
}
