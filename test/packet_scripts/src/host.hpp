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
#include "mirage/ipv4.hpp"
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
  using datagrams = mirage::udp<internet>;
  using streams = mirage::tcp<internet>;

  host(test::virtual_node& node, const setting& on);
  host(const host&) = delete;
  host& operator=(const host&) = delete;
  ~host();

  [[nodiscard]] memory::network& interface() noexcept { return network_; }
  /// Takes its address.
  void start();
  /// A command of the script. Throws `mistake` or `unmet`.
  void perform(words command);

 private:
  struct heard {
    std::string data;
    endpoint from;
  };

  void udp_command(words& from);
  void udp_listen(std::uint16_t port, bool echo);
  void tcp_command(const word& what, words& from);
  void check_count(words& from);
  void expect(bool holds, const std::string& why) const {
    if (!holds) throw unmet(why);
  }
  endpoint read_endpoint(words& from) const;
  std::uint16_t read_port(words& from) const;
  std::string read_data(words& from, std::size_t position = 0) const;

  task<> ping(ipv4_address to, std::size_t size);
  task<> claim(ipv4_address address);
  task<> accept();
  task<> connect(endpoint to);
  task<> write(std::string data);
  task<> read();

  test::virtual_node& node_;
  const setting& on_;
  memory::network network_;
  link link_{"ethernet", network_};
  resolution resolution_;
  internet ip_;
  control icmp_{"icmp", ip_};
  datagrams udp_{"udp", ip_};
  streams tcp_;
  mirage::stack<memory::network, link, resolution, internet, control, datagrams, streams> stack_;

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
