// SPDX-License-Identifier: ISC
// Every bound that a peer can run into, in one place. What is not bounded here cannot grow.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/time.hpp"

namespace mirage::http {

struct limits {
  // One message, in bytes as they are on the wire.
  std::uint32_t head_bytes = 16 * 1024;        ///< start line and fields together; at most 65535
  std::uint32_t target_bytes = 8 * 1024;       ///< the request target
  std::uint32_t method_bytes = 24;             ///< the method
  std::uint32_t fields = 100;                  ///< field lines
  std::uint64_t body_bytes = 1024 * 1024;      ///< content of one message, decoded
  std::uint32_t chunk_extension_bytes = 1024;  ///< chunk extensions of one body, all chunks together
  std::uint32_t trailer_bytes = 4 * 1024;      ///< trailer fields of one body, which are dropped
  std::uint32_t interim_responses = 8;         ///< 1xx before one response (client)
  std::uint32_t ranges = 16;                   ///< ranges in one request; with more, Range is ignored

  // One connection.
  std::uint32_t requests = 100'000;         ///< then it is closed, in an orderly way
  std::uint32_t pipelined = 32;             ///< answers gathered before they must be written
  std::uint64_t drained_bytes = 64 * 1024;  ///< unread body that is read and dropped to keep a connection

  // One server.
  std::uint32_t connections = 10'000;  ///< at once; the next one gets 503 and is closed

  // How long a peer may take.
  duration head_time = 10s;        ///< first to last byte of a head
  duration body_time = 30s;        ///< between two reads of a body
  std::uint32_t body_rate = 1024;  ///< and bytes a second that a body needs on the average, not 0
  duration idle_time = 75s;        ///< between two requests
  duration write_time = 30s;       ///< for one write to be taken by the flow
  duration linger_time = 2s;       ///< after the last answer, for the peer to close (RFC 9112 §9.6)
  duration stop_time = 5s;         ///< for running answers when the server stops
};

/// Offsets within a head are kept in 16 bits.
inline constexpr std::uint32_t max_head_bytes = 65535;

}  // namespace mirage::http
