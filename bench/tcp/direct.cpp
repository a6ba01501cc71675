// SPDX-License-Identifier: ISC
// One end of a TCP connection on the project's own stack over a tap or an interface of the host.
//
//   direct INTERFACE OUR_ADDRESS/PREFIX send PEER PORT SECONDS          connects, and sends for that long
//   direct INTERFACE OUR_ADDRESS/PREFIX send-bytes PEER PORT BYTES      connects, and sends so many
//   direct INTERFACE OUR_ADDRESS/PREFIX receive PORT                    says `ready`, takes one connection,
//                                                                       and reads it to its end
//
// INTERFACE is `tap:NAME` or `packet:NAME`. Prints `BYTES SECONDS` of what went through.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include <mirage/core/os.hpp>
#include <mirage/core/unikernel.hpp>

#include "own_stack.hpp"

namespace {

using namespace mirage;

constexpr std::size_t piece = 128 * 1024;

template <class T>
T number(std::string_view text) {
  T value{};
  std::from_chars(text.begin(), text.end(), value);
  return value;
}

/// What is read from memory that stays, as a server reads a file of its image.
const std::array<std::byte, piece> data{};

void report(std::uint64_t bytes, duration took) {
  std::printf("%llu %.6f\n", static_cast<unsigned long long>(bytes),
              std::chrono::duration<double>(took).count());
  std::fflush(stdout);
}

struct sender {
  endpoint to;
  duration length = duration::max();
  std::uint64_t total = std::numeric_limits<std::uint64_t>::max();

  template <class Stack>
  task<> operator()(Stack& stack) {
    auto flow = co_await stack.tcp().connect(to);
    if (!flow) {
      std::fprintf(stderr, "connect: %s\n", std::string(describe(flow.error())).c_str());
      co_return;
    }
    const instant start = os::monotonic();
    std::uint64_t sent = 0;
    while (sent < total && os::monotonic() - start < length) {
      buffer part = buffer::from_static(data);
      part.truncate(static_cast<std::size_t>(std::min<std::uint64_t>(piece, total - sent)));
      const std::size_t size = part.size();
      auto done = co_await flow->write(std::move(part));
      if (!done) break;
      sent += size;
    }
    report(sent, os::monotonic() - start);
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
    report(got, os::monotonic() - start);
    co_await flow->close();
  }
};

}  // namespace

constinit const mirage::image_info mirage::image{"direct", "unix", {}};

mirage::task<int> mirage::run(std::span<const std::string_view> words) {
  if (words.size() == 6 && words[2].starts_with("send")) {
    const auto peer = ip_address::parse(words[3]);
    if (!peer) co_return exit_status::bad_argument;
    sender work{.to = {*peer, number<std::uint16_t>(words[4])}};
    if (words[2] == "send-bytes")
      work.total = number<std::uint64_t>(words[5]);
    else
      work.length = std::chrono::seconds(number<int>(words[5]));
    co_return co_await with_stack_at(words[0], words[1], work);
  }
  if (words.size() == 4 && words[2] == "receive") {
    receiver work{number<std::uint16_t>(words[3])};
    co_return co_await with_stack_at(words[0], words[1], work);
  }
  co_return exit_status::bad_argument;
}
