// SPDX-License-Identifier: ISC
// A connection of the server: the input is what a client sends, and how it is cut into pieces. However it
// comes, the same requests are seen, and every connection ends.
// covers: src/server_core.cpp src/body_reader.cpp
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mirage/http/server_core.hpp"

using namespace mirage;
using namespace mirage::http;

namespace {

using need = server_core::need;

void check(bool holds) {
  if (!holds) std::abort();
}

struct seen {
  std::string requests;  // the targets, and the bodies behind them
  std::string bodies;
  refusal reason = refusal::none;
  bool operator==(const seen&) const = default;
};

/// Plays a whole connection; `mode` says what the handler does and whether the client ends or falls silent.
class player {
 public:
  player(std::string_view input, std::size_t piece, std::uint8_t mode)
      : input_(input), piece_(piece), mode_(mode) {
    bounds_.head_bytes = 512;
    bounds_.body_bytes = 200;
    bounds_.drained_bytes = 100;
    bounds_.requests = 5;
    bounds_.pipelined = 2;
  }

  seen play() {
    server_core core{bounds_, now_};
    for (int steps = 0; steps < 100'000; ++steps) {
      const need what = core.next(as_bytes(unread_), now_);
      drop(core.consumed());
      switch (what) {
        case need::input:
          check(core.deadline() != never);
          core.written();
          if (core.idle()) core = server_core(bounds_, now_, core.requests());
          if (!receive()) end(core);
          break;
        case need::request:
          check(core.deadline() == never);
          answer(core);
          break;
        case need::refusal:
          result_.reason = core.reason();
          check(core.reason() != refusal::none && core.next(as_bytes(unread_), now_) == need::close);
          return result_;
        case need::close: check(core.requests() <= bounds_.requests); return result_;
      }
    }
    std::abort();  // it never ended
  }

 private:
  void drop(std::size_t count) {
    check(count <= unread_.size());
    // The views of the head stay where they were parsed.
    std::string rest = unread_.substr(count);
    storage_.swap(unread_);
    unread_.swap(rest);
  }
  bool receive() {
    const std::string_view part = input_.substr(at_, piece_);
    unread_ += part;
    at_ += part.size();
    return !part.empty();
  }
  void end(server_core& core) {
    if ((mode_ & 1) != 0) {
      now_ = core.deadline();
      core.timeout();
    } else {
      core.end_of_input();
    }
  }
  void answer(server_core& core) {
    result_.requests += core.head().target.text;
    result_.requests += '\n';
    const bool asked = (mode_ & 2) != 0 && core.take_continue();
    check(!asked || core.head().expect_continue);
    if ((mode_ & 4) != 0) read_body(core);
    const response_plan plan =
        core.respond(status::ok, (mode_ & 8) != 0 ? std::optional<std::uint64_t>(1) : std::nullopt);
    check(plan.framing != framing::chunked || !core.head().http_1_0);
    check(plan.framing != framing::until_close || plan.close);
    check(!plan.close || plan.connection == "Connection: close\r\n");
#ifdef MIRAGE_PLANTED_BUG
    if (core.requests() == 3 && plan.close) std::abort();
#endif
    core.response_done();
    if (core.must_write()) core.written();
  }
  void read_body(server_core& core) {
    for (;;) {
      const body_step step = core.read_body(as_bytes(unread_), now_);
      result_.bodies += as_text(step.data);
      check(step.consumed <= unread_.size());
      unread_.erase(0, step.consumed);
      if (step.what == body_outcome::data) continue;
      if (step.what != body_outcome::incomplete) return;
      check(core.deadline() != never);
      if (!receive()) end(core);
    }
  }

  limits bounds_;
  std::string_view input_;
  std::size_t piece_;
  std::uint8_t mode_;
  std::size_t at_ = 0;
  instant now_{};
  std::string unread_;
  std::string storage_;
  seen result_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t mode = data[0];
  const std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
  const seen whole = player(input, input.size() + 1, mode).play();
  const seen bytewise = player(input, 1, mode).play();
  const seen pieces = player(input, 11, mode).play();
  check(whole.requests == bytewise.requests && whole.requests == pieces.requests);
  check(whole.bodies == bytewise.bodies && whole.bodies == pieces.bodies);
  check((whole.reason == refusal::none) == (bytewise.reason == refusal::none));
  return 0;
}
