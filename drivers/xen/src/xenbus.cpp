// SPDX-License-Identifier: ISC
#include "mirage/xen/xenbus.hpp"

#include <algorithm>
#include <charconv>

#include "mirage/core/log.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"

namespace mirage::xen {

namespace {

constexpr log_source xen_log{"xen"};
constexpr duration connect_limit = 10s;
constexpr duration close_limit = 1s;
// How long a back end that closed by itself is left alone.
constexpr duration again_after = 100ms;

std::optional<std::uint32_t> number_of(std::string_view text) noexcept {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string text_of(std::uint64_t number) {
  std::array<char, 20> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return {digits.data(), written.ptr};
}

}  // namespace

// ---- Which devices there are ---------------------------------------------------------------------------

// docs/man/xen-vbd-interface of Xen: a major and a minor number of Linux, or bit 28 where these do not reach.
std::optional<std::uint32_t> disk_number(std::string_view name) noexcept {
  const std::string_view kind = name.substr(0, name.starts_with("xvd") ? 3 : 2);
  name.remove_prefix(kind.size());
  std::uint32_t disk = 0;
  std::size_t letters = 0;
  while (letters < name.size() && letters < 3 && name[letters] >= 'a' && name[letters] <= 'z')
    disk = disk * 26 + static_cast<std::uint32_t>(name[letters++] - 'a') + 1;
  const auto partition = letters == name.size() ? 0 : number_of(name.substr(letters));
  if (disk-- == 0 || !partition || *partition > 255) return std::nullopt;
  if (kind == "xvd" && disk < 16 && *partition < 16) return (202U << 8U) | (disk << 4U) | *partition;
  if (kind == "xvd") return (1U << 28U) | (disk << 8U) | *partition;
  if (kind == "sd" && disk < 16 && *partition < 16) return (8U << 8U) | (disk << 4U) | *partition;
  if (kind == "hd" && disk < 2 && *partition < 64) return (3U << 8U) | (disk << 6U) | *partition;
  if (kind == "hd" && disk < 4 && *partition < 64) return (22U << 8U) | ((disk - 2) << 6U) | *partition;
  return std::nullopt;
}

task<result<std::uint32_t, device_error>> xenbus::claim(std::string kind, std::string which) {
  auto names = co_await store.directory("device/" + kind);
  if (!names && names.error() == xenstore_error::disconnected)
    co_return mirage::fail(device_error::no_xenstore);
  if (!names) co_return mirage::fail(device_error::no_device);
  const auto wanted = number_of(which) ? number_of(which) : disk_number(which);
  if (!which.empty() && !wanted) co_return mirage::fail(device_error::no_device);
  std::optional<std::uint32_t> least;
  for (const std::string& name : *names) {
    const auto number = number_of(name);
    if (!number || (wanted && *number != *wanted) || (least && *least < *number)) continue;
    if (std::ranges::find(claimed_, std::pair(kind, *number)) == claimed_.end()) least = number;
  }
  if (!least) co_return mirage::fail(device_error::no_device);
  claimed_.emplace_back(std::move(kind), *least);
  co_return *least;
}

// ---- Starting and stopping -----------------------------------------------------------------------------

frontend::frontend(std::string_view name, xenbus& on, driver& by, xenbus_state publishes) noexcept
    : tenant(on.xen), name_(name), bus_(on), driver_(by), publishes_(publishes) {}

task<result<void, device_error>> frontend::start(std::string kind, std::string which) {
  auto number = co_await bus_.claim(kind, std::move(which));
  MIRAGE_CO_TRY_VOID(number);
  ours_ = "device/" + kind + "/" + text_of(*number);
  started_ = true;
  outcome_ = mirage::fail(device_error::no_answer);
  auto spawned = supervisor_.spawn("xen device", supervise());
  if (!spawned) outcome_ = mirage::fail(device_error::no_memory);
  if (spawned) static_cast<void>(co_await with_timeout(connect_limit, settled()));
  if (!outcome_) co_await stop();
  co_return outcome_;
}

task<bool> frontend::settled() {
  co_await settled_;
  co_return true;
}

task<> frontend::stop() {
  if (!started_) co_return;
  supervisor_.cancel();
  co_await close();
  watch_theirs_.reset();
  started_ = false;
}

void frontend::resumed() noexcept {
  if (!started_) return;
  connected_ = false;
  if (std::exchange(opened_, false)) {
    interrupted_ = true;
    driver_.interrupted();
  }
  if (std::exchange(unreleased_, false)) driver_.release();
  theirs_.clear();
  changed_.set();
}

void frontend::fail(ring_fault fault) noexcept {
  switch (fault) {
    case ring_fault::none: return;
    case ring_fault::index_jumped: ++jumped_; break;
    case ring_fault::id_out_of_range: ++out_of_range_; break;
    case ring_fault::not_in_flight: ++not_in_flight_; break;
    case ring_fault::bad_length: ++bad_length_; break;
    case ring_fault::bad_order: ++bad_order_; break;
    case ring_fault::grant_kept: ++grant_kept_; break;
  }
  xen_log.error("{}: the back end broke the rules of its ring ({}); the device is no longer used", name_,
                describe(fault));
  give_up();
}

// For good: the supervisor closes our end.
void frontend::give_up() noexcept {
  failed_ = true;
  lose();
  changed_.set();
}

void frontend::lose() noexcept {
  connected_ = false;
  const bool was_expected = std::exchange(interrupted_, false);
  if (std::exchange(opened_, false) || was_expected) driver_.lost();
}

void frontend::settle(result<void, device_error> how) noexcept {
  if (settled_.is_set()) return;
  outcome_ = how;
  settled_.set();
}

// ---- The handshake -------------------------------------------------------------------------------------

task<> frontend::supervise() {
  const xenstore_watch watch_ours(bus_.store, ours_ + "/backend", changed_);
  while (!failed_) {
    co_await changed_;
    changed_.reset();
    if (watch_ours.failed()) settle(mirage::fail(device_error::no_xenstore));
    if (!failed_) co_await look();
  }
  co_await close();
}

task<> frontend::look() {
  const bool found = co_await find_other_end();
  if (!found) {
    // Unless it has changed again: we were resumed, and xenstore is there only now.
    if (!changed_.is_set()) co_await close();
    co_return;
  }
  if (opened_ && state_ != xenbus_state::initialising) {
    // After a resume the toolstack has made our side anew, whatever the other end says.
    const auto written = co_await state_at(ours_);
    if (written == xenbus_state::initialising) lose();
  }
  const auto theirs = co_await state_at(theirs_);
  if (!failed_) co_await follow(theirs);
}

task<bool> frontend::find_other_end() {
  auto path = co_await bus_.store.read(ours_ + "/backend");
  if (!path || path->empty()) {
    watch_theirs_.reset();
    theirs_.clear();
    co_return false;
  }
  if (*path == theirs_) co_return true;
  if (opened_) lose();
  auto number = co_await bus_.store.read_number(ours_ + "/backend-id");
  backend_ = static_cast<domain_id>(number.value_or(domain_zero));
  theirs_ = *std::move(path);
  state_ = xenbus_state::initialising;
  watch_theirs_ = std::make_unique<xenstore_watch>(bus_.store, theirs_ + "/state", changed_);
  co_return true;
}

task<> frontend::follow(xenbus_state theirs) {
  switch (theirs) {
    case xenbus_state::init_wait:
      if (connected_) lose();  // it began anew
      if (!opened_) co_await open();
      break;
    case xenbus_state::connected:
      if (opened_ && !connected_) co_await become_connected();
      break;
    case xenbus_state::closing: co_await close(); break;
    case xenbus_state::unknown:
    case xenbus_state::closed: {
      if (opened_ || unreleased_) co_await close();
      const auto online = co_await offered("online");
      if (online == 0 || theirs == xenbus_state::unknown) break;
      co_await sleep_for(again_after);
      co_await set_state(xenbus_state::initialising);
      break;
    }
    case xenbus_state::initialising:
    case xenbus_state::initialised: break;
  }
}

task<> frontend::open() {
  if (std::exchange(unreleased_, false)) driver_.release();
  opened_ = unreleased_ = true;
  auto negotiated = co_await driver_.negotiate();
  unreleased_ = true;  // a resume meanwhile has released what there was until then
  if (failed_ || !opened_) co_return;
  if (negotiated) {
    co_await set_state(publishes_);
  } else {
    xen_log.error("{}: {}", name_, describe(negotiated.error()));
    settle(negotiated);
    give_up();
  }
}

task<> frontend::become_connected() {
  auto begun = co_await driver_.connect();
  if (failed_ || !opened_) co_return;
  if (begun) {
    connected_ = true;
    interrupted_ = false;
    ++connections_;
    co_await set_state(xenbus_state::connected);
  } else {
    xen_log.error("{}: {}", name_, describe(begun.error()));
    give_up();
  }
  settle(begun);
}

task<> frontend::other_end_closed() {
  while (true) {
    changed_.reset();
    const auto theirs = co_await state_at(theirs_);
    if (theirs == xenbus_state::closed || theirs == xenbus_state::unknown) co_return;
    co_await changed_;
  }
}

// Says that we close, and gives the other end time to let go of our memory.
task<> frontend::close() {
  lose();
  if (state_ != xenbus_state::closed && !theirs_.empty()) {
    co_await set_state(xenbus_state::closing);
    co_await set_state(xenbus_state::closed);
  }
  if (unreleased_ && !theirs_.empty()) {
    static_cast<void>(co_await with_timeout(close_limit, other_end_closed()));
    changed_.set();  // there is something to look at again
  }
  if (std::exchange(unreleased_, false)) driver_.release();
}

// ---- Keys ----------------------------------------------------------------------------------------------

task<> frontend::set_state(xenbus_state state) {
  state_ = state;
  static_cast<void>(co_await bus_.store.write(ours_ + "/state", text_of(static_cast<std::uint64_t>(state))));
}

task<xenbus_state> frontend::state_at(std::string_view path) {
  auto number = co_await bus_.store.read_number(std::string(path) + "/state");
  const std::uint64_t state = number.value_or(0);
  co_return state > 6 ? xenbus_state::unknown : static_cast<xenbus_state>(state);
}

task<result<void, device_error>> frontend::publish(std::vector<number_key> keys) {
  auto write_all = [this, &keys](transaction within) -> task<result<void, xenstore_error>> {
    for (const auto& [key, value] : keys) {
      auto written = co_await bus_.store.write(ours_ + "/" + std::string(key), text_of(value), within);
      MIRAGE_CO_TRY_VOID(written);
    }
    co_return {};
  };
  auto written = co_await bus_.store.atomically(write_all);
  if (!written) co_return mirage::fail(device_error::no_xenstore);
  co_return {};
}

task<std::uint64_t> frontend::offered(std::string_view key, std::uint64_t otherwise) {
  auto number = co_await bus_.store.read_number(theirs_ + "/" + std::string(key));
  co_return number.value_or(otherwise);
}

task<result<std::string, xenstore_error>> frontend::given(std::string_view key) {
  return bus_.store.read(ours_ + "/" + std::string(key));
}

task<std::uint64_t> frontend::given_number(std::string_view key, std::uint64_t otherwise) {
  auto number = co_await bus_.store.read_number(ours_ + "/" + std::string(key));
  co_return number.value_or(otherwise);
}

task<result<void, device_error>> frontend::give(std::string_view key, std::string_view value) {
  auto written = co_await bus_.store.write(ours_ + "/" + std::string(key), value);
  if (!written) co_return mirage::fail(device_error::no_xenstore);
  co_return {};
}

}  // namespace mirage::xen
