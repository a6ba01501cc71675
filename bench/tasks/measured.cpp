// SPDX-License-Identifier: ISC
// What the benchmarks of tasks measure, as a unikernel: `measured wake SECONDS BATCH`, `measured sleepers
// NUMBER DELAY SPREAD`. Prints `NAME VALUE` lines; lwt/measured.ml does the same with Lwt.
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>
#include <vector>

#include <mirage/core/event.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/unikernel.hpp>

namespace {

using namespace mirage;

/// Seconds of the processor that this program has used: what others do on the machine does not count.
double processor_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double resident_bytes() {
  long pages = 0;
  if (std::FILE* statm = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(statm, "%*d %ld", &pages) != 1) pages = 0;
    std::fclose(statm);
  }
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

task<> wait_for(event& happened, std::uint64_t& woken) {
  co_await happened;
  ++woken;
}

// Spawned, waits for an event of its own, is woken, ends, is freed: `batch` tasks side by side, again and
// again.
task<> measure_wake(double seconds, std::size_t batch) {
  const auto events = std::make_unique<event[]>(batch);
  std::uint64_t woken = 0;
  scope running;
  const double start = processor_seconds();
  double used = 0;
  do {
    for (int repeats = 0; repeats < 20; ++repeats) {
      for (std::size_t i = 0; i < batch; ++i) {
        events[i].reset();
        require(running.spawn(wait_for(events[i], woken)).has_value(), "no room for a task");
      }
      co_await yield();
      for (std::size_t i = 0; i < batch; ++i) events[i].set();
      co_await running.join();
    }
    used = processor_seconds() - start;
  } while (used < seconds);
  std::printf("rate %.0f\n", static_cast<double>(woken) / used);
}

// Xorshift (Marsaglia, 2003); the Lwt program draws the same numbers.
class generator {
 public:
  std::uint64_t below(std::uint64_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 2) % limit;
  }

 private:
  std::uint64_t state_ = 88'172'645'463'325'252;
};

task<> sleeper(instant until, std::vector<std::int64_t>& late) {
  co_await sleep_until(until);
  late.push_back((os::monotonic() - until).count());
}

double part(const std::vector<std::int64_t>& sorted, double share) {
  return static_cast<double>(
      sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))]);
}

// Each wakes at a random time within `spread`, beginning `delay` after the start. Making them and their
// memory are measured while all are asleep, how late each was when it runs again.
task<> measure_sleepers(std::size_t number, duration delay, duration spread) {
  std::vector<std::int64_t> late(number);  // touched now, so that it is not counted below
  late.clear();
  generator random;
  const double resident = resident_bytes();
  const instant start = os::monotonic();
  const double used = processor_seconds();
  scope running;
  for (std::size_t i = 0; i < number; ++i) {
    const auto length = random.below(static_cast<std::uint64_t>(spread.count()));
    const instant until = start + delay + duration(static_cast<std::int64_t>(length));
    require(running.spawn(sleeper(until, late)).has_value(), "no room for a task");
  }
  co_await yield();  // they start
  const auto count = static_cast<double>(number);
  std::printf("create %.1f\n", (processor_seconds() - used) * 1e9 / count);
  std::printf("bytes %.1f\n", (resident_bytes() - resident) / count);
  require(late.empty(), "some woke before all slept: DELAY is too short for this machine");
  co_await running.join();
  std::ranges::sort(late);
  std::printf("late_p50 %.0f\nlate_p99 %.0f\nlate_max %.0f\n", part(late, 0.5), part(late, 0.99),
              part(late, 1));
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

duration seconds(std::string_view text) {
  return duration(static_cast<std::int64_t>(number<double>(text) * 1e9));
}

}  // namespace

const mirage::image_info mirage::image{.name = "measured", .target = "unix", .packages = {}};

mirage::task<int> mirage::run(std::span<const std::string_view> words) {
  if (words.size() == 3 && words[0] == "wake") {
    co_await measure_wake(number<double>(words[1]), number<std::size_t>(words[2]));
  } else if (words.size() == 4 && words[0] == "sleepers") {
    co_await measure_sleepers(number<std::size_t>(words[1]), seconds(words[2]), seconds(words[3]));
  } else {
    std::fputs("usage: measured wake SECONDS BATCH | measured sleepers NUMBER DELAY SPREAD\n", stderr);
    co_return exit_status::bad_argument;
  }
  co_return exit_status::ok;
}
