// SPDX-License-Identifier: ISC
// In the steady state a segment costs no heap allocation and no coroutine frame, and a batch one
// acknowledgement.

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/test/allocations.hpp"
#include "mirage/test/suites/tcp_suite.hpp"
#include "two_machines.hpp"

namespace mirage {
namespace {

/// With small buffers, so that the steady state is soon reached.
struct small_buffers : test::two_machines<ipv4_address> {
  small_buffers() : two_machines({.send_buffer_limit = 65536, .receive_buffer_limit = 65536}, 1500, 256) {}
};
using subject = test::tcp_flows<small_buffers>;

struct transfer {
  std::size_t got = 0;
  bool stop = false;
};

task<> send(tcp_flow to, transfer& state) {
  buffer block = buffer::allocate(16384);
  while (!state.stop) {
    auto written = co_await to.write(block.share());
    if (!written) co_return;
  }
}

task<> receive(tcp_flow from, transfer& state) {
  while (!state.stop) {
    auto part = co_await from.read();
    if (!part || part->empty()) co_return;
    state.got += part->size();
  }
}

/// Echoes for ever.
task<> answer(tcp_flow flow) {
  while (true) {
    auto part = co_await flow.read();
    if (!part || part->empty()) co_return;
    auto written = co_await flow.write(*std::move(part));
    if (!written) co_return;
  }
}

task<> ask(tcp_flow flow, transfer& state) {
  buffer question = test::buffer_of("what?");
  while (!state.stop) {
    auto written = co_await flow.write(question.share());
    if (!written) co_return;
    auto part = co_await flow.read();
    if (!part || part->empty()) co_return;
    state.got += part->size();
  }
}

/// Spends virtual time on rounds, so that nothing spins at one point of it.
void run(subject& both, duration length) {
  both.node.set_round_time(10us);
  both.node.advance(length);
}

std::pair<tcp_flow, tcp_flow> connected(subject& both) { return both.node.run(both.connect()); }

TEST(steady_state, a_stream_takes_no_memory) {
  subject both;
  auto [near, far] = connected(both);
  transfer state;
  scope work;
  ASSERT_TRUE(work.spawn("send", send(std::move(near), state)).has_value());
  ASSERT_TRUE(work.spawn("receive", receive(std::move(far), state)).has_value());
  run(both, 100ms);
  const std::size_t warm = state.got;
  const std::size_t before = test::allocations();
  const std::size_t frames = both.node.frames.live();
  const std::size_t growths = both.node.buffers.growths();
  run(both, 100ms);
  EXPECT_GT(state.got, warm + (1u << 20));
  // The network in memory has a queue of its own, a std::deque, which takes a node for each eighteen frames.
  const std::size_t segments = (state.got - warm) / 1448;
  EXPECT_LE(test::allocations() - before, segments / 8);
  EXPECT_EQ(both.node.frames.live(), frames);
  EXPECT_EQ(both.node.buffers.growths(), growths);
  state.stop = true;
  work.cancel();
}

TEST(steady_state, questions_and_answers_take_no_memory) {
  subject both;
  auto [near, far] = connected(both);
  transfer state;
  scope work;
  ASSERT_TRUE(work.spawn("ask", ask(std::move(near), state)).has_value());
  ASSERT_TRUE(work.spawn("answer", answer(std::move(far))).has_value());
  run(both, 100ms);
  const std::size_t warm = state.got;
  const std::size_t before = test::allocations();
  run(both, 100ms);
  const std::size_t questions = (state.got - warm) / 5;
  EXPECT_GT(questions, 1000u);
  EXPECT_LE(test::allocations() - before, questions / 4);
  state.stop = true;
  work.cancel();
}

TEST(steady_state, a_batch_is_acknowledged_once) {
  subject both;
  auto [near, far] = connected(both);
  both.node.advance(1s);
  const auto& server = both.device().engine();
  both.server_.network.hold(true);
  transfer state;
  auto data = buffer::allocate(10 * 1448);
  scope work;
  ASSERT_TRUE(work.spawn("receive", receive(std::move(far), state)).has_value());
  auto write = [](tcp_flow& to, buffer what) -> task<> {
    auto written = co_await to.write(std::move(what));
    EXPECT_TRUE(written.has_value());
  };
  both.node.run(write(near, std::move(data)));
  both.node.settle();
  const std::uint64_t before = server.statistics_of().sent.value();
  both.server_.network.hold(false);
  both.node.settle();
  EXPECT_EQ(state.got, 10 * 1448u);
  EXPECT_EQ(server.statistics_of().sent.value() - before, 1u) << "RFC 9293 MUST-58 and MUST-59";
  work.cancel();
}

}  // namespace
}  // namespace mirage
