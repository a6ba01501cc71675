// SPDX-License-Identifier: ISC
// A station of our own at an interface that the host has: packet(7) with a ring for what comes, the
// virtio-net header in front of each frame, and one system call for what a round sends. The host's own
// traffic at the interface goes on.
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
#include "mirage/network_counters.hpp"
#include "mirage/v1.hpp"

namespace mirage {

namespace detail {
class capture_file;
class packet_batch;
class packet_ring;
}  // namespace detail

struct packet_options {
  std::optional<mac_address> mac = {};  ///< without one, a random one that is locally administered
  std::string_view capture = {};  ///< a file of the host for every frame, in the pcap format; empty: none
  std::uint32_t batch = 256;      ///< frames that one poll takes
};

enum class packet_error : std::uint8_t { no_interface, not_permitted, no_capture, failed };
[[nodiscard]] constexpr std::string_view describe(packet_error error) noexcept {
  switch (error) {
    case packet_error::no_interface: return "there is no interface of that name";
    case packet_error::not_permitted:
      return "packet sockets are not permitted; run it as root, or give it CAP_NET_RAW and CAP_NET_ADMIN";
    case packet_error::no_capture: return "the file of the capture cannot be written";
    default: return "the packet socket cannot be opened";
  }
}

/// `v1::network`. Frames longer than two kilobytes, which only interfaces without a wire have, take one
/// system call more.
///
/// Not implemented: noticing that the link goes down.
class packet : machine::descriptor_source, doorbell {
 public:
  /// `name` must outlive it. `interface` is the host's, for example `eth0`.
  packet(std::string_view name, std::string_view interface, const packet_options& options = {});
  packet(const packet&) = delete;
  packet& operator=(const packet&) = delete;
  ~packet();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, packet_error>> start();
  task<> stop();

  [[nodiscard]] mac_address mac() const noexcept { return mac_; }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { return capabilities_; }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, buffer_list slices) {
    MIRAGE_TRY(const bytes room, prepare(how, total_size(slices)));
    commit(how, fill(room), std::move(slices));
    return {};
  }

  template <v1::network_sink Sink>
  [[nodiscard]] subscription listen(Sink& sink) {
    return sink_.listen(sink);
  }

 private:
  // Told when the sending socket has room again.
  struct sender final : machine::descriptor_source {
    explicit sender(packet& of) noexcept : owner(of) {}
    bool poll() noexcept override;
    packet& owner;
  };

  bool poll() noexcept override;
  void ring() noexcept override;
  [[nodiscard]] result<void, packet_error> open();
  [[nodiscard]] result<bytes, v1::net_error> prepare(const v1::transmit& how, std::size_t slices) noexcept;
  void commit(const v1::transmit& how, std::size_t filled, buffer_list slices) noexcept;
  void flush() noexcept;
  void close() noexcept;

  std::string_view name_;
  std::string interface_;
  packet_options options_;
  mac_address mac_;
  v1::capabilities capabilities_;
  std::unique_ptr<detail::capture_file> capture_;
  any_network_sink sink_;
  std::unique_ptr<detail::packet_ring> incoming_;
  std::unique_ptr<detail::packet_batch> outgoing_;
  sender sender_{*this};
  bool running_ = false;
  bool blocked_ = false;  // the sending socket is full
  bool refused_ = false;  // the sink waits for `writable`

  network_counters counters_{name_};
  counter send_calls_{counters_.label, "network_send_calls_total", "System calls that sent them"};
  counter kernel_ = counters_.dropped("refused");
  counter too_long_ = counters_.dropped("too_long");
  counter ring_full_ = counters_.dropped("receive_ring");
};

static_assert(v1::network<packet>);

}  // namespace mirage
