// SPDX-License-Identifier: ISC
// A tender for tests: it fills the seam of drivers/solo5 with queues of frames and a disk in memory.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/solo5/calls.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::test {

/// `os::here` is one of these while it lives.
class fake_tender : public virtual_node {
 public:
  using virtual_node::virtual_node;
  [[nodiscard]] static fake_tender& here() noexcept { return static_cast<fake_tender&>(*os::here); }

  solo5::attached_device& attach(solo5::entry_type type, std::string_view name);
  /// A frame for the network: its handle becomes ready, as with level-triggered events.
  void inject(std::string_view frame);

  std::deque<solo5::attached_device> attached;
  std::deque<std::string> incoming;
  std::vector<std::string> sent;
  std::vector<std::byte> disk;
  std::set<std::uint64_t> bad_blocks;
  std::optional<solo5::call_error> refuses;  ///< every frame that is sent
  std::size_t reads = 0;
};

}  // namespace mirage::test
