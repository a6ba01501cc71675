// SPDX-License-Identifier: ISC
// One end of a TCP connection on the kernel's sockets, for `direct` and for itself.
//
//   kernel send PEER PORT SECONDS      connects, and sends for that long
//   kernel receive ADDRESS PORT        takes one connection, and reads it to its end
//
// Prints `BYTES SECONDS` of what went through.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::size_t piece = 128 * 1024;

sockaddr_in address_of(const char* address, const char* port) {
  sockaddr_in made{};
  made.sin_family = AF_INET;
  made.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  if (::inet_pton(AF_INET, address, &made.sin_addr) != 1) std::exit(64);
  return made;
}

const sockaddr* as_any(const sockaddr_in& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

void report(std::uint64_t bytes, clock_type::time_point start) {
  const std::chrono::duration<double> took = clock_type::now() - start;
  std::printf("%llu %.6f\n", static_cast<unsigned long long>(bytes), took.count());
}

void send_for(const sockaddr_in& to, std::chrono::seconds length) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  if (::connect(socket, as_any(to), sizeof to) != 0) give_up("connect");
  const std::vector<char> data(piece);
  const auto start = clock_type::now();
  std::uint64_t sent = 0;
  while (clock_type::now() - start < length) {
    const ssize_t count = ::send(socket, data.data(), data.size(), MSG_NOSIGNAL);
    if (count <= 0) break;
    sent += static_cast<std::uint64_t>(count);
  }
  report(sent, start);
  ::close(socket);
}

void receive_at(const sockaddr_in& local) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(listener, as_any(local), sizeof local) != 0 || ::listen(listener, 1) != 0) give_up("listen");
  std::puts("ready");
  std::fflush(stdout);
  const int socket = ::accept(listener, nullptr, nullptr);
  if (socket < 0) give_up("accept");
  std::vector<char> room(piece);
  const auto start = clock_type::now();
  std::uint64_t got = 0;
  while (true) {
    const ssize_t count = ::recv(socket, room.data(), room.size(), 0);
    if (count <= 0) break;
    got += static_cast<std::uint64_t>(count);
  }
  report(got, start);
  ::close(socket);
  ::close(listener);
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count > 1 ? words[1] : "";
  if (what == "send" && count == 5) {
    send_for(address_of(words[2], words[3]), std::chrono::seconds(std::atoi(words[4])));
  } else if (what == "receive" && count == 4) {
    receive_at(address_of(words[2], words[3]));
  } else {
    return 64;
  }
  return 0;
}
