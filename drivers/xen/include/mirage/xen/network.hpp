// SPDX-License-Identifier: ISC
// A network interface of a Xen guest: the front end of Xen's public header io/netif.h. Checksums and
// segmentation are left to the back end, both ways, as far as it offers that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "mirage/any_network_sink.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/network_counters.hpp"
#include "mirage/v1.hpp"
#include "mirage/xen/page_set.hpp"
#include "mirage/xen/ring.hpp"
#include "mirage/xen/xenbus.hpp"

namespace mirage::xen {

struct network_options {
  std::string_view which{};           ///< number of the interface; empty: the next that nobody has
  std::uint16_t send_pages = 128;     ///< that wait until they were sent; a frame takes one for each 4 KiB
  std::uint16_t receive_pages = 128;  ///< that wait for frames
  std::uint32_t batch = 256;          ///< frames that one poll takes
};

/// `v1::network`. The back end sees no memory but the pages of this driver: what is sent is written into
/// them, or copied where it is a slice, and what came is copied out of them once. The link is down while the
/// back end is away, and for ever once it has broken the rules; the sink hears when it is there again.
///
/// A back end that comes back must offer at least what the first one did, else the device is closed.
///
/// Not implemented: several queues, separate event channels for the two directions, filters for multicast,
/// hashes, a control ring.
class network : event_source, doorbell, frontend::driver {
 public:
  /// `name` must outlive it.
  network(std::string_view name, xenbus& on, const network_options& options = {}) noexcept;
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  /// It must have been stopped, if it was started.
  ~network();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, device_error>> start();
  /// Waits a tenth of a second at most for the back end to send what it has, and a second until it has let go
  /// of the device.
  task<> stop();

  [[nodiscard]] mac_address mac() const noexcept { return mac_; }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { return capabilities_; }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, buffer_list slices) {
    MIRAGE_TRY(const bytes head, prepare(how, slices));
    const std::size_t filled = fill(head);
    send(how, filled, std::move(slices));
    return {};
  }

  template <v1::network_sink Sink>
  [[nodiscard]] subscription listen(Sink& sink) {
    return sink_.listen(sink);
  }

 private:
  // What a frame of 64 KiB takes, beginning anywhere in its first page.
  static constexpr std::size_t most_pieces = 18;

  struct piece {
    std::uint16_t number;
    std::uint16_t offset;
    std::uint16_t size;
  };
  // A frame whose last piece has not come yet.
  struct incoming {
    inline_vector<piece, most_pieces> pieces;
    v1::received known{};
    bool more = false;        // another piece follows
    bool more_extra = false;  // an extra information follows, before that
    bool failed = false;      // the back end says so
  };

  bool poll() noexcept override;
  void ring() noexcept override;
  void look_again() noexcept;
  task<result<void, device_error>> negotiate() override;
  task<result<void, device_error>> connect() override;
  void lost() noexcept override;
  void release() noexcept override;

  [[nodiscard]] result<void, device_error> make_rings() noexcept;
  [[nodiscard]] task<result<void, device_error>> agree_on_capabilities();

  [[nodiscard]] result<bytes, v1::net_error> prepare(const v1::transmit& how,
                                                     const buffer_list& slices) noexcept;
  void send(const v1::transmit& how, std::size_t filled, buffer_list&& slices) noexcept;
  void append(cbytes part) noexcept;
  void put_requests(const v1::transmit& how) noexcept;
  void take_sent() noexcept;
  void tell_writable() noexcept;

  bool receive(std::uint32_t& frames) noexcept;
  [[nodiscard]] ring_fault take_extra(cbytes response) noexcept;
  [[nodiscard]] ring_fault take_piece(std::uint16_t number, cbytes response) noexcept;
  void hand_up() noexcept;
  void refill() noexcept;

  std::string_view name_;
  network_options options_;
  frontend front_;
  mac_address mac_;
  std::optional<v1::capabilities> agreed_;  // with the first back end
  v1::capabilities capabilities_;
  any_network_sink sink_;

  event_port port_ = 0;
  shared_page send_page_;
  shared_page receive_page_;
  std::optional<front_ring> sending_;
  std::optional<front_ring> receiving_;
  page_set send_pages_;
  page_set receive_pages_;
  std::array<std::uint16_t, 256> posted_{};     // the page of a request to receive, by its place
  inline_vector<piece, most_pieces> outgoing_;  // the frame that is being put together
  buffer long_head_;                            // of a frame whose `fill` needs more than a page
  std::uint16_t extras_in_flight_ = 0;
  incoming incoming_;
  alarm later_;
  bool up_ = false;
  bool was_up_ = false;
  bool refused_ = false;    // the sink waits for `writable`
  bool polling_ = false;    // the loop comes again without an event
  bool handed_up_ = false;  // in this batch

  ring_network_counters counters_{name_};
  counter refused_by_backend_ = counters_.dropped("backend");
};

static_assert(v1::network<network>);

}  // namespace mirage::xen
