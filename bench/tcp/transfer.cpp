// SPDX-License-Identifier: ISC
// One end of a TCP connection that carries a given number of bytes, on the project's own stack.
//
//   transfer INTERFACE OUR_ADDRESS/PREFIX send PEER PORT BYTES      connects, sends, closes
//   transfer INTERFACE OUR_ADDRESS/PREFIX receive PORT              says `ready`, takes one connection, reads
//                                                                   it to its end, and prints `BYTES SECONDS`
//
// INTERFACE is `tap:NAME` or `packet:NAME`.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include <mirage/core/os.hpp>
#include <mirage/core/unikernel.hpp>

#include "own_stack.hpp"

namespace {

using namespace mirage;

constexpr std::size_t piece = 128 * 1024;

/// What is read from memory that stays, as a server reads a file of its image.
const std::array<std::byte, piece> data{};

template <class T>
T number(std::string_view text) {
  T value{};
  std::from_chars(text.begin(), text.end(), value);
  return value;
}

struct sender {
  endpoint to;
  std::uint64_t total;

  template <class Stack>
  task<> operator()(Stack& stack) {
    auto flow = co_await stack.tcp().connect(to);
    if (!flow) {
      std::fprintf(stderr, "connect: %s\n", std::string(describe(flow.error())).c_str());
      co_return;
    }
    for (std::uint64_t sent = 0; sent < total; sent += piece) {
      buffer part = buffer::from_static(data);
      part.truncate(static_cast<std::size_t>(std::min<std::uint64_t>(piece, total - sent)));
      auto done = co_await flow->write(std::move(part));
      if (!done) co_return;
    }
    co_await flow->close();
  }
};

struct receiver {
  std::uint16_t port;

  template <class Stack>
  task<> operator()(Stack& stack) {
    auto listener = stack.tcp().listen({{}, port});
    if (!listener) co_return;
    std::puts("ready");
    std::fflush(stdout);
    auto flow = co_await listener->accept();
    if (!flow) co_return;
    const instant start = os::monotonic();
    std::uint64_t got = 0;
    while (true) {
      auto part = co_await flow->read();
      if (!part || part->empty()) break;
      got += part->size();
    }
    const std::chrono::duration<double> took = os::monotonic() - start;
    std::printf("%llu %.6f\n", static_cast<unsigned long long>(got), took.count());
    std::fflush(stdout);
    co_await flow->close();
  }
};

}  // namespace

constinit const mirage::image_info mirage::image{"transfer", "unix", {}};

mirage::task<int> mirage::run(std::span<const std::string_view> words) {
  if (words.size() == 6 && words[2] == "send") {
    const auto peer = ip_address::parse(words[3]);
    if (!peer) co_return exit_status::bad_argument;
    sender work{{*peer, number<std::uint16_t>(words[4])}, number<std::uint64_t>(words[5])};
    co_return co_await with_stack_at(words[0], words[1], work);
  }
  if (words.size() == 4 && words[2] == "receive") {
    receiver work{number<std::uint16_t>(words[3])};
    co_return co_await with_stack_at(words[0], words[1], work);
  }
  co_return exit_status::bad_argument;
}
