// SPDX-License-Identifier: ISC
// `sleepers NUMBER`: so many tasks asleep at once under virtual time. Each must wake at its time, in order,
// and nothing may be left behind; then as many are cancelled. Prints the bytes of each.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

namespace {

using namespace mirage;

constexpr duration longest = 1h;
constexpr std::size_t bytes_allowed = 192;

struct census {
  std::uint64_t woken = 0;
  std::uint64_t early = 0;
  std::uint64_t late = 0;
  std::uint64_t out_of_order = 0;
  instant latest{};
};

task<> sleeper(instant until, census& of) {
  co_await sleep_until(until);
  ++of.woken;
  const duration lateness = os::now() - until;
  of.early += lateness < 0ns;
  of.late += lateness > 2us;
  of.out_of_order += os::now() < of.latest;
  of.latest = os::now();
}

bool expect(bool holds, const char* what) {
  if (!holds) std::printf("fail %s\n", what);
  return holds;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t number = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  test::virtual_node node;
  std::mt19937_64 random(1);
  census of;
  bool good = true;
  const auto spawn_all = [&](scope& into) {
    for (std::uint64_t i = 0; i < number; ++i) {
      const duration length(
          static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(longest.count())));
      require(into.spawn(sleeper(os::now() + length, of)).has_value(), "the frame pool is at its limit");
    }
    node.settle();
  };

  {
    scope running;
    spawn_all(running);
    const std::size_t bytes = node.frames.reserved() / number;
    good &= expect(node.tasks.tasks() == number, "all sleep at once");
    good &= expect(bytes <= bytes_allowed, "bytes of each");
    node.advance(longest + 1s);
    good &= expect(of.woken == number, "all wake");
    good &= expect(of.early == 0, "nobody wakes early");
    good &= expect(of.late == 0, "nobody wakes late");
    good &= expect(of.out_of_order == 0, "all wake in order");
    std::printf("%llu sleepers, %zu bytes each\n", static_cast<unsigned long long>(number), bytes);
  }
  const auto growths = node.frames.growths();
  {
    scope running;
    spawn_all(running);
  }
  good &= expect(of.woken == number, "nobody wakes who was cancelled");
  good &= expect(node.frames.growths() == growths, "as many again need no more memory");
  good &= expect(node.tasks.tasks() == 0 && node.frames.live() == 0, "nobody is left");
  return good ? 0 : 1;
}
