// SPDX-License-Identifier: ISC
#include "mirage/memory/network.hpp"

#include "mirage/test/suites/network_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

constexpr mac_address near_mac = "02:00:00:00:00:01";
constexpr mac_address far_mac = "02:00:00:00:00:02";

struct networks : test::virtual_subject {
  using network = memory::network;
  networks() {
    connect(near_, far_);
    listening_ = far_.listen(seen_);
  }
  network& device() { return near_; }
  void inject(std::string_view frame) {
    auto fill = [frame](bytes to) noexcept {
      std::memcpy(to.data(), frame.data(), frame.size());
      return frame.size();
    };
    auto sent = far_.write({.header = frame.size()}, fill, {});
    EXPECT_EQ(test::outcome(sent), "ok");
  }
  std::vector<std::string> take_sent() { return std::exchange(seen_.frames, {}); }
  void hold(bool held) { far_.hold(held); }
  void set_link(bool up) { near_.set_link(up); }

 private:
  network near_{near_mac};
  network far_{far_mac};
  test::recording_sink seen_;
  subscription listening_;
};
MIRAGE_CONFORMANCE(network_suite, memory, networks);

TEST(memory_network, has_no_link_without_a_wire) {
  test::virtual_node node;
  memory::network alone(near_mac);
  auto sent = alone.write({.header = 60}, [](bytes to) noexcept { return to.size(); }, {});
  EXPECT_EQ(test::error_of(sent), v1::net_error::down);
}

}  // namespace
}  // namespace mirage
