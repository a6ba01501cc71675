// SPDX-License-Identifier: ISC
// The peer: an echo server as one writes it with epoll and a datagram a call.
//
//   epoll_echo ADDRESS PORT
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

sockaddr* as_any(sockaddr_in& address) { return static_cast<sockaddr*>(static_cast<void*>(&address)); }

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 64;
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
  if (::inet_pton(AF_INET, words[1], &local.sin_addr) != 1) return 64;
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (::bind(socket, as_any(local), sizeof local) != 0) give_up("bind");
  const int epoll = ::epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) != 0) give_up("epoll_ctl");
  std::puts("ready");
  std::fflush(stdout);
  while (true) {
    ::epoll_wait(epoll, &event, 1, -1);
    while (true) {
      std::array<char, 2048> room;
      sockaddr_in from{};
      socklen_t length = sizeof from;
      const ssize_t size = ::recvfrom(socket, room.data(), room.size(), 0, as_any(from), &length);
      if (size < 0) break;
      ::sendto(socket, room.data(), static_cast<std::size_t>(size), 0, as_any(from), length);
    }
  }
}
