// SPDX-License-Identifier: ISC
// The host of a script: the project's stack on one interface, wired as a unikernel has it, and an application
// that does what the script says.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mirage/arp.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/ethernet.hpp"
#include "mirage/icmp.hpp"
#include "mirage/ipv4.hpp"
#include "mirage/memory/network.hpp"
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
  using header = v1::ip_header<ipv4_address>;

  host(test::virtual_node& node, const setting& on);
  host(const host&) = delete;
  host& operator=(const host&) = delete;
  ~host();

  [[nodiscard]] memory::network& interface() noexcept { return network_; }
  /// Takes its address.
  void start();
  /// A command of the script. Throws `mistake` or `unmet`.
  void perform(words command);

  // ---- The sink of each layer ----

  void input(buffer&& frame, const v1::received& how) { link_.input(std::move(frame), how, *this); }
  void batch_end();
  void writable() { tcp_.writable(); }
  void arp(buffer&& packet, const v1::received&) { resolution_.input(std::move(packet)); }
  void ipv4(buffer&& packet, const v1::received& how) { ip_.input(std::move(packet), how, *this); }
  void ipv6(buffer&&, const v1::received&) {}
  void tcp(const header& from, buffer&& segment, const v1::received& how) {
    tcp_.input(from, std::move(segment), how);
  }
  void udp(const header& from, buffer&& datagram, const v1::received& how);
  void icmp(const header& from, buffer&& message, const v1::received& how);
  void reported(const v1::icmp_report<ipv4_address>& report);

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
  memory::network network_;
  link link_{"ethernet", network_};
  resolution resolution_;
  internet ip_;
  mirage::icmp<internet> icmp_{"icmp", ip_};
  mirage::udp<internet> udp_{"udp", ip_};
  mirage::tcp<internet> tcp_;
  subscription listening_;

  std::map<std::uint16_t, subscription> udp_ports_;
  std::deque<heard> heard_;
  std::map<std::string, std::uint64_t> counted_;
  std::string pinged_ = "nobody was pinged";
  std::string claimed_ = "nothing was claimed";
  std::vector<v1::icmp_report<ipv4_address>::kind> reports_;
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
