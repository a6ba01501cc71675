// SPDX-License-Identifier: ISC
// Bytes of resident memory that one end of an idle connection takes. Each version of IP is measured in a
// process of its own, lest the second find the memory that the first gave back.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/unikernel.hpp>
#include <mirage/memory/ip.hpp>
#include <mirage/memory/network.hpp>
#include <mirage/tcp.hpp>

namespace {

using namespace mirage;

double resident_bytes() {
  long pages = 0;
  if (std::FILE* statm = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(statm, "%*d %ld", &pages) != 1) pages = 0;
    std::fclose(statm);
  }
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

template <class Address>
Address address_of(unsigned last) {
  if constexpr (Address::size == 4)
    return Address(0x0a000000 + last);
  else
    return Address(0x20010db800000000, last);
}

/// TCP over IP in memory, wired as a stack does it.
template <class Address>
struct machine {
  machine(mac_address mac, unsigned ours, unsigned theirs)
      : network(mac, {.mtu = memory::ip<Address>::link_mtu}),
        ip(network, address_of<Address>(ours), address_of<Address>(theirs), 1500),
        streams(ip, "tcp"),
        listening(network.listen(*this)) {}
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;

  void input(buffer&& frame, const v1::received& how) { ip.input(std::move(frame), how, *this); }
  void batch_end() { streams.batch_end(); }
  void writable() { streams.writable(); }
  void tcp(const v1::ip_header<Address>& header, buffer&& segment, const v1::received& how) noexcept {
    streams.input(header, std::move(segment), how);
  }
  void udp(const v1::ip_header<Address>&, buffer&&, const v1::received&) noexcept {}
  void icmp(const v1::ip_header<Address>&, buffer&&, const v1::received&) noexcept {}

  memory::network network;
  memory::ip<Address> ip;
  mirage::tcp<memory::ip<Address>> streams;
  subscription listening;
};

/// One message there, so that each end has used its buffers once.
task<> greet(tcp_flow& from, tcp_flow& to) {
  buffer hello = buffer::allocate(1000);
  require(static_cast<bool>(hello), "no memory for a message");
  auto written = co_await from.write(std::move(hello));
  auto read = co_await to.read();
  require(written.has_value() && read.has_value(), "a message does not arrive");
}

/// A message is its sender's until then, and the other end says so a little later: without the wait,
/// messages of the last moment would be measured, the more of them the faster the machine is.
task<> everything_is_acknowledged() { co_await sleep_for(2 * tcp_options{}.acknowledgement_delay); }

template <class Address>
task<double> bytes_of_an_end(std::size_t count) {
  // So many have something to say at once. The first so many also take what is allocated once.
  constexpr std::size_t busy = 512;
  machine<Address> here("02:00:00:00:00:01", 1, 2);
  machine<Address> there("02:00:00:00:00:02", 2, 1);
  connect(here.network, there.network);
  const endpoint server{ip_address(address_of<Address>(1)), 80};
  auto port = here.streams.listen(server);
  require(port.has_value(), "the port is taken");
  std::vector<tcp_flow> flows;
  flows.reserve(2 * (busy + count));
  double before = 0;
  for (std::size_t i = 0; i < busy + count; ++i) {
    if (i % busy == 0) co_await everything_is_acknowledged();
    if (i == busy) before = resident_bytes();
    auto near = co_await there.streams.connect(server);
    require(near.has_value(), "a connection is refused");
    auto far = co_await port->accept();
    require(far.has_value(), "the listener has ended");
    co_await greet(*near, *far);
    flows.push_back(*std::move(near));
    flows.push_back(*std::move(far));
  }
  co_await everything_is_acknowledged();
  co_return (resident_bytes() - before) / static_cast<double>(2 * count);
}

}  // namespace

mirage::task<int> mirage::run(std::span<const std::string_view>) {
  const std::size_t count = std::getenv("BENCH_SECONDS") != nullptr ? 1'000 : 10'000;
  const pid_t child = ::fork();
  const bool second = child == 0;
  const double bytes =
      second ? co_await bytes_of_an_end<ipv6_address>(count) : co_await bytes_of_an_end<ipv4_address>(count);
  int status = 0;
  if (!second) ::waitpid(child, &status, 0);
  std::printf(R"({"name": "memory.idle_connection.%s", "ours": %.0f, "unit": "B", "wanted": "<= 1024"})"
              "\n",
              second ? "ipv6" : "ipv4", bytes);
  std::fflush(stdout);
  co_return status == 0 ? exit_status::ok : exit_status::crashed;
}
