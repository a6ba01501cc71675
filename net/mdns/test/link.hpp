// SPDX-License-Identifier: ISC
// Hosts on one link without a network: what one tells the group, all others hear.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/core/format.hpp"
#include "mirage/dns/multicast.hpp"
#include "mirage/mdns/responder_core.hpp"

namespace mirage::test {

using mdns_message = std::vector<std::byte>;
using mdns_action = mdns::responder_core::action;

inline dns::name name_of(std::string_view text) { return *dns::name::parse(text); }

/// The records of a section, each as `a.local. 1 4 120 flush`: name, type, octets of data, TTL.
inline std::vector<std::string> records_in(cbytes message, dns::section where) {
  std::vector<std::string> all;
  auto reader = *dns::message_reader::open(message);
  while (const auto next = *reader.next_record()) {
    if (next->where != where) continue;
    std::array<char, 400> space{};
    all.emplace_back(format_to(space, "{} {} {} {}{}", next->owner, next->type, next->rdata_size, next->ttl,
                               mdns::has_top_bit(next->in_class) ? " flush" : ""));
  }
  return all;
}

struct mdns_link {
  struct host {
    host(std::string_view name, std::initializer_list<ip_address> addresses, std::uint64_t random,
         instant now)
        : core(name_of(name), random) {
      core.set_addresses(addresses, now);
      core.start(now);
    }
    mdns::responder_core core;
    std::vector<mdns_message> told;
  };

  host& add(std::string_view name, std::initializer_list<ip_address> addresses) {
    return *hosts.emplace_back(std::make_unique<host>(name, addresses, hosts.size() + 1, now));
  }

  /// Everything that happens until then.
  void run(duration length) {
    for (const instant end = now + length; now < end; now += 1ms) deliver();
  }
  void deliver() {
    for (auto& from : hosts)
      for (auto next = from->core.poll(now); next.what != mdns_action::kind::none;
           next = from->core.poll(now)) {
        mdns_message message(mdns::responder_core::longest_message);
        message.resize(from->core.emit(next, message));
        from->told.push_back(message);
        for (auto& to : hosts)
          if (to != from) hear(*to, message, *from);
      }
  }

  void hear(host& to, const mdns_message& message, host& from) {
    mdns::direct_reply reply;
    (void)to.core.input(message, true, dns::multicast_port, now, reply);
    if (reply.which == 0) return;
    mdns_message alone(mdns::responder_core::longest_message);
    alone.resize(to.core.emit(reply, alone));
    (void)from.core.input(alone, false, dns::multicast_port, now, reply);
  }

  instant now{1000s};
  std::vector<std::unique_ptr<host>> hosts;
};

}  // namespace mirage::test
