// SPDX-License-Identifier: ISC
// A caching recursive DNS resolver.
#pragma once

#include <array>
#include <cstdint>

#include <mirage/core/inline_vector.hpp>
#include <mirage/core/ip_prefix.hpp>
#include <mirage/core/log.hpp>
#include <mirage/core/memory_gauges.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/dns_resolver.hpp>
#include <mirage/dns_resolver/root_hints.hpp>
#include <mirage/dns_resolver/trust_anchor.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source resolver_log{"resolver"};

/// Who is answered where the operator does not say: RFC 1918, RFC 4193 and the machine itself.
inline constexpr std::array<mirage::ip_prefix, 7> private_networks{
    mirage::ip_prefix("10.0.0.0/8"),  mirage::ip_prefix("172.16.0.0/12"), mirage::ip_prefix("192.168.0.0/16"),
    mirage::ip_prefix("127.0.0.0/8"), mirage::ip_prefix("fc00::/7"),      mirage::ip_prefix("fe80::/10"),
    mirage::ip_prefix("::1/128")};

/// All of `given`, or of `usual` where nothing is given.
template <class Chosen, class Given, class Usual>
Chosen chosen(const Given& given, const Usual& usual) {
  Chosen all;
  for (const auto& each : given) all.push_back(each);
  if (all.empty())
    for (const auto& each : usual) all.push_back(each);
  return all;
}

template <class Resolver>
mirage::task<> serve(Resolver& resolver, std::uint16_t port) {
  auto served = co_await resolver.serve(port);
  resolver_log.error("cannot serve on port {}: {}; choose another one with --port", port,
                     describe(served.error()));
  mirage::os::exit(1);
}

template <mirage::v1::stack Stack>
mirage::task<> resolve_names(Stack& stack, std::uint16_t port,
                             const mirage::inline_vector<mirage::ip_prefix, 16>& clients,
                             const mirage::inline_vector<mirage::ip_address, 16>& roots,
                             const mirage::inline_vector<mirage::dns_trust_anchor, 16>& anchors) {
  const mirage::memory_gauges memory;
  mirage::dns_resolver_options options;
  options.clients = chosen<decltype(options.clients)>(clients, private_networks);
  options.recursion.roots = chosen<decltype(options.recursion.roots)>(roots, mirage::dns_root_servers);
  // Another root has other keys.
  if (roots.empty() || !anchors.empty())
    options.recursion.trust_anchors =
        chosen<decltype(options.recursion.trust_anchors)>(anchors, mirage::dns_root_anchors);
  mirage::dns_resolver<Stack> resolver("resolver", stack, options);
  mirage::scope serving;
  auto spawned = serving.spawn("resolver", serve(resolver, port));
  mirage::require(spawned.has_value(), "there is no memory for the first task");

  co_await mirage::yield();  // a port that is in use ends everything here
  resolver_log.info("answering on port {}", port);
  co_await mirage::os::shutdown();
}
