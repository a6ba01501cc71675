// SPDX-License-Identifier: ISC
// For the suites of the layers above a network: one network to build on, and a look at what leaves it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mirage/memory/network.hpp"
#include "mirage/test/suites/network_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage::test {

inline constexpr mac_address near_mac = "02:00:00:00:00:01";
inline constexpr mac_address far_mac = "02:00:00:00:00:02";

struct wired_subject : virtual_subject {
  wired_subject() {
    connect(near, far_);
    listening_ = far_.listen(seen_);
  }
  std::vector<std::string> take_sent() { return std::exchange(seen_.frames, {}); }
  memory::network near{near_mac};

 private:
  memory::network far_{far_mac};
  recording_sink seen_;
  subscription listening_;
};

}  // namespace mirage::test
