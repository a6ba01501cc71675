// SPDX-License-Identifier: ISC
// The standard input and output as a console. They may be a terminal, pipes, files, or closed, and other
// processes may have them too, so they are never switched to non-blocking.
#pragma once

#include <coroutine>
#include <optional>
#include <string_view>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/frame.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::console`. A regular file is read as it is; a closed input is at its end, and what is written to a
/// closed output gives `closed`. One console a process.
class host_console {
 public:
  /// `name` must outlive it. The descriptors stay the caller's; tests bring their own.
  explicit host_console(std::string_view name, int input = 0, int output = 1) noexcept;
  host_console(const host_console&) = delete;
  host_console& operator=(const host_console&) = delete;
  ~host_console();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  class [[nodiscard]] read_awaiter;
  class [[nodiscard]] write_awaiter;
  read_awaiter read() noexcept;
  write_awaiter write(buffer one) noexcept;
  write_awaiter write(buffer_list several) noexcept;

 private:
  struct reading : waiter {
    std::optional<result<buffer, v1::flow_error>> outcome;
  };
  struct writing : waiter {
    explicit writing(buffer_list all) noexcept : parts(std::move(all)) {}
    writing(writing&& other) noexcept : waiter(), parts(std::move(other.parts)) {}
    buffer_list parts;
    std::size_t first = 0;
    bool part_taken = false;
    std::optional<result<void, v1::flow_error>> outcome;
  };
  struct end final : machine::descriptor_source {
    host_console* console = nullptr;
    int descriptor = -1;
    bool watched = false;
    bool poll() noexcept override;
    void open(host_console& owner) noexcept;
  };

  void open() noexcept;
  [[nodiscard]] bool try_read(reading& to) noexcept;
  [[nodiscard]] bool try_write(writing& what) noexcept;
  void poll() noexcept;

  std::string_view name_;
  end input_;
  end output_;
  bool opened_ = false;
  bool poisoned_ = false;
  buffer arrived_;  // for a reader that is cancelled before it resumes
  reading* reader_ = nullptr;
  writing* writer_ = nullptr;
};

class host_console::read_awaiter : reading {
 public:
  explicit read_awaiter(host_console& from) noexcept : console_(from) {}
  read_awaiter(read_awaiter&& other) noexcept : reading(), console_(other.console_) {}
  ~read_awaiter() { leave(); }
  [[nodiscard]] bool await_ready() noexcept { return console_.try_read(*this); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    require(console_.reader_ == nullptr, "two tasks read from the console at once");
    console_.reader_ = this;
    suspend(who.promise(), "console read");
  }
  [[nodiscard]] result<buffer, v1::flow_error> await_resume() noexcept {
    result<buffer, v1::flow_error> answer = *std::move(outcome);
    outcome.reset();
    leave();
    return answer;
  }

 private:
  void leave() noexcept {
    if (outcome && *outcome && !(*outcome)->empty()) console_.arrived_ = **std::move(outcome);
    if (console_.reader_ == this) console_.reader_ = nullptr;
  }
  host_console& console_;
};

class host_console::write_awaiter : writing {
 public:
  write_awaiter(host_console& to, buffer_list all) noexcept : writing(std::move(all)), console_(to) {}
  write_awaiter(write_awaiter&& other) noexcept = default;
  ~write_awaiter() {
    if (part_taken && !outcome) console_.poisoned_ = true;
    leave();
  }
  [[nodiscard]] bool await_ready() noexcept { return console_.try_write(*this); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    require(console_.writer_ == nullptr, "two tasks write to the console at once");
    console_.writer_ = this;
    suspend(who.promise(), "console write");
  }
  [[nodiscard]] result<void, v1::flow_error> await_resume() noexcept {
    leave();
    return *outcome;
  }

 private:
  void leave() noexcept {
    if (console_.writer_ == this) console_.writer_ = nullptr;
  }
  host_console& console_;
};

inline host_console::read_awaiter host_console::read() noexcept { return read_awaiter(*this); }
inline host_console::write_awaiter host_console::write(buffer one) noexcept {
  buffer_list list;
  list.push_back(std::move(one));
  return {*this, std::move(list)};
}
inline host_console::write_awaiter host_console::write(buffer_list several) noexcept {
  return {*this, std::move(several)};
}

static_assert(v1::console<host_console>);

}  // namespace mirage
