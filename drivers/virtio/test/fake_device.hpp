// SPDX-License-Identifier: ISC
// A transport without a machine, for tests, and honest devices behind it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_ring.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/virtio/bus.hpp"
#include "mirage/virtio/transport.hpp"

namespace mirage::test {

constexpr std::uint64_t features(std::initializer_list<unsigned> numbers) {
  std::uint64_t all = 0;
  for (const unsigned each : numbers) all |= virtio::feature_bit(each);
  return all;
}

/// Registers that behave as virtio 1.2 §2 wants them, with switches for misbehaviour.
class fake_transport : public virtio::transport {
 public:
  fake_transport(virtual_node& node, virtio::device_kind kind, std::uint64_t offered)
      : node_(node), kind_(kind), offered_(offered | virtio::feature_bit(virtio::feature::version_1)) {}

  // ---- What a test may set ----
  unsigned line = 5;  // its interrupt
  bool refuses_features = false;
  bool never_resets = false;
  bool is_gone = false;  // every register is all ones
  bool is_legacy = false;
  std::uint16_t queue_entries = 256;
  std::uint16_t queues = 2;
  std::vector<std::byte> fields;  // the configuration

  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
  [[nodiscard]] bool is_running() const { return (status_ & virtio::device_status::driver_ok) != 0; }
  [[nodiscard]] bool has_queue(std::size_t number) const { return rings_[number].has_value(); }
  [[nodiscard]] unsigned notifications() const { return notifications_; }
  fake_ring& ring(std::size_t number) { return *rings_[number]; }

  void set_field(std::size_t offset, std::uint64_t value, std::size_t size) {
    if (fields.size() < offset + size) fields.resize(offset + size);
    for (std::size_t i = 0; i < size; ++i) fields[offset + i] = static_cast<std::byte>(value >> (8 * i));
  }
  void raise(std::uint8_t cause) {
    causes_ |= cause;
    if (event_source* source = node_.watching_interrupt(line)) node_.report(*source);
  }
  void needs_reset() {
    status_ |= virtio::device_status::needs_reset;
    raise(virtio::interrupt_cause::configuration);
  }
  void complete(std::size_t queue, std::uint32_t id, std::uint32_t length) {
    if (ring(queue).complete(id, length)) raise(virtio::interrupt_cause::queue);
  }

  // ---- virtio::transport ----
  [[nodiscard]] virtio::device_kind kind() noexcept override { return kind_; }
  [[nodiscard]] std::uint64_t offered_features() noexcept override {
    return is_legacy ? offered_ & ~virtio::feature_bit(virtio::feature::version_1) : offered_;
  }
  void accept_features(std::uint64_t features) noexcept override { accepted_ = features; }
  [[nodiscard]] std::uint8_t status() noexcept override { return is_gone ? 0xff : status_; }
  void set_status(std::uint8_t status) noexcept override {
    if (status == 0 && never_resets) return;
    if (status == 0) reset();
    status_ = status;
    if (refuses_features) status_ &= static_cast<std::uint8_t>(~virtio::device_status::features_ok);
  }
  [[nodiscard]] std::uint16_t queue_limit(std::uint16_t queue) noexcept override {
    return queue < queues ? queue_entries : std::uint16_t{0};
  }
  void enable_queue(std::uint16_t queue, const virtio::queue_memory& where) noexcept override {
    rings_.at(queue).emplace(where, (accepted_ & virtio::feature_bit(virtio::feature::event_index)) != 0);
  }
  void notify(std::uint16_t queue) noexcept override {
    ++notifications_;
    if (is_running()) notified(queue);
  }
  [[nodiscard]] unsigned interrupt() const noexcept override { return line; }
  [[nodiscard]] std::uint8_t take_interrupts() noexcept override {
    return std::exchange(causes_, std::uint8_t{0});
  }
  [[nodiscard]] std::uint32_t configuration(std::size_t offset, unsigned size) noexcept override {
    if (is_gone) return UINT32_MAX;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < size && offset + i < fields.size(); ++i)
      value |= std::to_integer<std::uint32_t>(fields[offset + i]) << (8 * i);
    return value;
  }
  [[nodiscard]] std::uint32_t configuration_generation() noexcept override { return 0; }

 protected:
  ~fake_transport() = default;
  [[nodiscard]] bool agreed(unsigned number) const { return (accepted_ & virtio::feature_bit(number)) != 0; }
  /// The driver has put something into that queue.
  virtual void notified(std::uint16_t queue) = 0;
  virtual void reset() {
    for (auto& each : rings_) each.reset();
    causes_ = 0;
  }

 private:
  virtual_node& node_;
  virtio::device_kind kind_;
  std::uint64_t offered_;
  std::uint64_t accepted_ = 0;
  std::uint8_t status_ = 0;
  std::uint8_t causes_ = 0;
  unsigned notifications_ = 0;
  std::array<std::optional<fake_ring>, 4> rings_;
};

/// Network, §5.1: what is sent is kept, and what is injected waits until there is room for it.
class fake_network final : public fake_transport {
 public:
  static constexpr std::uint64_t plain = features({5, 16});
  static constexpr std::uint64_t all = features({0, 1, 3, 5, 7, 8, 9, 11, 12, 13, 15, 16, 28, 29, 56});
  static constexpr std::size_t header_size = 12;
  static constexpr std::size_t least_buffer = 1526;  // §5.1.6.3.1

  explicit fake_network(virtual_node& node, std::uint64_t offered = all)
      : fake_transport(node, virtio::device_kind::network, offered) {
    set_field(0, 0x5634'1200'5452, 6);  // 52:54:00:12:34:56
    set_field(6, 1, 2);
    set_field(10, 1500, 2);
  }

  struct sent {
    std::string header;
    std::string frame;
    std::size_t pieces;
  };
  std::vector<sent> take_sent() { return std::exchange(sent_, {}); }
  void hold(bool held) {
    held_ = held;
    if (!held) send();
  }
  void set_link(bool up) {
    set_field(6, up ? 1 : 0, 2);
    raise(virtio::interrupt_cause::configuration);
  }
  /// A frame with a header of ours, `num_buffers` apart.
  void inject(std::string_view frame, const std::string& header = std::string(10, '\0')) {
    waiting_.push_back(header + std::string(2, '\0') + std::string(frame));
    deliver();
  }

 private:
  void notified(std::uint16_t queue) override {
    if (queue == 1 && !held_) send();
    if (queue == 0) deliver();
  }
  void send() {
    bool interrupt = false;
    while (is_running()) {
      const auto chain = ring(1).take();
      if (!chain) break;
      std::string whole = chain->text();
      sent_.push_back({whole.substr(0, header_size), whole.substr(header_size), chain->to_read.size()});
      interrupt |= ring(1).complete(chain->id, 0);
    }
    if (interrupt) raise(virtio::interrupt_cause::queue);
  }
  // With mergeable buffers, a frame may take several; they are shown to the driver at once (§5.1.6.4).
  void deliver() {
    bool interrupt = false;
    while (is_running() && !waiting_.empty() && ring(0).waiting() > waiting_.front().size() / least_buffer) {
      std::string_view rest = waiting_.front();
      std::vector<std::pair<fake_ring::chain, std::uint32_t>> parts;
      do {
        auto chain = ring(0).take();
        const auto written = static_cast<std::uint32_t>(chain->write(rest));
        rest.remove_prefix(written);
        parts.emplace_back(std::move(*chain), written);
      } while (!rest.empty() && agreed(15));
      if (agreed(15))
        store_le16(parts[0].first.to_write[0].data() + 10, static_cast<std::uint16_t>(parts.size()));
      for (const auto& [chain, written] : parts) ring(0).put(chain.id, written);
      interrupt |= ring(0).show();
      waiting_.pop_front();
    }
    if (interrupt) raise(virtio::interrupt_cause::queue);
  }
  void reset() override {
    fake_transport::reset();
    waiting_.clear();
  }

  bool held_ = false;
  std::vector<sent> sent_;
  std::deque<std::string> waiting_;
};

/// Disk, §5.2. It does things at once, or when a test calls `work`.
class fake_disk final : public fake_transport {
 public:
  static constexpr std::uint64_t plain = 0;
  static constexpr std::uint64_t all = features({2, 6, 9, 13, 28, 29});
  static constexpr std::size_t unit = 512;

  fake_disk(virtual_node& node, std::uint64_t offered, std::size_t size, std::uint32_t sector = unit)
      : fake_transport(node, virtio::device_kind::block, offered), content_(size), stable_(size) {
    queues = 1;
    set_field(0, size / unit, 8);
    set_field(8, 1024, 4);
    set_field(12, 20, 4);
    set_field(20, sector, 4);
    set_field(36, 16, 4);
  }

  bool lazy = false;
  bool fails = false;
  std::uint64_t flushes = 0;
  std::size_t longest_chain = 0;

  /// The power fails: what was not flushed is lost.
  void crash() { content_ = stable_; }
  [[nodiscard]] std::size_t waiting() { return ring(0).waiting(); }
  void work() {
    bool interrupt = false;
    while (is_running()) {
      const auto chain = ring(0).take();
      if (!chain) break;
      longest_chain = std::max(longest_chain, chain->to_read.size() + chain->to_write.size());
      const std::uint32_t written = carry_out(*chain);
      interrupt |= ring(0).complete(chain->id, written);
    }
    if (interrupt) raise(virtio::interrupt_cause::queue);
  }

 private:
  void notified(std::uint16_t) override {
    if (!lazy) work();
  }
  std::uint32_t carry_out(const fake_ring::chain& chain) {
    const std::string request = chain.text();
    const auto* const header = as_bytes(request).data();
    const std::uint32_t type = load_le32(header);
    const std::size_t place = load_le64(header + 8) * unit;
    const std::size_t room = chain.room() - 1;
    std::string answer(room, '\0');
    char status = fails ? '\1' : '\0';
    const std::string_view payload = std::string_view(request).substr(16);
    if (place + std::max(room, payload.size()) > content_.size()) {
      status = 1;
    } else if (!fails) {
      switch (type) {
        case 0: std::memcpy(answer.data(), content_.data() + place, room); break;
        case 1: std::memcpy(content_.data() + place, payload.data(), payload.size()); break;
        case 4: stable_ = content_, ++flushes; break;
        case 11: {
          const std::size_t from = load_le64(as_bytes(payload).data()) * unit;
          std::memset(content_.data() + from, 0xdd, load_le32(as_bytes(payload).data() + 8) * unit);
          break;
        }
        default: status = 2;
      }
    }
    return static_cast<std::uint32_t>(chain.write(answer + status));
  }

  std::vector<std::byte> content_;
  std::vector<std::byte> stable_;
};

/// Console, §5.3, and entropy, §5.4: one gives what was typed, the other what it was told to.
class fake_console final : public fake_transport {
 public:
  explicit fake_console(virtual_node& node)
      : fake_transport(node, virtio::device_kind::console, features({28, 29})) {}

  void type(std::string_view text) {
    typed_ += text;
    deliver();
  }
  [[nodiscard]] const std::string& shown() const { return shown_; }
  void hold(bool held) {
    held_ = held;
    if (!held) show();
  }

 private:
  void notified(std::uint16_t queue) override {
    if (queue == 0) deliver();
    if (queue == 1 && !held_) show();
  }
  void deliver() {
    while (is_running() && !typed_.empty()) {
      const auto chain = ring(0).take();
      if (!chain) return;
      const std::size_t written = chain->write(typed_);
      typed_.erase(0, written);
      complete(0, chain->id, static_cast<std::uint32_t>(written));
    }
  }
  void show() {
    while (is_running()) {
      const auto chain = ring(1).take();
      if (!chain) return;
      shown_ += chain->text();
      complete(1, chain->id, 0);
    }
  }
  std::string typed_;
  std::string shown_;
  bool held_ = false;
};

class fake_entropy final : public fake_transport {
 public:
  /// Gives at most so many bytes at a time, and nothing at all when `silent`.
  fake_entropy(virtual_node& node, std::size_t at_a_time)
      : fake_transport(node, virtio::device_kind::entropy, 0), at_a_time_(at_a_time) {
    queues = 1;
  }
  bool silent = false;
  std::uint32_t lies = 0;  // about how much it gave
  char next = 'a';

 private:
  void notified(std::uint16_t) override {
    if (silent) return;
    const auto chain = ring(0).take();
    if (!chain) return;
    std::string some(std::min(at_a_time_, chain->room()), next++);
    complete(0, chain->id, static_cast<std::uint32_t>(chain->write(some)) + lies);
  }
  std::size_t at_a_time_;
};

}  // namespace mirage::test
