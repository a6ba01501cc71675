// SPDX-License-Identifier: ISC
// An Ethernet interface of our own behind a tap of the host: Linux's Documentation/networking/tuntap.rst,
// with the virtio-net header in front of each frame, so that checksums and segmentation are left to whoever
// needs them at last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mirage/any_network_sink.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/task.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/network_counters.hpp"
#include "mirage/v1.hpp"
#include "mirage/virtio_net_header/wire.hpp"

namespace mirage {

namespace detail {
class capture_file;
}

struct tap_options {
  std::optional<mac_address> mac = {};  ///< without one, a random one that is locally administered
  std::string_view capture = {};  ///< a file of the host for every frame, in the pcap format; empty: none
  bool offloads = true;           ///< checksums and segmentation; without, each frame is as on a wire
  std::uint32_t batch = 64;       ///< frames that one poll takes
};

enum class tap_error : std::uint8_t { no_tun, bad_name, not_permitted, in_use, no_capture, failed };
[[nodiscard]] constexpr std::string_view describe(tap_error error) noexcept {
  switch (error) {
    case tap_error::no_tun: return "this system has no /dev/net/tun";
    case tap_error::bad_name:
      return "an interface has a name of 1 to 15 characters, and no other device has it";
    case tap_error::not_permitted: return "the tap is not there or belongs to another user";
    case tap_error::no_capture: return "the file of the capture cannot be written";
    case tap_error::in_use: return "another process uses the tap";
    default: return "the tap cannot be opened";
  }
}

/// `v1::network`. Sends and receives at once, a system call a frame (the kernel knows no other way); one
/// frame that did not fit is kept and sent later. Its link is up while the host's side is.
class tap : machine::descriptor_source {
 public:
  /// `name` must outlive it. `interface` is the host's name for its side; a tap that does not exist is made,
  /// for which the process needs CAP_NET_ADMIN, and ends with it.
  tap(std::string_view name, std::string_view interface, const tap_options& options = {});
  tap(const tap&) = delete;
  tap& operator=(const tap&) = delete;
  ~tap();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  /// Says on the log what a person has to type once where it is not permitted.
  task<result<void, tap_error>> start();
  task<> stop();

  [[nodiscard]] mac_address mac() const noexcept { return mac_; }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { return capabilities_; }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, buffer_list slices) {
    MIRAGE_TRY(const bytes room, prepare(how, total_size(slices)));
    send(how, fill(room.first(how.header)), std::move(slices));
    return {};
  }

  template <v1::network_sink Sink>
  [[nodiscard]] subscription listen(Sink& sink) {
    return sink_.listen(sink);
  }

 private:
  struct waiting_frame {
    std::size_t filled = 0;  // bytes of `scratch_`, 0: none waits
    buffer_list slices;
  };

  bool poll() noexcept override;
  [[nodiscard]] result<void, tap_error> open();
  void explain(tap_error why) const;
  [[nodiscard]] result<bytes, v1::net_error> prepare(const v1::transmit& how, std::size_t slices) noexcept;
  void send(const v1::transmit& how, std::size_t filled, buffer_list slices) noexcept;
  [[nodiscard]] bool try_send(std::size_t filled, const buffer_list& slices) noexcept;
  void send_waiting() noexcept;
  [[nodiscard]] bool receive() noexcept;
  void hand_up(std::size_t size, const v1::received& known) noexcept;

  std::string_view name_;
  std::string interface_;
  tap_options options_;
  mac_address mac_;
  v1::capabilities capabilities_;
  std::unique_ptr<detail::capture_file> capture_;
  file_descriptor device_;
  any_network_sink sink_;
  std::unique_ptr<std::byte[]> scratch_;  // the virtio-net header and what `fill` writes
  waiting_frame waiting_;
  buffer small_;  // what the next frame is received into, and where the rest goes if it is longer
  buffer large_;
  bool handed_up_ = false;  // in this batch

  network_counters counters_{name_};
  counter down_ = counters_.dropped("down");
  counter refused_ = counters_.dropped("refused");
};

static_assert(v1::network<tap>);

}  // namespace mirage
