// SPDX-License-Identifier: ISC
#include "network_namespace.hpp"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace mirage::test {

namespace {

[[noreturn]] void give_up(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

network_namespace::network_namespace() : before_(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) {
  // Who is not root is root in a namespace for users.
  const int what = ::geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET;
  if (::unshare(what) != 0) give_up("cannot make a network namespace");
  // Or the host would send of its own accord.
  const file_descriptor setting(::open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC));
  if (::write(setting.get(), "1", 1) != 1) give_up("cannot switch IPv6 off");
}

network_namespace::~network_namespace() { ::setns(before_.get(), CLONE_NEWNET); }

void ip(std::string_view words) {
  const std::string command = "ip " + std::string(words);
  if (std::system(command.c_str()) != 0) throw std::runtime_error("`" + command + "` failed");
}

raw_socket::raw_socket(std::string_view interface)
    : socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL))) {
  sockaddr_ll where{};
  where.sll_family = AF_PACKET;
  where.sll_protocol = htons(ETH_P_ALL);
  where.sll_ifindex = static_cast<int>(::if_nametoindex(std::string(interface).c_str()));
  const int on = 1;
  const int room = 8 << 20;
  ::setsockopt(socket_.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  if (::bind(socket_.get(), static_cast<sockaddr*>(static_cast<void*>(&where)), sizeof where) != 0)
    give_up("cannot look at the interface " + std::string(interface));
  (void)take();
}

void raw_socket::send(std::string_view frame) {
  if (::send(socket_.get(), frame.data(), frame.size(), 0) != static_cast<ssize_t>(frame.size()))
    give_up("cannot send a frame");
}

std::vector<std::string> raw_socket::take() {
  std::vector<std::string> frames;
  while (true) {
    std::string frame(70'000, '\0');
    const ssize_t size = ::recv(socket_.get(), frame.data(), frame.size(), 0);
    if (size < 0) return frames;
    frame.resize(static_cast<std::size_t>(size));
    frames.push_back(std::move(frame));
  }
}

}  // namespace mirage::test
