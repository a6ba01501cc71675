// SPDX-License-Identifier: ISC
#include "signals.hpp"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "unix_node.hpp"

namespace mirage {

namespace {

constexpr int signals_to_end[] = {SIGINT, SIGTERM};

void on_signal(int signal) {
  const int error = errno;
  unix_node::here().signals.arrived(signal);
  errno = error;
}

}  // namespace

void signal_source::start() noexcept {
  wake_ = file_descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  require(wake_ && machine::watch(*this, wake_.get()), "this system gives no event descriptor");
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : signals_to_end) ::sigaction(signal, &action, nullptr);
}

void signal_source::stop() noexcept {
  if (!wake_) return;
  for (const int signal : signals_to_end) ::signal(signal, SIG_DFL);
  machine::unwatch(*this, wake_.get());
  wake_.reset();
}

void signal_source::arrived(int signal) noexcept {
  if (arrived_.fetch_add(1) > 0) ::_exit(128 + signal);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

bool signal_source::poll() noexcept {
  ready = 0;
  if (arrived_.load() > 0) os::shutdown().set();
  return false;
}

}  // namespace mirage
