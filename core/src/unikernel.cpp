// SPDX-License-Identifier: ISC
#include "mirage/core/unikernel.hpp"

namespace mirage {

namespace {

task<> run_to_the_end(os::node& node, std::span<const std::string_view> command_line) {
  const int status = co_await run(command_line);
  if (!node.exit_status) node.exit_status = status;
}

task<> wait_for_shutdown() { co_await os::shutdown().asked(); }

}  // namespace

int run_unikernel(os::node& node, std::span<const std::string_view> command_line) noexcept {
  scope main;
  auto spawned = main.spawn("main", run_to_the_end(node, command_line));
  require(spawned.has_value(), "the frame pool has no room for the first task");
  while (!node.exit_status) {
    const instant next = node.run_round();
    // Without a status the task can only have ended by an exception, which ~scope reports as it stops us.
    if (main.size() == 0) break;
    if (!node.exit_status) os::platform::wait(next, node.coalesce());
  }
  return node.exit_status.value_or(exit_status::crashed);
}

task<> until_shutdown(task<> jobs) {
  scope running;
  auto spawned = running.spawn("unikernel", std::move(jobs));
  require(spawned.has_value(), "the frame pool has no room for the unikernel");
  auto watched = running.spawn("shutdown", wait_for_shutdown());
  require(watched.has_value(), "the frame pool has no room for the unikernel");
  co_await running.join_one();
  if (os::shutdown().was_awaited()) co_await running.join_until(later(os::now(), stop_limit));
}

void device_list::keep(const started& one) { started_.push_back(one); }

void device_list::tell_failure(std::string_view name, std::string_view why) {
  log_source{"main"}.error("{} cannot start: {}", name, why);
}

task<> device_list::stop() {
  for (; !started_.empty(); started_.pop_back()) {
    const started& last = started_.back();
    auto stopped = co_await with_timeout(stop_limit, last.stop(last.device));
    if (!stopped) log_source{"main"}.warning("{} did not stop in time", last.name);
  }
}

task<int> device_list::give_up() {
  co_await stop();
  co_return exit_status::device_failed;
}

}  // namespace mirage
