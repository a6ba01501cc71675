// SPDX-License-Identifier: ISC
#include "mirage/core/scope.hpp"

#include "mirage/core/format.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/node.hpp"

namespace mirage {

namespace detail {

#if MIRAGE_EXCEPTIONS
namespace {
fixed_string<256> sentence_of(const std::exception_ptr& failure, const char* name,
                              std::string_view why) noexcept {
  const char* what = "of an unknown type";
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& known) {
    what = known.what();
    return format_text<256>("an exception escaped from the task {} and {}: {}", name, why, what);
  } catch (...) {
    return format_text<256>("an exception escaped from the task {} and {}: {}", name, why, what);
  }
}
}  // namespace
#endif

void* frame::operator new(std::size_t size) noexcept { return os::here->frames.allocate(size); }
void frame::operator delete(void* memory, std::size_t size) noexcept {
  os::here->frames.release(memory, size);
}

// The scopes outlive the task that made them: they are on their own from now on.
void frame::orphan_scopes() noexcept {
  while (inner_scopes != nullptr) {
    scope* orphan = inner_scopes;
    orphan->leave_parent();
    orphan->enter(nullptr);
  }
}

}  // namespace detail

// Every task ends here.
inline void scope::finished(detail::frame& root) noexcept {
  root.unlink();
  --size_;
#if MIRAGE_EXCEPTIONS
  if (root.failure) [[unlikely]]
    keep_failure(root);
#endif
  if (joiner_ != nullptr && (size_ == 0 || joiner_wants_ != wanted::all)) wake_joiner();
}

void detail::final_awaiter::end_root(frame& root) noexcept {
  loop& tasks = os::here->tasks;
  // Of a cancelled one, in the graveyard, nobody wants to know anything; its scope has forgotten it.
  if (root.name != nullptr) [[likely]]
    root.owner->finished(root);
  --tasks.tasks_;
  // What the destructors of its arguments do is done by no task.
  tasks.running_ = nullptr;
}

void scope::wake_joiner() noexcept {
  if (joiner_wants_ == wanted::first)
    clear(false);
  else
    os::here->tasks.wake(*joiner_);
}

scope::scope() noexcept { enter(os::here->tasks.running()); }

scope::~scope() {
  require(child_around_running() == nullptr, "a scope is destroyed by a task inside it");
  clear(false);
  if (has_graves_) bury_own();
  leave_parent();
#if MIRAGE_EXCEPTIONS
  if (failure_) [[unlikely]]
    panic(detail::sentence_of(failure_, failed_, "nobody joined its scope").text());
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

result<void, spawn_error> scope::spawn(const char* name, task<void>&& work) noexcept {
  loop& tasks = os::here->tasks;
  if (!work || os::here->frames.scarce()) return fail(spawn_error::full);
  detail::frame& root = std::exchange(work.frame_, {}).promise();
  waiter& start = *root.start;
  root.root = &root;
  root.owner = this;
  root.name = name;
  children_.push_back(root);
  // Who was woken because the last task had ended, and has not run yet, waits for this one too.
  if (size_++ == 0 && joiner_ != nullptr && joiner_wants_ == wanted::all) [[unlikely]] {
    joiner_->unlink();
    tasks.sleep(*joiner_);
  }
  ++tasks.tasks_;
  tasks.ready_.push_back(start);
  return {};
}

// The running task is inside a child when the child's scopes, or those of the tasks in them, hold it.
detail::frame* scope::child_around_running() noexcept {
  for (detail::frame* at = os::here->tasks.running(); at != nullptr; at = at->owner->parent_)
    if (at->owner == this) return at;
  return nullptr;
}

void scope::cancel() noexcept { clear(os::here->tasks.upcalls_ != 0); }

void scope::clear(bool put_off) noexcept {
  loop& tasks = os::here->tasks;
  detail::frame* spared = children_.empty() ? nullptr : child_around_running();
  while (!children_.empty()) {
    auto& root = static_cast<detail::frame&>(children_.back());
    root.unlink();
    --size_;
    if (put_off || &root == spared) {
      root.name = nullptr;
      has_graves_ = true;
      tasks.graveyard_.push_back(root);
    } else {
      --tasks.tasks_;
      root.handle().destroy();
    }
  }
  if (joiner_ != nullptr) tasks.wake(*joiner_);
}

// What a task of ours refers to may be gone when the graveyard is emptied, so it does not wait for that.
void scope::bury_own() noexcept {
  loop& tasks = os::here->tasks;
  while (true) {
    detail::frame* found = nullptr;
    tasks.graveyard_.for_each([&](list_link& link) {
      auto& root = static_cast<detail::frame&>(link);
      if (found == nullptr && root.owner == this) found = &root;
    });
    if (found == nullptr) return;
    found->unlink();
    --tasks.tasks_;
    found->handle().destroy();
  }
}

#if MIRAGE_EXCEPTIONS
void scope::keep_failure(detail::frame& root) noexcept {
  if (!failure_) {
    failure_ = std::move(root.failure);
    failed_ = root.name;
    return;
  }
  const auto sentence = detail::sentence_of(root.failure, root.name, "another one escaped before");
  log_source{"task"}.error("{}", sentence.text());
}
#endif

void scope::rethrow_failure() {
#if MIRAGE_EXCEPTIONS
  if (failure_) [[unlikely]]
    std::rethrow_exception(std::exchange(failure_, nullptr));
#endif
}

void scope::join_awaiter::wait(detail::frame& who) noexcept {
  require(scope_.joiner_ == nullptr, "a scope is joined twice at once");
  scope_.joiner_ = this;
  scope_.joiner_wants_ = wants_;
  suspend(who, "join");
  os::here->tasks.sleep(*this);
}

// Somebody waited for the failure and was cancelled before it was told: then it is of no more interest.
void scope::join_awaiter::abandon() noexcept {
  scope_.joiner_ = nullptr;
#if MIRAGE_EXCEPTIONS
  scope_.failure_ = nullptr;
#endif
}

scope::join_until_awaiter::join_until_awaiter(scope& joined, instant until) noexcept
    : join_awaiter(joined, wanted::all) {
  deadline = until;
}

bool scope::join_until_awaiter::done() const noexcept { return scope_.size_ == 0; }

}  // namespace mirage
