// SPDX-License-Identifier: ISC
// What every front end does with its device: finds it in xenstore, shakes hands with the back end (Xen's
// public header io/xenbus.h), and does so again when the other end went away and came back, or when we were
// resumed from saved memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/task.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "mirage/xen/ring.hpp"
#include "mirage/xen/xenstore.hpp"

namespace mirage::xen {

/// Where either end is in the handshake; stands in xenstore as a number, under `state`.
enum class xenbus_state : std::uint8_t {
  unknown = 0,
  initialising = 1,
  init_wait = 2,
  initialised = 3,
  connected = 4,
  closing = 5,
  closed = 6
};

enum class device_error : std::uint8_t {
  no_device,
  no_answer,
  bad_layout,
  not_offered,
  no_memory,
  no_xenstore
};
[[nodiscard]] constexpr std::string_view describe(device_error error) noexcept {
  constexpr std::array<std::string_view, 6> words{
      "this domain has no such device left; give it one (vif=[...] or disk=[...] of its configuration)",
      "the back end of the device does not answer",
      "the back end of the device tells of sizes that cannot be",
      "the back end of the device lacks what the driver needs",
      "no event channel, grant or memory is left for the device",
      "xenstore does not answer"};
  return words[static_cast<std::size_t>(error)];
}

/// The devices of this domain, and who has which.
class xenbus {
 public:
  xenbus(hypervisor& platform, xenstore& of) noexcept : xen(platform), store(of) {}
  xenbus(const xenbus&) = delete;
  xenbus& operator=(const xenbus&) = delete;

  /// The number of a device that nobody has yet, from now on the caller's. `kind` is `vif` or `vbd`; `which`
  /// is its number, for a disk also its name (`xvda`), or empty: the first that is left.
  task<result<std::uint32_t, device_error>> claim(std::string kind, std::string which);

  hypervisor& xen;
  xenstore& store;

 private:
  friend class frontend;
  std::vector<std::pair<std::string, std::uint32_t>> claimed_;
};

/// The number of a disk of that name, as toolstacks give them: `xvda`, `sdb3`, `hdc`. Nothing for other
/// names.
[[nodiscard]] std::optional<std::uint32_t> disk_number(std::string_view name) noexcept;

/// What this domain has. A target that is a guest of Xen defines it.
xenbus& devices() noexcept;

/// Our end of one device: the handshake is here, rings and requests are the driver's. After a resume from
/// saved memory it begins anew as soon as xenstore is there again.
class frontend : hypervisor::tenant {
 public:
  /// What a driver brings.
  class driver {
   public:
    /// The back end is ready: reads what it offers, makes rings and publishes them.
    virtual task<result<void, device_error>> negotiate() = 0;
    /// The back end has connected: reads what it tells of the device, and begins.
    virtual task<result<void, device_error>> connect() = 0;
    /// The other end goes away: the rings are no longer used, and whoever waits hears so. The other end may
    /// still use the memory. Called once after `negotiate`, however far that came, and where a device does
    /// not come back after `interrupted`.
    virtual void lost() noexcept = 0;
    /// In its place, when we were restored from saved memory: the device is expected back, and what it had
    /// not answered has to be asked again.
    virtual void interrupted() noexcept { lost(); }
    /// Behind `lost`: the other end has gone, or does not say so in time. Frees what `negotiate` made.
    virtual void release() noexcept = 0;

   protected:
    ~driver() = default;
  };

  /// `publishes` is our state when `negotiate` has published rings. All of these must outlive it.
  frontend(std::string_view name, xenbus& on, driver& by, xenbus_state publishes) noexcept;
  frontend(const frontend&) = delete;
  frontend& operator=(const frontend&) = delete;

  /// Claims a device, and waits ten seconds at most until it is connected. After an error it is as before.
  task<result<void, device_error>> start(std::string kind, std::string which);
  /// Closes our end, and waits a second at most until the other has taken note.
  task<> stop();
  /// The other end broke the rules of a ring: it is counted and told to the log, `lost` is called before this
  /// returns, and the device is closed for good.
  void fail(ring_fault fault) noexcept;

  /// Whether both ends are connected.
  [[nodiscard]] bool connected() const noexcept { return connected_; }
  /// From `start` to `stop`.
  [[nodiscard]] bool started() const noexcept { return started_; }
  [[nodiscard]] domain_id backend() const noexcept { return backend_; }
  [[nodiscard]] hypervisor& xen() noexcept { return bus_.xen; }

  using number_key = std::pair<std::string_view, std::uint64_t>;
  /// Writes keys of ours, all at once; they must be literals.
  task<result<void, device_error>> publish(std::vector<number_key> keys);
  /// A number that the other end published, or `otherwise` where there is none.
  task<std::uint64_t> offered(std::string_view key, std::uint64_t otherwise = 0);
  /// A key of our own side, which the toolstack wrote.
  task<result<std::string, xenstore_error>> given(std::string_view key);
  task<std::uint64_t> given_number(std::string_view key, std::uint64_t otherwise);
  /// Writes a key of our own side.
  task<result<void, device_error>> give(std::string_view key, std::string_view value);

 private:
  task<> supervise();
  task<> look();
  task<bool> find_other_end();
  task<> follow(xenbus_state theirs);
  task<> open();
  task<> become_connected();
  task<> close();
  task<> other_end_closed();
  task<> set_state(xenbus_state state);
  task<xenbus_state> state_at(std::string_view path);
  task<bool> settled();
  void resumed() noexcept override;
  void give_up() noexcept;
  void lose() noexcept;
  void settle(result<void, device_error> how) noexcept;

  std::string_view name_;
  xenbus& bus_;
  driver& driver_;
  xenbus_state publishes_;
  std::string ours_;    // our path in xenstore
  std::string theirs_;  // that of the other end; empty: not known
  domain_id backend_ = domain_zero;
  xenbus_state state_ = xenbus_state::initialising;
  bool started_ = false;
  bool opened_ = false;  // from `negotiate` to `lost`
  bool connected_ = false;
  bool interrupted_ = false;  // from `interrupted` until it is connected again, or `lost`
  bool unreleased_ = false;   // from `negotiate` to `release`
  bool failed_ = false;       // closed for good
  result<void, device_error> outcome_;
  event changed_;  // something in xenstore, or a fault
  event settled_;  // connected, or it failed as `outcome_` says
  std::unique_ptr<xenstore_watch> watch_theirs_;
  scope supervisor_;

  metric_label label_{"device", name_};
  counter connections_{label_, "xen_connections_total", "Times that the device was connected"};
  counter jumped_{"xen_faults_total",
                  {label_, {"reason", describe(ring_fault::index_jumped)}},
                  "What the other end did against the rules"};
  counter out_of_range_{"xen_faults_total", {label_, {"reason", describe(ring_fault::id_out_of_range)}}};
  counter not_in_flight_{"xen_faults_total", {label_, {"reason", describe(ring_fault::not_in_flight)}}};
  counter bad_length_{"xen_faults_total", {label_, {"reason", describe(ring_fault::bad_length)}}};
  counter bad_order_{"xen_faults_total", {label_, {"reason", describe(ring_fault::bad_order)}}};
  counter grant_kept_{"xen_faults_total", {label_, {"reason", describe(ring_fault::grant_kept)}}};
};

}  // namespace mirage::xen
