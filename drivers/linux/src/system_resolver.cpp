// SPDX-License-Identifier: ISC
#include "mirage/linux/system_resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <string>

#include "mirage/core/host_name.hpp"
#include "socket_address.hpp"

namespace mirage {

namespace {

struct lookup final : background_job {
  explicit lookup(std::string_view of) : name(of) {}
  void work() noexcept override;
  std::string name;
  v1::address_list addresses;
  int error = 0;
};

void lookup::work() noexcept {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;  // each address once
  addrinfo* first = nullptr;
  error = ::getaddrinfo(name.c_str(), nullptr, &wanted, &first);
  if (error != 0) return;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(first, &::freeaddrinfo);
  for (const addrinfo* each = first; each != nullptr && !addresses.full(); each = each->ai_next) {
    const void* address = each->ai_addr;
    if (each->ai_family == AF_INET) {
      addresses.push_back(detail::to_address(static_cast<const sockaddr_in*>(address)->sin_addr));
    } else if (each->ai_family == AF_INET6) {
      addresses.push_back(detail::to_address(static_cast<const sockaddr_in6*>(address)->sin6_addr));
    }
  }
}

}  // namespace

task<result<v1::address_list, v1::resolve_error>> system_resolver::resolve(std::string_view host) {
  v1::address_list addresses;
  if (const auto literal = ip_address::parse(host)) {
    addresses.push_back(*literal);
    co_return addresses;
  }
  if (!is_host_name(host)) co_return fail(v1::resolve_error::bad_name);
  ++lookups_;
  auto job = std::make_unique<lookup>(host);
  auto done = co_await helper_.run(std::move(job));
  if (!done) {
    ++refused_;
    co_return fail(v1::resolve_error::failed);
  }
  if (done->error == EAI_NONAME || done->error == EAI_NODATA) co_return fail(v1::resolve_error::not_found);
  if (done->error != 0) co_return fail(v1::resolve_error::failed);
  if (done->addresses.empty()) co_return fail(v1::resolve_error::not_found);
  co_return std::move(done->addresses);
}

}  // namespace mirage
