// SPDX-License-Identifier: ISC
#include "toolstack.hpp"

#include <array>
#include <cstddef>

#include "mirage/core/event.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/freestanding/start.hpp"
#include "terminal.hpp"
#include "xen_node.hpp"

namespace mirage {

namespace {

constexpr log_source logger{"xen"};

}  // namespace

toolstack::toolstack(guest& platform) : platform_(platform), page_(platform), devices_(platform, store_) {
  const bool spawned = tasks_.spawn("xen features", announce()).has_value() &&
                       tasks_.spawn("xen shutdown", hear_requests()).has_value() &&
                       tasks_.spawn("xen memory", hear_of_memory()).has_value();
  require(spawned, "there is no room for the tasks that hear the toolstack");
}

// A toolstack that made no such keys does not want to know.
task<> toolstack::announce() {
  auto poweroff = co_await store_.write("control/feature-poweroff", "1");
  auto reboot = co_await store_.write("control/feature-reboot", "1");
  auto suspend = co_await store_.write("control/feature-suspend", "1");
  if (!poweroff || !reboot || !suspend) logger.debug("the toolstack does not take what this guest can do");
}

task<> toolstack::hear_requests() {
  event changed;
  const xen::xenstore_watch watch(store_, "control/shutdown", changed);
  while (!watch.failed()) {
    co_await changed;
    changed.reset();
    auto word = co_await store_.read("control/shutdown");
    if (!word || word->empty()) continue;
    const bool is_reboot = *word == "reboot";
    const bool is_suspend = *word == "suspend";
    if (!is_reboot && !is_suspend && *word != "poweroff" && *word != "halt") {
      logger.warning("the toolstack asks for {}, which this guest cannot", *word);
      continue;
    }
    auto acknowledged = co_await store_.write("control/shutdown", "");
    if (!acknowledged) logger.warning("the toolstack's {} cannot be acknowledged", *word);
    if (is_suspend) {
      co_await suspend();
      continue;
    }
    if (is_reboot) reason_ = xen::shutdown_reason::reboot;
    os::shutdown().set();
  }
}

// Somebody may restore the same memory twice: random numbers must not be the same.
task<> toolstack::suspend() {
  logger.info("the toolstack suspends this guest");
  terminal::flush();
  if (!platform_.suspend()) {
    logger.info("this guest was not restored, and goes on");
    co_return;
  }
  std::array<std::byte, 32> entropy;
  if (freestanding::platform::seed(entropy)) xen_node::here().random->mix(entropy);
  page_.reconnect();
  store_.reconnect();
  logger.info("this guest was restored");
  co_await announce();
}

task<> toolstack::hear_of_memory() {
  event changed;
  const xen::xenstore_watch watch(store_, "memory/target", changed);
  auto before = co_await store_.read("memory/target");
  while (before && !watch.failed()) {
    co_await changed;
    changed.reset();
    auto wanted = co_await store_.read("memory/target");
    if (!wanted || *wanted == *before) continue;
    logger.warning("the toolstack wants {} KiB of memory; this guest keeps what it has, {} KiB", *wanted,
                   *before);
  }
}

}  // namespace mirage
