// SPDX-License-Identifier: ISC
// Honest back ends for tests: a network interface and a disk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_xen.hpp"
#include "mirage/core/endian.hpp"

namespace mirage::test {

inline std::string field16(std::uint16_t value) {
  return {static_cast<char>(value & 0xff), static_cast<char>(value >> 8)};
}
inline const std::byte* bytes_of(std::string_view text) { return as_bytes(text).data(); }

/// Network, io/netif.h: what is sent is kept, and what is injected waits until there is room for it.
class fake_netback final : public fake_backend {
 public:
  using offers = std::map<std::string, std::string>;
  static offers plain() { return {{"feature-rx-copy", "1"}, {"feature-no-csum-offload", "1"}}; }
  static offers all() {
    return {{"feature-rx-copy", "1"},
            {"feature-sg", "1"},
            {"feature-gso-tcpv4", "1"},
            {"feature-gso-tcpv6", "1"},
            {"feature-ipv6-csum-offload", "1"}};
  }
  explicit fake_netback(fake_domain& in, offers what = all(), unsigned number = 0)
      : fake_backend(in.machine, in.daemon, "vif", number, std::move(what)) {
    given["mac"] = "00:16:3e:12:34:5" + std::to_string(number % 10);
    store.set(frontend_path() + "/mac", given["mac"]);
  }

  struct sent {
    std::string frame;
    std::uint16_t flags;
    std::size_t pieces;
    std::string extra;  // eight bytes, or nothing
  };
  std::vector<sent> take_sent() { return std::exchange(sent_, {}); }
  void hold(bool held) {
    held_ = held;
    if (!held) send();
  }
  struct injected {
    std::string frame;
    std::uint16_t flags = 0;
    std::string extra{};
    std::size_t piece = 4096;  // bytes in a page, at most
    std::uint16_t offset = 0;  // in the first
  };
  void inject(injected one) {
    waiting_.push_back(std::move(one));
    deliver();
  }

  std::optional<fake_back_ring> sending;
  std::optional<fake_back_ring> receiving;
  std::int16_t status = 0;  ///< of what is sent

 private:
  void connect() override {
    sending.emplace(machine.map(1, number_of("tx-ring-ref")), 12);
    receiving.emplace(machine.map(1, number_of("rx-ring-ref")), 8);
  }
  void forget() override {
    machine.unmap(sending->page());
    machine.unmap(receiving->page());
    sending.reset();
    receiving.reset();
    waiting_.clear();
  }
  void notified() override {
    if (!held_) send();
    deliver();
  }
  void send() {
    bool wanted = false;
    while (sending && sending->waiting() != 0) {
      sent one{};
      std::vector<std::string> requests{sending->take()};
      one.flags = load_le16(bytes_of(requests[0]) + 6);
      std::size_t extras = 0;
      if ((one.flags & 8) != 0) one.extra = sending->take().substr(0, 8), ++extras;
      while ((load_le16(bytes_of(requests.back()) + 6) & 4) != 0) requests.push_back(sending->take());
      std::size_t first = load_le16(bytes_of(requests[0]) + 10);
      for (std::size_t i = 1; i < requests.size(); ++i) first -= load_le16(bytes_of(requests[i]) + 10);
      for (std::size_t i = 0; i < requests.size(); ++i) {
        const std::byte* const request = bytes_of(requests[i]);
        const std::size_t size = i == 0 ? first : load_le16(request + 10);
        const std::byte* const page = machine.page(1, load_le32(request));
        one.frame += as_text(cbytes(page + load_le16(request + 4), size));
        sending->put(field16(load_le16(request + 8)) + field16(static_cast<std::uint16_t>(status)));
        if (i == 0 && extras != 0) sending->put(field16(0xbeef) + field16(1));
      }
      one.pieces = requests.size();
      sent_.push_back(std::move(one));
      wanted |= sending->show();
    }
    if (wanted) tell_frontend();
  }
  void deliver() {
    bool wanted = false;
    while (receiving && !waiting_.empty()) {
      const injected& one = waiting_.front();
      const std::size_t slots =
          (one.frame.size() + one.offset + one.piece - 1) / one.piece + (one.extra.empty() ? 0 : 1);
      if (receiving->waiting() < slots) break;
      std::string_view rest = one.frame;
      std::uint16_t offset = one.offset;
      bool first = true;
      do {
        const std::string request = receiving->take();
        const std::size_t size = std::min(rest.size(), one.piece - offset);
        std::memcpy(machine.page(1, load_le32(bytes_of(request) + 4)) + offset, rest.data(), size);
        rest.remove_prefix(size);
        std::uint16_t flags = first ? one.flags : std::uint16_t{0};
        if (!rest.empty()) flags |= 4;
        if (first && !one.extra.empty()) flags |= 8;
        receiving->put(request.substr(0, 2) + field16(offset) + field16(flags) +
                       field16(static_cast<std::uint16_t>(size)));
        if (first && !one.extra.empty()) {
          static_cast<void>(receiving->take());
          receiving->put(one.extra);
        }
        first = false;
        offset = 0;
      } while (!rest.empty());
      wanted |= receiving->show();
      waiting_.pop_front();
    }
    if (wanted) tell_frontend();
  }

  bool held_ = false;
  std::vector<sent> sent_;
  std::deque<injected> waiting_;
};

/// Disk, io/blkif.h. It does things at once, or when a test calls `work`.
class fake_blkback final : public fake_backend {
 public:
  using offers = std::map<std::string, std::string>;
  static constexpr std::size_t unit = 512;
  static offers plain(std::size_t size) {
    return {{"sectors", std::to_string(size / unit)}, {"sector-size", "512"}, {"info", "0"}};
  }
  static offers all(std::size_t size, std::size_t sector = 512) {
    offers what = plain(size);
    what["sector-size"] = std::to_string(sector);
    what["feature-flush-cache"] = "1";
    what["feature-discard"] = "1";
    what["feature-persistent"] = "1";
    what["feature-max-indirect-segments"] = "256";
    return what;
  }
  fake_blkback(fake_domain& in, std::size_t size, offers what, unsigned number = 51712)
      : fake_backend(in.machine, in.daemon, "vbd", number, std::move(what)), content_(size), stable_(size) {
    given["virtual-device"] = std::to_string(number);
    store.set(frontend_path() + "/virtual-device", given["virtual-device"]);
  }

  offers layout;  ///< what it tells when it connects, as Linux does
  bool lazy = false;
  bool fails = false;
  std::uint64_t flushes = 0;
  std::size_t most_segments = 0;
  std::optional<fake_back_ring> ring;

  /// The power fails: what was not flushed is lost.
  void crash() { content_ = stable_; }
  [[nodiscard]] std::size_t waiting() const { return ring->waiting(); }
  void work() {
    bool wanted = false;
    while (ring && ring->waiting() != 0) {
      const std::string request = ring->take();
      const std::int16_t status = carry_out(bytes_of(request));
      std::string response = request.substr(8, 8) + request.substr(0, 1) + std::string(1, '\0');
      ring->put(response + field16(static_cast<std::uint16_t>(status)));
      wanted |= ring->show();
    }
    if (wanted) tell_frontend();
  }

 private:
  void connect() override {
    ring.emplace(machine.map(1, number_of("ring-ref")), 112);
    for (const auto& [key, value] : layout) store.set(backend_path() + "/" + key, value);
  }
  void forget() override {
    machine.unmap(ring->page());
    ring.reset();
  }
  void notified() override {
    if (!lazy) work();
  }
  std::int16_t carry_out(const std::byte* request) {
    unsigned what = std::to_integer<unsigned>(request[0]);
    std::size_t segments = std::to_integer<unsigned>(request[1]);
    const std::byte* table = request + 24;
    std::size_t place = load_le64(request + 16) * unit;
    if (what == 3 || what == 2) stable_ = content_, ++flushes;
    if (what == 5) {
      std::memset(content_.data() + place, 0xdd, load_le64(request + 24) * unit);
      return fails ? std::int16_t{-1} : std::int16_t{0};
    }
    if (what == 6) {
      what = std::to_integer<unsigned>(request[1]);
      segments = load_le16(request + 2);
      table = machine.page(1, load_le32(request + 28));
    }
    if (fails) return -1;
    if (what > 1) return 0;
    most_segments = std::max(most_segments, segments);
    for (; segments > 0; --segments, table += 8) {
      const auto first = std::to_integer<std::size_t>(table[4]);
      const auto last = std::to_integer<std::size_t>(table[5]);
      std::byte* const page = machine.page(1, load_le32(table)) + first * unit;
      const std::size_t size = (last - first + 1) * unit;
      if (place + size > content_.size()) return -1;
      if (what == 0) std::memcpy(page, content_.data() + place, size);
      if (what == 1) std::memcpy(content_.data() + place, page, size);
      place += size;
    }
    return 0;
  }

  std::vector<std::byte> content_;
  std::vector<std::byte> stable_;
};

}  // namespace mirage::test
