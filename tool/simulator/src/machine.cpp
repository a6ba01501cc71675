// SPDX-License-Identifier: ISC
#include "machine.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "mirage/core/hash.hpp"

namespace mirage::simulator {

namespace {

// Locally administered: 02:00:00, the machine, the interface.
mac_address mac_of(std::uint16_t machine, std::size_t interface) {
  return mac_address(std::array<std::uint8_t, 6>{2, 0, 0, static_cast<std::uint8_t>(machine >> 8),
                                                 static_cast<std::uint8_t>(machine),
                                                 static_cast<std::uint8_t>(interface)});
}

}  // namespace

machine::machine(simulation::scheduler& on, const node_plan& plan, const simulation::image& image,
                 std::uint16_t number, const machine_watcher& watcher)
    : on_(on),
      plan_(plan),
      image_(image),
      number_(number),
      watcher_(watcher),
      random_(on.random_for(plan.name)) {
  on_.add(*this);
}

machine::~machine() {
  cut_power();
  on_.remove(*this);
}

void machine::plug(const std::string& interface, simulation::port& cable) {
  sockets_.push_back({interface, &cable, mac_of(number_, sockets_.size() + 1)});
}

void machine::boot() {
  if (running_) return;
  const std::vector<std::string_view> command_line(plan_.arguments.begin(), plan_.arguments.end());
  running_ = image_.boot(*this, command_line);
}

void machine::cut_power() {
  running_.reset();
  line_.clear();
}

void machine::press_power_button() {
  if (running_) running_->ask_to_end();
}

void machine::run_round(instant now) noexcept {
  running_->run_round(now);
  const auto status = running_->status();
  if (!status) return;
  on_.note(static_cast<std::uint64_t>(*status));
  cut_power();
  watcher_.exited(name(), *status);
}

void machine::random(bytes out) noexcept {
  std::ranges::generate(out, [this] { return static_cast<std::byte>(random_.next()); });
}

void machine::console(std::string_view text) noexcept {
  on_.note(number_, as_bytes(text));
  for (const char letter : text) {
    if (letter != '\n') {
      line_ += letter;
      continue;
    }
    watcher_.printed(name(), line_);
    line_.clear();
  }
}

void machine::crash(std::string_view why, std::string_view where) noexcept {
  std::string words{why};
  if (!where.empty()) words += fmt::format(" ({})", where);
  watcher_.crashed(name(), words);
  std::_Exit(EXIT_FAILURE);
}

simulation::attachment machine::interface(std::string_view wanted) noexcept {
  const simulation::network_options options{.offload = plan_.offloads ? simulation::offloads::all()
                                                                      : simulation::offloads{}};
  const auto found = wanted.empty() ? sockets_.begin() : std::ranges::find(sockets_, wanted, &socket::name);
  if (found != sockets_.end()) return {found->cable, found->mac, options};
  return {&nowhere_, mac_of(number_, 0), options};
}

}  // namespace mirage::simulator
