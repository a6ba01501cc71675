// SPDX-License-Identifier: ISC
// The host of a script: the project's stack on one interface, wired as a unikernel has it, and an application
// that does what the script says.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "mirage/arp.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/ethernet.hpp"
#include "mirage/icmp.hpp"
#include "mirage/icmpv6.hpp"
#include "mirage/ipv4.hpp"
#include "mirage/ipv6.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/stack.hpp"
#include "mirage/tcp.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/udp.hpp"
#include "script.hpp"

namespace mirage::scripts {

/// What a command found is not what the script says.
class unmet : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class host {
 public:
  using link = ethernet<memory::network>;
  using resolution = mirage::arp<link>;
  using internet = mirage::ipv4<link, resolution>;
  using control = mirage::icmp<internet>;
  using internet6 = mirage::ipv6<link>;
  using control6 = mirage::icmpv6<internet6>;
  using datagrams = mirage::udp<internet, internet6>;
  using streams = mirage::tcp<internet, internet6>;

  /// `names` of addresses, which its commands may use.
  host(test::virtual_node& node, const setting& on, const std::map<std::string, std::string>& names);
  host(const host&) = delete;
  host& operator=(const host&) = delete;
  ~host();

  [[nodiscard]] memory::network& interface() noexcept { return network_; }
  /// Takes its addresses.
  void start();
  /// The same of IPv6, which are in doubt for a while.
  void start_ipv6();
  /// Nothing while it is in doubt.
  [[nodiscard]] std::optional<std::string> link_address() const;
  /// A command of the script. Throws `mistake` or `unmet`.
  void perform(words command);

 private:
  struct heard {
    std::string data;
    endpoint from;
  };

  void udp_command(words& from);
  void udp_listen(std::uint16_t port, bool echo);
  bool ipv6_command(const word& what, words& from);
  void check_resolvers(words& from) const;
  void tcp_command(const word& what, words& from);
  void check_count(words& from);
  void expect(bool holds, const std::string& why) const {
    if (!holds) throw unmet(why);
  }
  [[nodiscard]] std::string resolved(const std::string& text) const;
  ipv6_address read_ip6(words& from) const;
  endpoint read_endpoint(words& from) const;
  std::uint16_t read_port(words& from) const;
  std::string read_data(words& from, std::size_t position = 0) const;

  task<> ping(ip_address to, std::size_t size);
  task<> claim(ipv4_address address);
  task<> accept();
  task<> connect(endpoint to);
  task<> write(std::string data);
  task<> read();

  test::virtual_node& node_;
  const setting& on_;
  const std::map<std::string, std::string>& names_;
  memory::network network_;
  link link_{"ethernet", network_};
  resolution resolution_;
  internet ip_;
  internet6 ip6_;
  control icmp_{"icmp", ip_};
  control6 icmp6_{"icmpv6", ip6_};
  datagrams udp_{"udp", ip_, ip6_};
  streams tcp_;
  mirage::stack<memory::network, link, resolution, internet, control, datagrams, streams, internet6, control6>
      stack_;

  std::map<std::uint16_t, subscription> udp_ports_;
  std::deque<heard> heard_;
  std::map<std::string, std::uint64_t> counted_;
  std::string pinged_ = "nobody was pinged";
  std::string claimed_ = "nothing was claimed";
  std::optional<tcp_listener> listener_;
  std::optional<tcp_flow> flow_;
  std::string flow_state_ = "there is no connection";
  std::string unread_;
  bool ended_ = false;
  std::size_t read_ = 0;
  std::size_t wrote_ = 0;
  std::size_t writing_ = 0;
  scope running_;
};

}  // namespace mirage::scripts
