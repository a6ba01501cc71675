// SPDX-License-Identifier: ISC
// A load of datagrams for an echo server: each socket keeps so many on their way.
//
//   load ADDRESS PORT SOCKETS DEPTH BYTES SECONDS
//
// Prints how many answers came. What is lost is sent again after a tenth of a second.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr unsigned most_at_once = 64;

/// The same bytes over and over, to and from.
class batch {
 public:
  explicit batch(std::size_t bytes) : content_(bytes) {
    for (auto& each : messages_) {
      each = {};
      each.msg_hdr.msg_iov = &part_;
      each.msg_hdr.msg_iovlen = 1;
    }
    part_ = {content_.data(), content_.size()};
  }
  void send(int socket, unsigned count) { ::sendmmsg(socket, messages_.data(), count, MSG_DONTWAIT); }
  unsigned receive(int socket) {
    const int count = ::recvmmsg(socket, messages_.data(), most_at_once, MSG_DONTWAIT, nullptr);
    return count < 0 ? 0 : static_cast<unsigned>(count);
  }

 private:
  std::vector<char> content_;
  iovec part_{};
  std::array<mmsghdr, most_at_once> messages_;
};

}  // namespace

int main(int count, char** words) {
  if (count != 7) return 64;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
  if (::inet_pton(AF_INET, words[1], &to.sin_addr) != 1) return 64;
  const auto depth = static_cast<unsigned>(std::atoi(words[4]));
  if (depth == 0 || depth > most_at_once) return 64;
  batch datagrams(static_cast<std::size_t>(std::atoi(words[5])));
  std::vector<pollfd> sockets(static_cast<std::size_t>(std::atoi(words[3])));
  for (auto& each : sockets) {
    each = {.fd = ::socket(AF_INET, SOCK_DGRAM, 0), .events = POLLIN, .revents = 0};
    if (::connect(each.fd, static_cast<sockaddr*>(static_cast<void*>(&to)), sizeof to) != 0) return 1;
    datagrams.send(each.fd, depth);
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(std::atof(words[6]));
  std::uint64_t answers = 0;
  while (std::chrono::steady_clock::now() < end) {
    if (::poll(sockets.data(), sockets.size(), 100) == 0) {
      for (auto& each : sockets) datagrams.send(each.fd, depth);
      continue;
    }
    for (auto& each : sockets) {
      if (each.revents == 0) continue;
      const unsigned came = datagrams.receive(each.fd);
      answers += came;
      if (came > 0) datagrams.send(each.fd, came);
    }
  }
  std::printf("%llu\n", static_cast<unsigned long long>(answers));
  return 0;
}
