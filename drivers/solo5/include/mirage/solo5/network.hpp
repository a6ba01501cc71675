// SPDX-License-Identifier: ISC
// A network interface that a Solo5 tender has attached: one frame a call, nothing left to the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "mirage/any_network_sink.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/task.hpp"
#include "mirage/network_counters.hpp"
#include "mirage/solo5/calls.hpp"
#include "mirage/solo5/error.hpp"
#include "mirage/v1.hpp"

namespace mirage::solo5 {

struct network_options {
  std::uint32_t batch = 64;  ///< frames that one poll takes
};

/// `v1::network`. A frame that the host does not take at once is dropped and counted, because no tender says
/// when there is room again; so `full` is never the answer, and `down` only before `start()`.
class network : machine::descriptor_source {
 public:
  /// `name` and `device`, the name in the manifest, must outlive it.
  network(std::string_view name, std::string_view device, const network_options& options = {});
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  ~network() = default;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, device_error>> start();
  task<> stop();

  [[nodiscard]] mac_address mac() const noexcept { return mac_; }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { return capabilities_; }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, buffer_list slices) {
    MIRAGE_TRY(const bytes room, prepare(how, total_size(slices)));
    send(fill(room.first(how.header)), slices);
    return {};
  }

  template <v1::network_sink Sink>
  [[nodiscard]] subscription listen(Sink& sink) {
    return sink_.listen(sink);
  }

 private:
  bool poll() noexcept override;
  [[nodiscard]] result<void, device_error> attach();
  [[nodiscard]] result<bytes, v1::net_error> prepare(const v1::transmit& how, std::size_t slices) noexcept;
  void send(std::size_t filled, const buffer_list& slices) noexcept;
  [[nodiscard]] bool receive() noexcept;
  void hand_up(std::size_t size) noexcept;

  std::string_view name_;
  std::string_view device_name_;
  network_options options_;
  const attached_device* device_ = nullptr;
  mac_address mac_;
  v1::capabilities capabilities_;
  any_network_sink sink_;
  std::size_t longest_ = 0;               // a frame, in bytes
  std::unique_ptr<std::byte[]> scratch_;  // what is sent, and what there is no memory for
  buffer next_;                           // what the next frame is received into
  bool handed_up_ = false;                // in this batch

  network_counters counters_{name_};
  counter refused_ = counters_.dropped("refused");
};

static_assert(v1::network<network>);

}  // namespace mirage::solo5
