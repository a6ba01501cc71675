// SPDX-License-Identifier: ISC
// The scheduler of one node: one thread, in rounds. A round polls the devices that have something, moves the
// timers that are due to the ready queue, runs the tasks that were ready when the round began, destroys what
// was cancelled, and rings each doorbell once. The target owns the outer loop, because a browser and a
// simulator cannot be blocked in.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/frame.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/time.hpp"
#include "mirage/core/timer_wheel.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage {

/// Something that a driver polls: a ring, or a descriptor. `machine.hpp` says how it gets marked.
class event_source : public list_link {
 public:
  event_source() noexcept = default;
  /// Takes a bounded batch, hands it to the sink and tells the sink that the batch has ended. True when more
  /// is waiting. Runs as an upcall: a task that it cancels is destroyed when it has returned. A source whose
  /// events cost less together, such as the frames of a ring, tells the loop how many it found
  /// (`loop::found`): a busy machine gathers those. A stream does not, because each is read by a call of its
  /// own.
  virtual bool poll() noexcept = 0;

 protected:
  ~event_source() = default;
};

/// Rung once at the end of a round, however many packets were put into the ring.
class doorbell : public list_link {
 public:
  virtual void ring() noexcept = 0;

 protected:
  ~doorbell() = default;
};

class loop {
 public:
  loop() noexcept = default;
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;
  ~loop();

  /// One round at time `now`. Gives when the next one is wanted: `now` if something is ready, else the
  /// deadline of the first timer, or `never`.
  instant run_round(instant now) noexcept;

  [[nodiscard]] instant now() const noexcept { return now_; }

  /// Moves the waiter from the list on which it is to the ready queue. It resumes in this round if the round
  /// has not yet begun to run tasks, else in the next.
  void wake(waiter& who) noexcept {
    who.unlink();
    ready_.push_back(who);
  }
  /// The same for all that are on the list, in their order.
  void wake_all(list& waiting) noexcept { ready_.append(waiting); }
  void sleep(timer& who) noexcept {
    if (who.deadline != never) timers_.insert(who);
  }

  /// For targets: the source has something to poll. One that is marked already keeps its turn.
  void mark(event_source& source) noexcept {
    if (!source.linked()) marked_.push_back(source);
  }
  /// For drivers: `bell` is rung at the end of the round; asked for while it rings, at the end of the next.
  void ring_later(doorbell& bell) noexcept {
    if (!bell.linked()) doorbells_.push_back(bell);
  }

  /// For sources, in `poll`: this look found so many frames, datagrams or connections, which would have cost
  /// more one by one. Gathering is decided by these.
  void found(std::size_t events) noexcept { totals_.events += events; }

  /// The root task that runs now, or null.
  [[nodiscard]] detail::frame* running() const noexcept { return running_; }
  [[nodiscard]] bool idle() const noexcept { return ready_.empty() && marked_.empty() && doorbells_.empty(); }

  /// While one lives, the tasks of a cancelled scope are not destroyed. Every `event_source::poll` and every
  /// alarm runs inside one; a driver that calls its sink from elsewhere (a loopback) makes its own.
  class upcall {
   public:
    upcall() noexcept;
    upcall(const upcall&) = delete;
    upcall& operator=(const upcall&) = delete;
    ~upcall();
  };

  /// Rounds so far, sources polled, events that these said they found (what coalescing is decided by) and
  /// tasks resumed.
  struct totals {
    std::uint64_t rounds = 0;
    std::uint64_t polls = 0;
    std::uint64_t events = 0;
    std::uint64_t resumptions = 0;
  };
  [[nodiscard]] const totals& counted() const noexcept { return totals_; }

  /// How many tasks have been spawned and not yet ended.
  [[nodiscard]] std::size_t tasks() const noexcept { return tasks_; }

  /// A live task, as `for_each_task` shows it.
  struct live_task {
    const char* name;
    const char* waiting_for;  // null: runs, or has not run yet; one that was woken keeps it until it runs
    unsigned depth;           // 0: spawned from outside of any task
  };
  /// `visit(const live_task&)` for each, a parent before the tasks in its scopes. Visiting must not spawn or
  /// cancel.
  template <class Visit>
  void for_each_task(Visit visit) {
    visit_tasks(
        outer_scopes_, 0, [](void* to, const live_task& task) { (*static_cast<Visit*>(to))(task); }, &visit);
  }

 private:
  friend class scope;
  friend class detail::final_awaiter;
  friend class detail::frame;
  using task_visitor = void (*)(void* to, const live_task& task);
  static void visit_tasks(scope* first, unsigned depth, task_visitor visit, void* to);
  void bury() noexcept;
  void run(waiter& who) noexcept;
  void run_alarm(waiter& who) noexcept;

  list ready_;
  list marked_;
  list doorbells_;
  list graveyard_;
  timer_wheel timers_;
  instant now_{};
  detail::frame* running_ = nullptr;
  scope* outer_scopes_ = nullptr;  // those made outside of any task
  unsigned upcalls_ = 0;
  std::size_t tasks_ = 0;
  totals totals_;
};

}  // namespace mirage
