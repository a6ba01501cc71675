// SPDX-License-Identifier: ISC
#include "mirage/core/loop.hpp"

#include "mirage/core/event.hpp"
#include "mirage/core/node.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/semaphore.hpp"

namespace mirage {

loop::~loop() { bury(); }

inline void loop::run(waiter& who) noexcept {
  detail::frame* frame = who.suspended();
  if (frame == nullptr) return run_alarm(who);
  running_ = frame->root;
  frame->handle().resume();
  running_ = nullptr;
  if (!graveyard_.empty()) [[unlikely]]
    bury();
}

void loop::run_alarm(waiter& who) noexcept {
  const upcall during;
  static_cast<alarm&>(who).ring();
}

instant loop::run_round(instant now) noexcept {
  now_ = now;
  ++totals_.rounds;
  list polled;
  polled.append(marked_);
  while (!polled.empty()) {
    auto& source = static_cast<event_source&>(polled.pop_front());
    ++totals_.polls;
    bool more = false;
    {
      const upcall during;
      more = source.poll();
    }
    if (more) mark(source);
  }
  timers_.advance(now, ready_);
  list generation;
  generation.append(ready_);
  std::uint64_t resumed = 0;
  list_link* next = nullptr;
  while (!generation.empty()) {
    auto& who = static_cast<waiter&>(generation.pop_front(next));
    // With many tasks the next one is rarely in the cache: its waiter, and the frame's begin before it.
    __builtin_prefetch(next);
    __builtin_prefetch(next - 4);
    run(who);
    ++resumed;
  }
  totals_.resumptions += resumed;
  list bells;
  bells.append(doorbells_);
  while (!bells.empty()) static_cast<doorbell&>(bells.pop_front()).ring();
  return idle() ? timers_.next_deadline() : now;
}

void loop::bury() noexcept {
  while (!graveyard_.empty()) {
    auto& ended = static_cast<detail::frame&>(graveyard_.pop_front());
    --tasks_;
    ended.handle().destroy();
  }
}

loop::upcall::upcall() noexcept { ++os::here->tasks.upcalls_; }
loop::upcall::~upcall() {
  loop& tasks = os::here->tasks;
  if (--tasks.upcalls_ == 0 && tasks.running_ == nullptr) tasks.bury();
}

void loop::visit_tasks(scope* first, unsigned depth, task_visitor visit, void* to) {
  for (scope* at = first; at != nullptr; at = at->next_inner_) {
    at->children_.for_each([&](list_link& link) {
      auto& root = static_cast<detail::frame&>(link);
      const bool runs = &root == os::here->tasks.running_;
      visit(to, {root.name, runs ? nullptr : root.waiting_for, depth});
      visit_tasks(root.inner_scopes, depth + 1, visit, to);
    });
  }
}

void alarm::set(instant when) noexcept {
  unlink();
  deadline = when;
  if (when != never) os::here->tasks.sleep(*this);
}

void event::notify() noexcept { os::here->tasks.wake_all(waiting_); }

void semaphore::release() noexcept {
  if (waiting_.empty()) {
    ++permits_;
    return;
  }
  auto& next = static_cast<awaiter&>(static_cast<waiter&>(waiting_.front()));
  next.granted_ = true;
  os::here->tasks.wake(next);
}

}  // namespace mirage
