// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <cstring>
#include <optional>
#include <utility>

#include <mirage/core/counters.hpp>
#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/v1.hpp>

#include "offload.hpp"

inline constexpr mirage::log_source forward_log{"netif-forward"};

/// What comes from the one interface goes to the other.
template <mirage::v1::network From, mirage::v1::network To>
class direction {
 public:
  direction(From& from, To& to) : from_(from), to_(to) {}
  direction(const direction&) = delete;
  direction& operator=(const direction&) = delete;

  [[nodiscard]] mirage::subscription listen() { return from_.listen(*this); }

  void input(mirage::buffer&& frame, const mirage::v1::received& how) {
    const bool as_on_a_wire = !how.checksum_verified && how.segment == 0;
    const auto wanted = as_on_a_wire ? std::nullopt : offload_of(frame.view(), how.segment);
    if (!wanted && how.segment != 0) return drop();
    count(wanted ? send(*wanted, std::move(frame)) : send(std::move(frame)));
  }
  void batch_end() {}
  void writable() {}

  void show() const {
    forward_log.info("{} to {}: {} frames, {} dropped", from_.name(), to_.name(), forwarded_.value(),
                     dropped_.value());
  }

 private:
  using sent = mirage::result<void, mirage::v1::net_error>;

  sent send(mirage::buffer&& frame) {
    mirage::buffer_list all;
    all.push_back(std::move(frame));
    return to_.write({}, [](mirage::bytes) noexcept { return std::size_t{0}; }, std::move(all));
  }

  sent send(const offload& wanted, mirage::buffer&& frame) {
    const mirage::v1::capabilities can = to_.capabilities();
    mirage::v1::transmit how = wanted.how;
    frame = frame.slice(0, wanted.length);
    const std::size_t field = std::size_t{how.checksum_start} + how.checksum_offset;
    std::uint16_t holds = wanted.pseudo_header;
    if (!can.transmit_checksum) {
      if (how.segment != 0) return mirage::fail(mirage::v1::net_error::too_long);
      holds = finished(wanted, frame.view());
      how.checksum_offset = 0;
    }
    auto fill = [&](mirage::bytes to) noexcept {
      std::memcpy(to.data(), frame.data(), how.header);
      mirage::store_be16(to.data() + field, holds);
      return how.header;
    };
    mirage::buffer_list rest;
    if (frame.size() > how.header) rest.push_back(frame.slice(how.header, frame.size() - how.header));
    return to_.write(how, fill, std::move(rest));
  }

  /// The checksum itself, for an interface that does not make it.
  static std::uint16_t finished(const offload& wanted, mirage::cbytes frame) {
    const std::size_t field = std::size_t{wanted.how.checksum_start} + wanted.how.checksum_offset;
    const mirage::cbytes before = frame.subspan(wanted.how.checksum_start, wanted.how.checksum_offset);
    mirage::checksum::running_sum sum(wanted.pseudo_header);
    sum.append(before);
    sum.append(frame.subspan(field + 2));
    return mirage::checksum::finish_not_zero(sum.sum());
  }

  void count(const sent& outcome) { ++(outcome ? forwarded_ : dropped_); }
  void drop() { ++dropped_; }

  From& from_;
  To& to_;
  mirage::counter forwarded_{
      "forward_frames_total", {{"device", from_.name()}}, "Frames that the other interface took"};
  mirage::counter dropped_{
      "forward_dropped_total", {{"device", from_.name()}}, "Frames that it did not take, or could not"};
};

template <mirage::v1::network Left, mirage::v1::network Right>
mirage::task<> forward(Left& left, Right& right) {
  direction<Left, Right> there(left, right);
  direction<Right, Left> back(right, left);
  auto listening_left = there.listen();
  auto listening_right = back.listen();
  forward_log.info("between {} and {}", left.name(), right.name());
  co_await mirage::os::shutdown();
  there.show();
  back.show();
}
