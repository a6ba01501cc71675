// SPDX-License-Identifier: ISC
// TIME-WAIT: RFC 9293 §3.6.1, without the connection: what is needed to acknowledge the peer's FIN again, and
// to take a new SYN (RFC 6191). All of them wait equally long, so the oldest ends first.
#pragma once

#include <cstdint>

#include "mirage/core/endpoint.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/time.hpp"
#include "mirage/tcp/sequence.hpp"

namespace mirage::tcp_protocol {

struct ended_connection : list_link {
  endpoint local;
  endpoint peer;
  ended_connection* next_in_table = nullptr;
  instant until{};
  sequence snd_nxt{};
  sequence rcv_nxt{};
  std::uint32_t recent = 0;  // TS.Recent
  std::uint32_t timestamp_offset = 0;
  std::uint16_t window = 0;
  bool timestamps = false;
};

}  // namespace mirage::tcp_protocol
