// SPDX-License-Identifier: ISC
// What the tests of TCP over the kernel's sockets share.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <string>
#include <utility>

#include <mirage/linux/socket_tcp.hpp>

#include "test_host.hpp"

namespace mirage {

inline buffer filled(std::size_t size, char with) {
  buffer made = buffer::allocate(size);
  std::memset(made.writable().data(), with, size);
  return made;
}

/// Done when it returns: nothing of it goes through the loop.
inline file_descriptor blocking_connection(const endpoint& to) {
  file_descriptor made(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(to.address.v4().value());
  EXPECT_EQ(::connect(made.get(), static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address), 0);
  return made;
}

struct ends {
  socket_flow client;
  socket_flow server;
};

class socket_tcp_test : public testing::Test {
 protected:
  task<ends> connected(socket_listener& listener) {
    auto client = co_await tcp.connect(at(listener));
    auto server = co_await listener.accept();
    EXPECT_TRUE(client.has_value());
    EXPECT_TRUE(server.has_value());
    co_return ends{*std::move(client), *std::move(server)};
  }
  endpoint at(const socket_listener& listener) { return {ipv4_address::loopback(), listener.local().port}; }
  socket_listener listening(endpoint where = {ipv4_address::loopback(), 0}) {
    auto made = tcp.listen(where);
    EXPECT_TRUE(made.has_value());
    return *std::move(made);
  }
  static task<std::string> read_all(socket_flow& flow) {
    std::string all;
    while (true) {
      auto part = co_await flow.read();
      if (!part || part->empty()) break;
      all += part->text();
    }
    co_return all;
  }

  test::test_host host;
  socket_options options;
  socket_tcp tcp{"stack_0", options};
};

}  // namespace mirage
