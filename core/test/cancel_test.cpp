// SPDX-License-Identifier: ISC
// Every awaitable, cancelled before it was awaited, while it waits, between what wakes it and its resumption,
// and after that. Nothing may run afterwards, every frame must be gone, and what was granted must be there
// for the next one. (The sanitizer looks for what is touched after its death: free frames are poisoned.)
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mirage/core/event.hpp>
#include <mirage/core/mutex.hpp>
#include <mirage/core/queue.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/semaphore.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/task.hpp>
#include <mirage/core/when.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

constexpr duration nap = 1s;

// Each has `wait()`, a task that awaits the thing and then sets `passed`; `grant()`, after which that task is
// in the ready queue and has not run; and `account()`, which looks, when no task is left, whether what was
// granted is where it belongs, and makes everything as it was at first.

struct of_event {
  event happened;
  bool passed = false;
  task<> wait() {
    co_await happened;
    passed = true;
  }
  void grant(test::virtual_node&) { happened.set(); }
  void account(bool) { happened.reset(); }
};

struct of_semaphore {
  std::optional<semaphore> permits{0};
  bool passed = false;
  task<> wait() {
    const auto permit = co_await permits->acquire();
    passed = true;
    co_await event();
  }
  void grant(test::virtual_node&) { permits->release(); }
  void account(bool granted) {
    EXPECT_EQ(permits->available(), granted ? 1U : 0U);
    permits.emplace(std::size_t{0});
  }
};

struct of_mutex {
  mutex section;
  event release;
  scope holder;
  bool passed = false;
  of_mutex() { hold(); }
  void hold() {
    EXPECT_TRUE(holder.spawn([this]() -> task<> {
      const auto lock = co_await section.lock();
      co_await release;
    }));
  }
  task<> wait() {
    const auto lock = co_await section.lock();
    passed = true;
    co_await event();
  }
  void grant(test::virtual_node& node) {
    release.set();
    node.step();
    EXPECT_EQ(holder.size(), 0U);
  }
  void account(bool granted) {
    EXPECT_EQ(section.locked(), !granted);
    release.reset();
    if (granted) hold();
  }
};

struct of_queue_push {
  bounded_queue<std::shared_ptr<int>> items{1};
  std::shared_ptr<int> item = std::make_shared<int>(1);
  bool passed = false;
  of_queue_push() { fill(); }
  void fill() {
    auto first = std::make_shared<int>(0);
    EXPECT_TRUE(items.try_push(first));
  }
  task<> wait() {
    co_await items.push(item);
    passed = true;
  }
  void grant(test::virtual_node&) { EXPECT_EQ(**items.try_pop(), 0); }
  // Either the item was taken over into the queue, or it died with the pusher.
  void account(bool granted) {
    EXPECT_EQ(**items.try_pop(), granted ? 1 : 0);
    EXPECT_EQ(items.try_pop(), std::nullopt);
    EXPECT_EQ(item.use_count(), 1);
    fill();
  }
};

struct of_queue_pop {
  bounded_queue<std::shared_ptr<int>> items{4};
  std::shared_ptr<int> item = std::make_shared<int>(1);
  bool passed = false;
  bool popped = false;
  task<> wait() {
    const auto got = co_await items.pop();
    EXPECT_EQ(got, item);
    popped = true;
    passed = true;
  }
  void grant(test::virtual_node&) {
    auto copy = item;
    EXPECT_TRUE(items.try_push(copy));
  }
  void account(bool granted) {
    EXPECT_EQ(items.try_pop().has_value(), granted && !popped);
    EXPECT_EQ(item.use_count(), 1);
    popped = false;
  }
};

/// Time grants it: `other` is due in the same round, before it.
struct of_sleep {
  bool passed = false;
  task<> wait() {
    co_await sleep_for(nap);
    passed = true;
  }
  static constexpr bool by_time = true;
  void account(bool) {}
};

struct of_yield {
  bool passed = false;
  task<> wait() {
    co_await yield();
    passed = true;
  }
  static constexpr bool at_once = true;
  void account(bool) {}
};

struct with_children {
  std::optional<event> release{std::in_place};
  bool passed = false;
  task<> child() { co_await *release; }
  void grant(test::virtual_node& node) {
    release->set();
    node.step();
  }
  void account(bool) { release.emplace(); }
};

struct of_nested : with_children {
  task<> wait() {
    co_await child();
    passed = true;
  }
  // The nested task goes on at once when it has been woken, so the waiting is that of its event.
  void grant(test::virtual_node&) { release->set(); }
};

struct of_join : with_children {
  task<> wait() {
    scope children;
    EXPECT_TRUE(children.spawn(child()));
    EXPECT_TRUE(children.spawn(child()));
    co_await children.join();
    passed = true;
  }
};
struct of_join_until : with_children {
  task<> wait() {
    scope children;
    EXPECT_TRUE(children.spawn(child()));
    const bool all = co_await children.join_until(later(os::now(), 1h));
    EXPECT_TRUE(all);
    passed = true;
  }
};
struct of_join_until_its_deadline : of_sleep {
  task<> wait() {
    scope children;
    EXPECT_TRUE(children.spawn([]() -> task<> { co_await event(); }));
    const bool all = co_await children.join_until(later(os::now(), nap));
    EXPECT_FALSE(all);
    passed = true;
  }
};
struct of_join_one : with_children {
  task<> wait() {
    scope children;
    EXPECT_TRUE(children.spawn(child()));
    EXPECT_TRUE(children.spawn([]() -> task<> { co_await event(); }));
    co_await children.join_one();
    passed = true;
  }
};
struct of_join_first : with_children {
  task<> wait() {
    scope children;
    EXPECT_TRUE(children.spawn(child()));
    EXPECT_TRUE(children.spawn([]() -> task<> { co_await event(); }));
    co_await children.join_first();
    passed = true;
  }
};
struct of_with_timeout : with_children {
  task<> wait() {
    const auto done = co_await with_timeout(1h, child());
    EXPECT_TRUE(done);
    passed = true;
  }
};
struct of_with_timeout_its_limit : of_sleep {
  task<> never_ends() { co_await event(); }
  task<> wait() {
    const auto done = co_await with_timeout(nap, never_ends());
    EXPECT_FALSE(done);
    passed = true;
  }
};
struct of_when_any : with_children {
  task<> sleeper() { co_await sleep_for(1h); }
  task<> wait() {
    const auto first = co_await when_any(sleeper(), child());
    EXPECT_EQ(first.index(), 1U);
    passed = true;
  }
};
struct of_when_all : with_children {
  task<> wait() {
    co_await when_all(child(), child());
    passed = true;
  }
};

template <class Case>
class cancelling : public testing::Test {
 protected:
  test::virtual_node node;
  Case subject;
  scope running;

  static constexpr bool by_time = requires { Case::by_time; };
  static constexpr bool at_once = requires { Case::at_once; };

  // Keeps the frame alive when the wait is over, so that it can be cancelled after it, too.
  static task<> wait_and_stay(Case& of) {
    co_await of.wait();
    co_await event();
  }
  void spawn() { ASSERT_TRUE(running.spawn("waiter", wait_and_stay(subject))); }

  void expect_gone(bool granted) {
    EXPECT_EQ(running.size(), 0U);
    subject.passed = false;
    node.advance(2 * nap);
    EXPECT_FALSE(subject.passed) << "it ran after it was cancelled";
    subject.account(granted);
  }

  // The awaitable still works for somebody else, who is cancelled after it has gone on.
  void expect_works() {
    spawn();
    node.settle();
    if constexpr (by_time)
      node.advance(2 * nap);
    else if constexpr (!at_once)
      subject.grant(node);
    node.settle();
    EXPECT_TRUE(subject.passed);
    running.cancel();
    expect_gone(true);
  }
};

using cases =
    testing::Types<of_event, of_semaphore, of_mutex, of_queue_push, of_queue_pop, of_sleep, of_yield,
                   of_nested, of_join, of_join_until, of_join_until_its_deadline, of_join_one, of_join_first,
                   of_with_timeout, of_with_timeout_its_limit, of_when_any, of_when_all>;
TYPED_TEST_SUITE(cancelling, cases);

TYPED_TEST(cancelling, before_it_was_spawned) {
  {
    const auto never_spawned = this->subject.wait();
  }
  EXPECT_FALSE(this->subject.passed);
  this->expect_gone(false);
  this->expect_works();
}

TYPED_TEST(cancelling, before_it_was_awaited) {
  this->node.settle();
  this->spawn();
  this->running.cancel();
  EXPECT_FALSE(this->subject.passed);
  this->expect_gone(false);
  this->expect_works();
}

TYPED_TEST(cancelling, while_it_waits) {
  this->spawn();
  this->node.step();
  this->running.cancel();
  EXPECT_FALSE(this->subject.passed);
  this->expect_gone(false);
  this->expect_works();
}

TYPED_TEST(cancelling, between_what_wakes_it_and_its_resumption) {
  if constexpr (TestFixture::by_time) {
    // Due in the same round, and before it in the ready queue.
    scope others;
    const auto cancel = [](scope& whose) -> task<> {
      co_await sleep_for(nap);
      whose.cancel();
    };
    ASSERT_TRUE(others.spawn(cancel, std::ref(this->running)));
    this->spawn();
    this->node.advance(2 * nap);
  } else {
    this->spawn();
    this->node.step();
    if constexpr (!TestFixture::at_once) {
      this->node.settle();
      this->subject.grant(this->node);
    }
    this->running.cancel();
  }
  EXPECT_FALSE(this->subject.passed);
  this->expect_gone(true);
  this->expect_works();
}

TYPED_TEST(cancelling, after_it_has_gone_on) {
  this->expect_works();
  this->expect_works();
}

TYPED_TEST(cancelling, by_another_task_while_it_waits) {
  scope others;
  const auto cancel = [](scope& whose) -> task<> {
    whose.cancel();
    co_return;
  };
  this->spawn();
  this->node.step();
  ASSERT_TRUE(others.spawn(cancel, std::ref(this->running)));
  // In front of the waiter that has just yielded there is no place, so it is asked from here.
  if constexpr (TestFixture::at_once) this->running.cancel();
  this->node.settle();
  EXPECT_FALSE(this->subject.passed);
  this->expect_gone(false);
  this->expect_works();
}

TYPED_TEST(cancelling, by_the_limit_of_its_time) {
  scope others;
  bool over = false;
  const auto limited = [](TypeParam& subject, bool& done) -> task<> {
    const auto result = co_await with_timeout(nap / 2, TestFixture::wait_and_stay(subject));
    EXPECT_FALSE(result);
    done = true;
  };
  ASSERT_TRUE(others.spawn(limited, std::ref(this->subject), std::ref(over)));
  this->node.advance(nap);
  EXPECT_TRUE(over);
  EXPECT_EQ(this->subject.passed, TestFixture::at_once);
  this->expect_gone(false);
  this->expect_works();
}

TYPED_TEST(cancelling, leaves_no_frame) {
  this->expect_works();
  if constexpr (requires { this->subject.holder; }) this->subject.holder.cancel();
  EXPECT_EQ(this->node.tasks.tasks(), 0U);
  EXPECT_EQ(this->node.frames.live(), 0U);
}

// Grants pass on: of several waiters the first is granted and cancelled, so the next one gets it.
struct passing_on : testing::Test {
  test::virtual_node node;
  std::string log;
};

TEST_F(passing_on, a_permit_goes_to_the_next) {
  semaphore permits(0);
  scope first;
  scope second;
  const auto take = [](semaphore& of, std::string& to, char name) -> task<> {
    const auto permit = co_await of.acquire();
    to += name;
    co_await event();
  };
  ASSERT_TRUE(first.spawn("first", take, std::ref(permits), std::ref(log), 'a'));
  ASSERT_TRUE(second.spawn("second", take, std::ref(permits), std::ref(log), 'b'));
  node.settle();
  permits.release();
  first.cancel();
  node.settle();
  EXPECT_EQ(log, "b");
  second.cancel();
  EXPECT_EQ(permits.available(), 1U);
}

TEST_F(passing_on, an_item_goes_to_the_next) {
  bounded_queue<char> items(2);
  scope first;
  scope second;
  const auto take = [](bounded_queue<char>& from, std::string& to, char name) -> task<> {
    const char item = co_await from.pop();
    to += name;
    to += item;
  };
  ASSERT_TRUE(first.spawn("first", take, std::ref(items), std::ref(log), '1'));
  ASSERT_TRUE(second.spawn("second", take, std::ref(items), std::ref(log), '2'));
  node.settle();
  char item = 'x';
  ASSERT_TRUE(items.try_push(item));
  first.cancel();
  node.settle();
  EXPECT_EQ(log, "2x");
}

TEST_F(passing_on, room_goes_to_the_next_pusher_when_one_is_cancelled) {
  bounded_queue<char> items(1);
  char full = 'f';
  ASSERT_TRUE(items.try_push(full));
  scope first;
  scope second;
  const auto put = [](bounded_queue<char>& to, char item) -> task<> { co_await to.push(item); };
  ASSERT_TRUE(first.spawn("first", put, std::ref(items), '1'));
  ASSERT_TRUE(second.spawn("second", put, std::ref(items), '2'));
  node.settle();
  first.cancel();
  EXPECT_EQ(items.try_pop(), 'f');
  EXPECT_EQ(items.try_pop(), '2');
}

TEST_F(passing_on, several_permits_and_several_deaths) {
  semaphore permits(0);
  std::vector<std::unique_ptr<scope>> scopes;
  for (char name = 'a'; name <= 'f'; ++name) {
    scopes.push_back(std::make_unique<scope>());
    ASSERT_TRUE(scopes.back()->spawn([&, name]() -> task<> {
      const auto permit = co_await permits.acquire();
      log += name;
    }));
  }
  node.settle();
  permits.release();
  permits.release();
  scopes[1].reset();
  scopes[0].reset();
  scopes[3].reset();
  node.settle();
  EXPECT_EQ(log, "cef");
  EXPECT_EQ(permits.available(), 2U);
}

}  // namespace
}  // namespace mirage
