// SPDX-License-Identifier: ISC
#include "mirage/xen/vchan.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "fake_xen.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/flow_suite.hpp"

namespace mirage::xen {
namespace {

/// Two domains of one machine.
struct two_domains {
  test::virtual_node node;
  test::fake_machine machine{node};
  test::fake_xenstored daemon;
  test::fake_hypervisor one{machine, 1};
  test::fake_hypervisor two{machine, 2};
  test::fake_connection connection_one{node, daemon};
  test::fake_connection connection_two{node, daemon, "/local/domain/2"};
  xenstore store_one{connection_one};
  xenstore store_two{connection_two};
  unsigned connections = 0;

  task<std::pair<vchan, vchan>> connect(vchan_options options = {}) {
    const std::string path = "data/echo" + std::to_string(connections++);
    vchan_server server(one, store_one, 2, path, options);
    auto [served, called] = co_await when_all(server.accept(), connect_vchan(two, store_two, 1, path));
    EXPECT_EQ(test::outcome(served), "ok");
    EXPECT_EQ(test::outcome(called), "ok");
    co_return std::pair(*std::move(served), *std::move(called));
  }
};

template <std::uint16_t ToClient, std::uint16_t ToServer, bool Swapped>
struct vchans {
  using flow = vchan;
  static constexpr duration a_while = 1s;
  void run(task<> work) { domains_.node.run(std::move(work)); }
  task<std::pair<vchan, vchan>> connect() {
    auto both = co_await domains_.connect({.to_client = ToClient, .to_server = ToServer});
    if (Swapped) std::swap(both.first, both.second);
    co_return both;
  }

 private:
  two_domains domains_;
};
using from_server = vchans<14, 14, false>;
using from_client = vchans<14, 14, true>;
using small_vchan = vchans<10, 11, false>;
using mixed_vchan = vchans<13, 10, true>;
MIRAGE_CONFORMANCE(flow_suite, vchan_server, from_server);
MIRAGE_CONFORMANCE(flow_suite, vchan_client, from_client);
MIRAGE_CONFORMANCE(flow_suite, vchan_in_one_page, small_vchan);
MIRAGE_CONFORMANCE(flow_suite, vchan_mixed, mixed_vchan);

TEST(vchan, only_the_client_may_read_where_the_server_is) {
  two_domains both;
  auto work = [](two_domains& in) -> task<> {
    auto [near, far] = co_await in.connect();
    EXPECT_EQ(in.daemon.permissions["/local/domain/1/data/echo0/ring-ref"], std::string("n1\0r2\0", 6));
    EXPECT_EQ(in.daemon.permissions["/local/domain/1/data/echo0/event-channel"], std::string("n1\0r2\0", 6));
    co_await near.close();
    co_await far.close();
  };
  both.node.run(work(both));
}

TEST(vchan, a_client_waits_for_its_server) {
  two_domains both;
  auto late = [](two_domains& in) -> task<std::string> {
    co_await sleep_for(1h);
    vchan_server server(in.one, in.store_one, 2, "data/late");
    auto served = co_await server.accept();
    EXPECT_EQ(test::outcome(served), "ok");
    auto read = co_await served->read();
    co_await served->close();
    co_return test::text_of(read);
  };
  auto call = [](two_domains& in) -> task<bool> {
    auto called = co_await connect_vchan(in.two, in.store_two, 1, "data/late");
    EXPECT_EQ(test::outcome(called), "ok");
    auto written = co_await called->write(test::buffer_of("hello"));
    EXPECT_EQ(test::outcome(written), "ok");
    co_await called->close();
    co_return true;
  };
  auto [got, done] = both.node.run(when_all(late(both), call(both)));
  EXPECT_EQ(got, "hello");
}

TEST(vchan, a_resume_resets_it_and_a_server_waits_anew) {
  two_domains both;
  auto work = [](two_domains& in) -> task<> {
    auto [near, far] = co_await in.connect();
    auto read = near.read();
    auto resume = [](two_domains& of) -> task<bool> {
      co_await sleep_for(1s);
      of.one.resume();
      of.store_one.reconnect();
      co_return true;
    };
    auto [got, done] = co_await when_all(std::move(read), resume(in));
    EXPECT_EQ(test::error_of(got), v1::flow_error::reset);
    auto written = co_await near.write(test::buffer_of("x"));
    EXPECT_EQ(test::error_of(written), v1::flow_error::reset);
    co_await near.close();
    vchan_server server(in.one, in.store_one, 2, "data/again");
    auto call = [](two_domains& of) -> task<result<vchan, vchan_error>> {
      co_await sleep_for(1s);
      of.one.resume();
      of.store_one.reconnect();
      co_await sleep_for(1s);
      co_return co_await connect_vchan(of.two, of.store_two, 1, "data/again");
    };
    auto [served, called] = co_await when_all(server.accept(), call(in));
    EXPECT_EQ(test::outcome(served), "ok");
    EXPECT_EQ(test::outcome(called), "ok");
    co_await called->close();
    co_await served->close();
    co_await far.close();
  };
  both.node.run(work(both));
  EXPECT_EQ(both.one.shared(), 0u);
}

TEST(vchan, nothing_is_left_when_both_ends_have_closed) {
  two_domains both;
  auto work = [](two_domains& in) -> task<> {
    for (int i = 0; i < 20; ++i) {
      auto [near, far] = co_await in.connect();
      co_await far.close();
      {
        const vchan gone(std::move(far));
      }
      co_await near.close();
    }
  };
  both.node.run(work(both));
  EXPECT_EQ(both.one.shared(), 0u);
  EXPECT_EQ(both.one.lost(), 0u);
  EXPECT_TRUE(both.machine.ports.empty());
}

TEST(vchan, without_grants_there_is_no_server) {
  for (const unsigned grants : {0U, 1U, 5U}) {
    two_domains both;
    both.one.grants_left = grants;
    vchan_server server(both.one, both.store_one, 2, "data/echo");
    EXPECT_EQ(test::error_of(both.node.run(server.accept())), vchan_error::no_memory);
    EXPECT_EQ(both.one.shared(), 0u);
  }
}

// ---- The other end is not trusted ----------------------------------------------------------------------

TEST(vchan, a_layout_that_cannot_be_is_refused) {
  for (const auto& [left, right] : {std::pair(9, 12), std::pair(12, 21), std::pair(10, 10), std::pair(11, 11),
                                    std::pair(0xffff, 12), std::pair(0, 0)}) {
    two_domains both;
    const auto page = both.one.share(2, access::read_write);
    ASSERT_TRUE(page.has_value());
    store_le16(page->memory + 16, static_cast<std::uint16_t>(left));
    store_le16(page->memory + 18, static_cast<std::uint16_t>(right));
    both.daemon.set("/local/domain/1/data/echo/ring-ref", std::to_string(page->reference));
    both.daemon.set("/local/domain/1/data/echo/event-channel", "1");
    EXPECT_EQ(test::error_of(both.node.run(connect_vchan(both.two, both.store_two, 1, "data/echo"))),
              vchan_error::bad_layout)
        << left << ' ' << right;
    both.one.unshare(*page);
  }
}

std::byte* shared_memory(two_domains& in) {
  std::byte* found = nullptr;
  for (const auto& [key, grant] : in.machine.grants)
    if (load_le16(grant.page + 16) == 14 && load_le16(grant.page + 18) == 14) found = grant.page;
  return found;
}

// Left is what the client writes; each end looks at one index when it reads and at one when it writes.
TEST(vchan, indices_that_cannot_be_reset_it) {
  for (const std::size_t at : {0U, 4U, 8U, 12U}) {
    two_domains both;
    auto work = [at](two_domains& in) -> task<> {
      auto [near, far] = co_await in.connect();
      std::byte* const page = shared_memory(in);
      MIRAGE_CO_ASSERT(page != nullptr);
      store_le32(page + at, 0x8000'0000U);
      vchan& deceived = at == 4 || at == 8 ? near : far;
      if (at == 0 || at == 8) {
        auto written = co_await deceived.write(test::buffer_of("x"));
        EXPECT_EQ(test::error_of(written), v1::flow_error::reset) << at;
      }
      auto read = co_await with_timeout(1s, deceived.read());
      MIRAGE_CO_ASSERT(read.has_value());
      EXPECT_EQ(test::error_of(*read), v1::flow_error::reset) << at;
      co_await far.close();
      co_await near.close();
    };
    both.node.run(work(both));
  }
}

// What libxenvchan does when a program that uses it ends.
TEST(vchan, an_end_that_only_goes_is_an_orderly_end) {
  two_domains both;
  auto work = [](two_domains& in) -> task<> {
    auto [near, far] = co_await in.connect();
    auto written = co_await far.write(test::buffer_of("last words"));
    EXPECT_EQ(test::outcome(written), "ok");
    shared_memory(in)[20] = std::byte{0};
    auto read = co_await near.read();
    EXPECT_EQ(test::text_of(read), "last words");
    read = co_await near.read();
    EXPECT_EQ(test::text_of(read), "");
    written = co_await near.write(test::buffer_of("late"));
    EXPECT_EQ(test::error_of(written), v1::flow_error::reset);
    co_await far.close();
    co_await near.close();
  };
  both.node.run(work(both));
}

}  // namespace
}  // namespace mirage::xen
