// SPDX-License-Identifier: ISC
// A cable between two taps of this machine, in real time: each frame is queued, sent at the cable's
// bandwidth, perhaps lost, and arrives later. What is lost, and how, is decided by the link of the simulator
// and its seed.
//
//   lossy_relay --left=TAP --right=TAP [--seed=N] [--bandwidth=BITS] [--latency=TIME] [--queue=BYTES]
//               [--loss=CHANCE] [--burst=FRAMES]
//
// It makes the taps and says `ready`. They take no offloads, so what crosses are frames as on a wire. At the
// end, for which it is asked by a signal, it prints what became of the frames, a line a direction.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

#include <mirage/core/arguments.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/unikernel.hpp>
#include <mirage/linux/tap.hpp>
#include <mirage/simulation/link.hpp>
#include <mirage/simulation/local_world.hpp>

namespace {

using namespace mirage;

/// From 0 to 1.
struct chance {
  double value = 0;
  static std::optional<chance> parse(std::string_view text) noexcept {
    chance parsed;
    const auto end = std::from_chars(text.begin(), text.end(), parsed.value);
    const bool right =
        end.ec == std::errc() && end.ptr == text.end() && parsed.value >= 0 && parsed.value <= 1;
    return right ? std::optional(parsed) : std::nullopt;
  }
};
[[maybe_unused]] consteval argument_description describe_argument(std::type_identity<chance>) {
  return {"CHANCE", "a number from 0 to 1"};
}

struct relay_arguments final : arguments {
  using arguments::arguments;
  argument<std::string_view> left{*this, "left", "The tap at the left end"};
  argument<std::string_view> right{*this, "right", "The tap at the right end"};
  argument<std::uint64_t> seed{*this, "seed", "Decides which frames are lost", 1};
  argument<std::uint64_t> bandwidth{*this, "bandwidth", "Bits of frames a second; 0: no limit", 0};
  argument<duration> latency{*this, "latency", "One way, behind the queue", duration{}};
  argument<std::uint64_t> queue{*this, "queue", "Bytes that wait, more are dropped; 0: no limit", 0};
  argument<chance> loss{*this, "loss", "Share of the frames that is lost", chance{}};
  argument<std::uint32_t> burst{*this, "burst", "Frames that are lost together, on average", 1};
  argument<duration> burst_passes{*this, "burst-passes", "Without a frame for longer, a burst is over", 10ms};
};

simulation::pipe_options options_of(const relay_arguments& given) {
  simulation::pipe_options options;
  options.bandwidth = *given.bandwidth;
  options.delay = *given.latency;
  options.queue = *given.queue;
  if (*given.burst > 1) {
    options.bursts = simulation::burst_loss::of(given.loss->value, *given.burst);
    options.bursts.silence = *given.burst_passes;
  } else {
    options.loss = given.loss->value;
  }
  return options;
}

/// What is plugged into one end of the cable.
class tap_station final : simulation::station {
 public:
  tap_station(tap& device, simulation::port& cable) : device_(device), cable_(cable) {
    cable_.plug(this);
    listening_ = device_.listen(*this);
  }
  tap_station(const tap_station&) = delete;
  tap_station& operator=(const tap_station&) = delete;
  ~tap_station() { cable_.plug(nullptr); }

  void input(buffer&& carried, const v1::received&) noexcept { cable_.send(carried.view()); }
  void batch_end() noexcept {}
  void writable() noexcept {}

 private:
  // What the tap cannot take is lost, and the tap counts it.
  void arrived(simulation::frame&& carried) noexcept override {
    const auto fill = [&carried](bytes room) noexcept {
      std::ranges::copy(carried, room.begin());
      return carried.size();
    };
    static_cast<void>(device_.write({.header = carried.size()}, fill, {}));
  }
  void ready() noexcept override {}

  tap& device_;
  simulation::port& cable_;
  subscription listening_;
};

void print(const char* direction, const simulation::pipe::totals& counted) {
  std::printf(
      "%s sent %llu delivered %llu lost %llu queue_full %llu\n", direction,
      static_cast<unsigned long long>(counted.sent), static_cast<unsigned long long>(counted.delivered),
      static_cast<unsigned long long>(counted.lost), static_cast<unsigned long long>(counted.queue_full));
}

}  // namespace

constinit const mirage::image_info mirage::image{"lossy_relay", "unix", {}};

mirage::task<int> mirage::run(std::span<const std::string_view> words) {
  relay_arguments given{{.name = "lossy_relay", .summary = "A lossy cable between two taps"}};
  if (auto status = given.parse(words)) co_return *status;
  simulation::local_world world(*given.seed);
  simulation::link cable(world, "cable", options_of(given));
  device_list devices;
  tap left("left", *given.left, {.offloads = false});
  tap right("right", *given.right, {.offloads = false});
  if (!co_await devices.start("left", left)) co_return co_await devices.give_up();
  if (!co_await devices.start("right", right)) co_return co_await devices.give_up();
  {
    const tap_station at_left(left, cable.left());
    const tap_station at_right(right, cable.right());
    std::puts("ready");
    std::fflush(stdout);
    co_await os::shutdown();
  }
  print("right", cable.to_right().counted());
  print("left", cable.to_left().counted());
  co_await devices.stop();
  co_return exit_status::ok;
}
