// SPDX-License-Identifier: ISC
#include "mirage/xen/xenstore.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "fake_xen.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/suite.hpp"
#include "mirage/xen/xenstore_page.hpp"

namespace mirage::xen {
namespace {

using test::fake_connection;
using test::fake_xenstored;
using test::outcome;

struct domain {
  test::virtual_node node;
  fake_xenstored daemon;
  fake_connection connection{node, daemon};
  xenstore store{connection};
};

std::string text_of(const result<std::string, xenstore_error>& from) {
  return from ? *from : "error: " + std::string(describe(from.error()));
}

TEST(xenstore, writes_and_reads_keys) {
  domain one;
  EXPECT_EQ(outcome(one.node.run(one.store.write("device/vif/0/state", "4"))), "ok");
  EXPECT_EQ(one.daemon.get("/local/domain/1/device/vif/0/state"), "4");
  EXPECT_EQ(text_of(one.node.run(one.store.read("/local/domain/1/device/vif/0/state"))), "4");
  EXPECT_EQ(one.node.run(one.store.read_number("device/vif/0/state")).value_or(0), 4u);
  EXPECT_EQ(text_of(one.node.run(one.store.read("device"))), "") << "the keys on the way are empty";
  EXPECT_EQ(text_of(one.node.run(one.store.read("nothing"))), "error: there is no such key in xenstore");
}

TEST(xenstore, a_value_may_be_anything_up_to_its_length) {
  domain one;
  const std::string value = test::pattern(4000);
  EXPECT_EQ(outcome(one.node.run(one.store.write("value", value))), "ok");
  EXPECT_TRUE(text_of(one.node.run(one.store.read("value"))) == value);
  EXPECT_EQ(outcome(one.node.run(one.store.write("value", std::string(4096, 'x')))),
            "xenstore does not understand the request");
  EXPECT_EQ(test::error_of(one.node.run(one.store.read_number("value"))), xenstore_error::invalid);
}

TEST(xenstore, lists_makes_and_removes_directories) {
  domain one;
  EXPECT_EQ(outcome(one.node.run(one.store.make_directory("device/vbd"))), "ok");
  for (const char* const name : {"51712", "51728"})
    EXPECT_EQ(outcome(one.node.run(one.store.write("device/vbd/" + std::string(name), ""))), "ok");
  auto names = one.node.run(one.store.directory("device/vbd"));
  ASSERT_TRUE(names.has_value());
  EXPECT_EQ(*names, (std::vector<std::string>{"51712", "51728"}));
  EXPECT_EQ(outcome(one.node.run(one.store.remove("device/vbd"))), "ok");
  EXPECT_EQ(test::error_of(one.node.run(one.store.directory("device/vbd"))), xenstore_error::not_found);
}

TEST(xenstore, many_tasks_ask_at_once) {
  domain one;
  one.connection.at_a_time = 7;
  int right = 0;
  auto use = [](xenstore& store, int& count, int number) -> task<> {
    const std::string path = "key/" + std::to_string(number);
    auto written = co_await store.write(path, std::to_string(number * 3));
    EXPECT_EQ(outcome(written), "ok");
    auto read = co_await store.read_number(path);
    if (read && *read == static_cast<std::uint64_t>(number) * 3) ++count;
  };
  {
    scope all;
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(all.spawn("use", use(one.store, right, i)).has_value());
    one.node.settle();
  }
  EXPECT_EQ(right, 40);
}

TEST(xenstore, who_stops_waiting_disturbs_nobody) {
  domain one;
  one.connection.at_a_time = 3;
  auto ask = [](xenstore& store) -> task<> {
    auto read = co_await store.read("key");
    ADD_FAILURE() << "was cancelled: " << text_of(read);
  };
  {
    scope all;
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(all.spawn("ask", ask(one.store)).has_value());
    one.node.step();
  }
  one.daemon.set("/local/domain/1/key", "value");
  EXPECT_EQ(text_of(one.node.run(one.store.read("key"))), "value");
}

// ---- Transactions --------------------------------------------------------------------------------------

task<result<void, xenstore_error>> add_one(xenstore& store, transaction within) {
  auto number = co_await store.read_number("count", within);
  co_return co_await store.write("count", std::to_string(number.value_or(0) + 1), within);
}

TEST(xenstore, a_transaction_that_meets_a_conflict_is_done_again) {
  domain one;
  one.daemon.conflicts = 3;
  int calls = 0;
  auto work = [&](transaction within) {
    ++calls;
    return add_one(one.store, within);
  };
  EXPECT_EQ(outcome(one.node.run(one.store.atomically(work))), "ok");
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(one.daemon.get("/local/domain/1/count"), "1");
  one.daemon.conflicts = 1000;
  EXPECT_EQ(test::error_of(one.node.run(one.store.atomically(work))), xenstore_error::conflict);
  EXPECT_EQ(one.daemon.transactions(), 0u);
}

TEST(xenstore, transactions_at_once_are_one_behind_the_other) {
  domain one;
  auto count = [](xenstore& store) -> task<> {
    auto work = [&store](transaction within) { return add_one(store, within); };
    for (int i = 0; i < 10; ++i) {
      auto done = co_await store.atomically(work);
      EXPECT_EQ(outcome(done), "ok");
    }
  };
  {
    scope all;
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(all.spawn("count", count(one.store)).has_value());
    one.node.settle();
  }
  EXPECT_EQ(one.daemon.get("/local/domain/1/count"), "30");
}

TEST(xenstore, a_transaction_that_fails_or_is_cancelled_is_undone) {
  domain one;
  auto fails = [&](transaction within) -> task<result<void, xenstore_error>> {
    auto written = co_await one.store.write("key", "value", within);
    EXPECT_EQ(outcome(written), "ok");
    co_return fail(xenstore_error::denied);
  };
  EXPECT_EQ(test::error_of(one.node.run(one.store.atomically(fails))), xenstore_error::denied);
  auto sleeps = [&](transaction within) -> task<result<void, xenstore_error>> {
    auto written = co_await one.store.write("key", "value", within);
    co_await sleep_for(1h);
    co_return written;
  };
  EXPECT_FALSE(one.node.run(with_timeout(1s, one.store.atomically(sleeps))).has_value());
  one.node.settle();
  EXPECT_FALSE(one.daemon.has("/local/domain/1/key"));
  EXPECT_EQ(one.daemon.transactions(), 0u);
}

// ---- Watches -------------------------------------------------------------------------------------------

TEST(xenstore, a_watch_tells_at_once_and_with_every_change_below) {
  domain one;
  event changed;
  auto watch = std::make_unique<xenstore_watch>(one.store, "device", changed);
  one.node.settle();
  EXPECT_TRUE(changed.is_set()) << "once at the beginning";
  changed.reset();
  one.daemon.set("/local/domain/1/elsewhere", "x");
  one.node.settle();
  EXPECT_FALSE(changed.is_set());
  one.daemon.set("/local/domain/1/device/vif/0/state", "2");
  one.node.settle();
  EXPECT_TRUE(changed.is_set());
  changed.reset();
  watch.reset();
  one.node.settle();
  EXPECT_EQ(one.daemon.watches(), 0u);
  one.daemon.set("/local/domain/1/device/vif/0/state", "3");
  one.node.settle();
  EXPECT_FALSE(changed.is_set());
}

TEST(xenstore, watches_come_and_go_faster_than_xenstored) {
  domain one;
  event changed;
  for (int i = 0; i < 100; ++i) {
    const xenstore_watch brief(one.store, "device", changed);
    if (i % 3 == 0) one.node.step();
  }
  const xenstore_watch last(one.store, "device", changed);
  one.node.settle();
  EXPECT_EQ(one.daemon.watches(), 1u);
  changed.reset();
  one.daemon.set("/local/domain/1/device", "x");
  one.node.settle();
  EXPECT_TRUE(changed.is_set());
}

TEST(xenstore, a_watch_that_xenstored_refuses_has_failed) {
  domain one;
  one.daemon.most_watches = 0;
  event changed;
  const xenstore_watch refused(one.store, "device", changed);
  one.node.settle();
  EXPECT_TRUE(refused.failed());
  EXPECT_TRUE(changed.is_set());
}

TEST(xenstore, there_is_a_cap_of_watches) {
  domain one;
  event changed;
  std::vector<std::unique_ptr<xenstore_watch>> many;
  for (int i = 0; i < 65; ++i) many.push_back(std::make_unique<xenstore_watch>(one.store, "device", changed));
  EXPECT_FALSE(many[63]->failed());
  EXPECT_TRUE(many[64]->failed());
}

// ---- A xenstored that does not do as it should ---------------------------------------------------------

class broken_answers : public testing::TestWithParam<std::string> {};
TEST_P(broken_answers, disconnect) {
  domain one;
  event changed;
  const xenstore_watch watch(one.store, "device", changed);
  one.node.settle();
  changed.reset();
  one.connection.to_read = GetParam();
  one.connection.tell();
  one.node.settle();
  EXPECT_EQ(test::error_of(one.node.run(one.store.read("key"))), xenstore_error::disconnected);
  EXPECT_TRUE(watch.failed());
  EXPECT_TRUE(changed.is_set());
}
INSTANTIATE_TEST_SUITE_P(xenstore, broken_answers,
                         testing::Values(make_message({.type = message_type::read, .request = 77}, {}),
                                         make_message({.type = message_type::read, .request = 0}, {}),
                                         make_message({.type = message_type::error, .request = 17},
                                                      {"ENOENT"}),
                                         std::string(12, '\0') + "\xff\xff\xff\xff"));

TEST(xenstore, an_answer_of_another_kind_disconnects) {
  domain one;
  auto ask = [](xenstore& store, result<std::string, xenstore_error>& to) -> task<> {
    to = co_await store.read("key");
  };
  result<std::string, xenstore_error> answered = "none";
  scope asking;
  one.connection.at_a_time = 1000;
  ASSERT_TRUE(asking.spawn("ask", ask(one.store, answered)).has_value());
  one.connection.to_read = make_message({.type = message_type::write, .request = 257}, {"OK"});
  one.connection.tell();
  one.node.settle();
  EXPECT_EQ(test::error_of(answered), xenstore_error::disconnected);
}

TEST(xenstore, events_of_no_watch_are_dropped) {
  domain one;
  using namespace std::string_view_literals;
  for (const auto payload : {"device\0"sv
                             "99\0"sv,
                             "device\0"sv
                             "-1\0"sv,
                             "device"sv, ""sv, "\0\0"sv})
    one.connection.to_read += make_message({.type = message_type::watch_event}, {payload});
  one.connection.tell();
  one.daemon.set("/local/domain/1/key", "value");
  EXPECT_EQ(text_of(one.node.run(one.store.read("key"))), "value");
}

TEST(xenstore, after_a_resume_watches_are_set_up_anew) {
  domain one;
  event changed;
  const xenstore_watch watch(one.store, "device", changed);
  one.node.settle();
  one.connection.broken = true;
  EXPECT_EQ(test::error_of(one.node.run(one.store.read("key"))), xenstore_error::disconnected);
  one.connection.broken = false;
  const std::size_t before = one.daemon.watches();
  one.store.reconnect();
  one.node.settle();
  EXPECT_EQ(one.daemon.watches(), before + 1) << "the fake one has not forgotten the first";
  EXPECT_FALSE(watch.failed());
  changed.reset();
  one.daemon.set("/local/domain/1/device/vif", "x");
  one.node.settle();
  EXPECT_TRUE(changed.is_set());
}

// ---- Through the page of a guest -----------------------------------------------------------------------

/// xenstored at the other end of the page.
class page_server {
 public:
  explicit page_server(test::fake_machine& machine, fake_xenstored& daemon, std::byte* page)
      : machine_(machine), daemon_(daemon), page_(page) {
    machine.ports[{1, 1}].told = [this] { work(); };
  }
  void work() {
    while (load_le32(page_ + 2048) != load_le32(page_ + 2052)) {
      asked_ += static_cast<char>(page_[load_le32(page_ + 2048) % 1024]);
      store_le32(page_ + 2048, load_le32(page_ + 2048) + 1);
    }
    while (asked_.size() >= 16 && asked_.size() >= 16 + load_le32(as_bytes(asked_).data() + 12)) {
      const std::size_t size = 16 + load_le32(as_bytes(asked_).data() + 12);
      const std::string message = asked_.substr(0, size);
      asked_.erase(0, size);
      daemon_.handle("/local/domain/1", message, [this](const std::string& answer) { answers_ += answer; });
    }
    while (!answers_.empty() && load_le32(page_ + 2060) - load_le32(page_ + 2056) < 1024) {
      page_[1024 + load_le32(page_ + 2060) % 1024] = static_cast<std::byte>(answers_[0]);
      store_le32(page_ + 2060, load_le32(page_ + 2060) + 1);
      answers_.erase(0, 1);
    }
    machine_.node.report(*machine_.ports[{1, 1}].source);
  }

 private:
  test::fake_machine& machine_;
  fake_xenstored& daemon_;
  std::byte* page_;
  std::string asked_;
  std::string answers_;
};

struct guest {
  explicit guest(std::uint32_t index = 0) {
    for (const std::size_t at : {2048U, 2052U, 2056U, 2060U}) store_le32(page.data() + at, index);
    hypervisor.store_ring = {.memory = page.data(), .port = 1};
  }
  alignas(page_size) std::array<std::byte, page_size> page{};
  test::virtual_node node;
  test::fake_machine machine{node};
  test::fake_hypervisor hypervisor{machine};
  fake_xenstored daemon;
};

TEST(xenstore_page, carries_messages_longer_than_its_rings) {
  for (const std::uint32_t index : {0U, 1000U, 0xffff'fff0U}) {
    guest one(index);
    page_server server(one.machine, one.daemon, one.page.data());
    xenstore_page page(one.hypervisor);
    xenstore store(page);
    const std::string value = test::pattern(4000);
    EXPECT_EQ(outcome(one.node.run(store.write("value", value))), "ok");
    EXPECT_TRUE(text_of(one.node.run(store.read("value"))) == value) << index;
  }
}

TEST(xenstore_page, indices_that_cannot_be_disconnect) {
  for (const std::size_t at : {2048U, 2060U}) {
    guest one;
    xenstore_page page(one.hypervisor);
    xenstore store(page);
    one.node.settle();
    store_le32(one.page.data() + at, 5000);
    one.machine.tell(1, 1);
    EXPECT_EQ(test::error_of(one.node.run(store.read("key"))), xenstore_error::disconnected) << at;
  }
}

TEST(xenstore_page, without_a_ring_there_is_no_xenstore) {
  guest one;
  one.hypervisor.store_ring = {};
  xenstore_page page(one.hypervisor);
  xenstore store(page);
  EXPECT_EQ(test::error_of(one.node.run(store.read("key"))), xenstore_error::disconnected);
}

}  // namespace
}  // namespace mirage::xen
