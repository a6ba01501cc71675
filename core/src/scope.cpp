// SPDX-License-Identifier: ISC
#include "mirage/core/scope.hpp"

#include "mirage/core/node.hpp"

namespace mirage {

namespace detail {

void* frame::operator new(std::size_t size) noexcept { return os::here->frames.allocate(size); }
void frame::operator delete(void* memory, std::size_t size) noexcept { os::here->frames.release(memory, size); }

// The scopes outlive the task that made them: they are on their own from now on.
void frame::orphan_scopes() noexcept {
  while (inner_scopes != nullptr) {
    scope* orphan = inner_scopes;
    orphan->leave_parent();
    orphan->enter(nullptr);
  }
}

void final_awaiter::end_root(frame& root) noexcept {
  // In the graveyard already: cancelled by itself or by a task inside it.
  if (root.owner != nullptr) root.owner->finished(root);
}

}  // namespace detail

scope::scope() noexcept { enter(os::here->tasks.running()); }

scope::~scope() {
  require(child_around_running() == nullptr, "a scope is destroyed by a task inside it");
  cancel();
  leave_parent();
#if MIRAGE_EXCEPTIONS
  require(failure_ == nullptr, "an exception escaped from a task and nobody joined its scope");
#endif
}

void scope::enter(detail::frame* parent) noexcept {
  parent_ = parent;
  scope*& first = parent != nullptr ? parent->inner_scopes : os::here->tasks.outer_scopes_;
  next_inner_ = first;
  if (first != nullptr) first->previous_inner_ = &next_inner_;
  first = this;
  previous_inner_ = &first;
}

void scope::leave_parent() noexcept {
  *previous_inner_ = next_inner_;
  if (next_inner_ != nullptr) next_inner_->previous_inner_ = previous_inner_;
}

result<void, spawn_error> scope::spawn(const char* name, task<void> work) noexcept {
  loop& tasks = os::here->tasks;
  if (!work || os::here->frames.scarce()) return fail(spawn_error::full);
  detail::frame& root = std::exchange(work.frame_, {}).promise();
  waiter& start = *root.start;
  root.root = &root;
  root.owner = this;
  root.name = name;
  children_.push_back(root);
  ++size_;
  ++tasks.tasks_;
  start.suspend(root, nullptr);
  tasks.wake(start);
  return {};
}

// The running task is inside a child when the child's scopes, or those of the tasks in them, hold it.
detail::frame* scope::child_around_running() noexcept {
  for (detail::frame* at = os::here->tasks.running(); at != nullptr && at->owner != nullptr; at = at->owner->parent_)
    if (at->owner == this) return at;
  return nullptr;
}

void scope::cancel() noexcept {
  loop& tasks = os::here->tasks;
  detail::frame* spared = child_around_running();
  while (!children_.empty()) {
    auto& root = static_cast<detail::frame&>(children_.back());
    root.unlink();
    root.owner = nullptr;
    --size_;
    tasks.graveyard_.push_back(root);
    if (&root != spared && tasks.upcalls_ == 0) {
      root.unlink();
      --tasks.tasks_;
      root.handle().destroy();
    }
  }
  if (joiner_ != nullptr) tasks.wake(*joiner_);
}

void scope::finished(detail::frame& root) noexcept {
  loop& tasks = os::here->tasks;
  root.unlink();
  root.owner = nullptr;
  --size_;
#if MIRAGE_EXCEPTIONS
  if (root.failure && !failure_) failure_ = std::move(root.failure);
#endif
  tasks.graveyard_.push_back(root);
  if (joiner_ != nullptr && size_ <= wake_at_) tasks.wake(*joiner_);
}

void scope::rethrow_failure() {
#if MIRAGE_EXCEPTIONS
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
#endif
}

void scope::join_awaiter::wait(detail::frame& who) noexcept {
  require(scope_.joiner_ == nullptr, "a scope is joined twice at once");
  scope_.joiner_ = this;
  scope_.wake_at_ = wake_at_;
  suspend(who, "join");
  os::here->tasks.sleep(*this);
}

scope::join_until_awaiter::join_until_awaiter(scope& joined, instant until) noexcept : join_awaiter(joined, 0) {
  deadline = until;
}

bool scope::join_until_awaiter::done() const noexcept { return scope_.size_ == 0; }

}  // namespace mirage
