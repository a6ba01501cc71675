// SPDX-License-Identifier: ISC
#include "mirage/solo5/network.hpp"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "fake_tender.hpp"
#include "mirage/test/suites/network_suite.hpp"

namespace mirage {
namespace {

using solo5::entry_type;
using test::fake_tender;
using test::make_frame;

struct solo5_networks {
  using network = solo5::network;
  static constexpr duration a_while = 1s;

  solo5_networks() {
    tender.attach(entry_type::block, "storage");
    tender.attach(entry_type::network, "service");
    EXPECT_TRUE(tender.run(device_.start()));
  }
  ~solo5_networks() { run(device_.stop()); }
  void run(task<> work) { tender.run(std::move(work)); }
  solo5::network& device() { return device_; }
  void inject(std::string_view frame) { tender.inject(frame); }
  std::vector<std::string> take_sent() { return std::exchange(tender.sent, {}); }
  [[nodiscard]] std::uint64_t counted(std::string_view reason) {
    std::uint64_t count = 0;
    tender.counters.for_each([&](const metric& each) {
      if (each.labels() == metric_labels({"device", "network_0"}, {"reason", reason}))
        count += static_cast<const counter&>(each).value();
    });
    return count;
  }

  fake_tender tender;

 private:
  solo5::network device_{"network_0", "service"};
};
MIRAGE_CONFORMANCE(network_suite, solo5, solo5_networks);

result<void, v1::net_error> send(solo5::network& to, std::string_view frame) {
  const auto fill = [frame](bytes room) noexcept {
    std::memcpy(room.data(), frame.data(), frame.size());
    return frame.size();
  };
  return to.write({.header = frame.size()}, fill, {});
}

TEST(solo5_network, leaves_nothing_to_the_host) {
  solo5_networks subject;
  EXPECT_EQ(subject.device().capabilities(), (v1::capabilities{.mtu = 1500, .batch = 64}));
  const auto cut =
      subject.device().write({.header = 60, .segment = 20}, [](bytes to) noexcept { return to.size(); }, {});
  EXPECT_EQ(test::error_of(cut), v1::net_error::too_long);
}

TEST(solo5_network, takes_a_batch_and_stops_where_there_is_nothing_more) {
  solo5_networks subject;
  test::recording_sink sink;
  const subscription listening = subject.device().listen(sink);
  for (unsigned i = 0; i < 100; ++i) subject.inject(make_frame(60, i));
  subject.tender.settle();
  EXPECT_EQ(sink.frames.size(), 100U);
  EXPECT_EQ(sink.batches, 2U);
  EXPECT_EQ(subject.tender.reads, 101U);
}

TEST(solo5_network, drops_and_counts_what_the_host_does_not_take) {
  solo5_networks subject;
  subject.tender.refuses = solo5::call_error::again;
  EXPECT_TRUE(send(subject.device(), make_frame(60)));
  subject.tender.refuses = solo5::call_error::failed;
  EXPECT_TRUE(send(subject.device(), make_frame(60)));
  EXPECT_EQ(subject.counted("full"), 1U);
  EXPECT_EQ(subject.counted("refused"), 1U);
}

TEST(solo5_network, drops_and_counts_what_is_no_frame_or_has_no_room) {
  solo5_networks subject;
  subject.inject("short");
  subject.inject(make_frame(60));
  subject.tender.settle();
  EXPECT_EQ(subject.counted("malformed"), 1U);
  EXPECT_EQ(subject.counted("nobody_listens"), 1U);

  test::recording_sink sink;
  sink.keep = true;
  const subscription listening = subject.device().listen(sink);
  subject.inject(make_frame(60));  // takes the buffer along
  subject.tender.settle();
  subject.tender.buffers.set_limit(0);
  std::vector<buffer> all;  // what the pool still has
  while (buffer one = buffer::allocate(1518)) all.push_back(std::move(one));
  subject.inject(make_frame(60));  // finds the buffer that was ready for it
  subject.inject(make_frame(60));
  subject.tender.settle();
  EXPECT_EQ(subject.counted("memory"), 1U);
  EXPECT_EQ(sink.frames.size(), 2U);
}

TEST(solo5_network, does_not_start_where_nothing_is_attached) {
  fake_tender tender;
  tender.attach(entry_type::block, "service");
  solo5::network alone("network_0", "service");
  const auto started = tender.run(alone.start());
  EXPECT_EQ(test::error_of(started), solo5::device_error::not_attached);
  EXPECT_EQ(test::error_of(send(alone, make_frame(60))), v1::net_error::down);
}

}  // namespace
}  // namespace mirage
