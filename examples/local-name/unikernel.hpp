// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/mdns.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source name_log{"local-name"};

template <mirage::v1::stack Stack, mirage::v1::resolver Resolver>
mirage::task<> announce(Stack& stack, Resolver& names, std::string_view host, std::string_view peer) {
  mirage::mdns_responder<Stack> responder("mdns", stack, host);
  auto started = co_await responder.start();
  if (!started) {
    name_log.error("{}: {}", host, describe(started.error()));
    mirage::os::exit(1);
    co_return;
  }
  co_await responder.claimed();
  name_log.info("this is {}", responder.host());
  if (!peer.empty()) {
    const auto found = co_await names.resolve(peer);
    if (found)
      name_log.info("{} is at {}", peer, (*found)[0]);
    else
      name_log.error("{}: {}", peer, describe(found.error()));
  }
  co_await mirage::os::shutdown().asked();
  co_await responder.stop();
}
