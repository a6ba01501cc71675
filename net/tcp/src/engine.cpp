// SPDX-License-Identifier: ISC
// From the cores to the wire and to the applications, and how connections begin and end.
#include "mirage/tcp/engine.hpp"

#include <algorithm>
#include <utility>

#include "mirage/checksum.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/sleep.hpp"

namespace mirage::tcp_protocol {

namespace {

// Below this a copy costs less than another piece for the device.
constexpr std::uint32_t least_by_reference = 1024;
constexpr duration patience_when_stopped = 5s;
constexpr std::uint16_t first_ephemeral = 32768;
constexpr std::uint64_t purpose_identity = std::uint64_t{1} << 56;
constexpr std::uint64_t purpose_port = std::uint64_t{2} << 56;

static_assert(sizeof(live_connection) <= 960, "an idle connection costs less than 1 KiB");

/// What the driver's memory is filled with, and what for.
struct filling {
  connection& core;
  const transmission& what;
  std::uint16_t pseudo_header;
  std::uint16_t slices_sum;
  bool with_payload;
  bool by_device;
};

std::size_t fill_segment(void* context, bytes to) noexcept {
  const filling& work = *static_cast<const filling*>(context);
  const std::size_t size = work.core.emit(work.what, to, work.with_payload);
  std::byte* const field = to.data() + checksum_offset;
  if (work.by_device) {
    store_be16(field, work.pseudo_header);
    return size;
  }
  const std::uint16_t data = checksum::add(checksum::sum_of(to.first(size)), work.slices_sum);
  store_be16(field, checksum::finish(checksum::add(work.pseudo_header, data)));
  return size;
}

}  // namespace

engine::engine(below& ip, std::string_view name, const tcp_options& options) noexcept
    : ip_(ip),
      name_(name),
      options_(options),
      count_(name),
      shared_(options_, count_),
      cookies_(hash_),
      pool_(options.connections),
      time_wait_pool_(options.time_wait),
      table_(os::random64()),
      time_wait_table_(os::random64()),
      time_wait_timer_([](void* self) noexcept { static_cast<engine*>(self)->time_wait_alarm(); }, this) {}

engine::~engine() {
  require(listeners_ == 0, "a TCP listener outlives the TCP that it came from");
  table_.for_each([this](live_connection& each) {
    require(!each.owned, "a TCP connection outlives the TCP that it came from");
    pool_.give_back(&each);
  });
  while (!time_wait_.empty()) end_time_wait(static_cast<ended_connection&>(time_wait_.front()));
}

// ---- To the wire ----------------------------------------------------------------------------------------

void engine::ring_if_needed() noexcept {
  if (!touched_.empty()) os::here->tasks.ring_later(*this);
}

void engine::touch(live_connection& connection) noexcept {
  connection.unlink();
  touched_.push_back(connection);
  os::here->tasks.ring_later(*this);
}

void engine::writable() noexcept {
  touched_.append(blocked_);
  ring_if_needed();
}

void engine::ring() noexcept {
  list turn;
  turn.append(touched_);
  while (!turn.empty()) pump(static_cast<live_connection&>(turn.pop_front()));
}

void engine::alarm_rang(void* of) noexcept {
  auto& connection = *static_cast<live_connection*>(of);
  connection.owner.touch(connection);
}

void engine::pump(live_connection& connection) noexcept {
  const instant now = os::now();
  transmission wanted;
  while (connection.core.poll(now, wanted)) {
    const outcome how = send(connection, wanted, now);
    if (how == outcome::sent) continue;
    if (how == outcome::blocked) blocked_.push_back(connection);
    break;
  }
  tell(connection);
  if (connection.has_ended) return ended(connection);
  // An alarm that rings too early costs less than moving it with each segment.
  const instant next = connection.core.next_timeout();
  if (next < connection.timer.due()) connection.timer.set(next);
}

engine::outcome engine::send(live_connection& connection, const transmission& what, instant now) noexcept {
  const std::size_t header = what.header_bytes();
  const bool by_reference =
      what.segment_size != 0 ||
      (what.length >= least_by_reference && connection.slices > 0 &&
       send_queue::bytes_in(what.payload, what.length, connection.slices) == what.length);
  buffer_list slices;
  if (by_reference) send_queue::gather(what.payload, what.length, slices);
  const auto total = static_cast<std::uint32_t>(header + what.length);
  const bool v4 = connection.peer.address.is_v4();
  filling work{connection.core, what, 0, 0, !by_reference, connection.device_checksum};
  work.pseudo_header =
      v4 ? checksum::pseudo_header(connection.local.address.v4(), connection.peer.address.v4(), 6, total)
         : checksum::pseudo_header(connection.local.address.v6(), connection.peer.address.v6(), 6, total);
  if (by_reference && !work.by_device) work.slices_sum = checksum::sum_of({}, slices);

  outgoing out;
  out.source = connection.local.address;
  out.destination = connection.peer.address;
  out.traffic_class = what.congestion_bits;
  out.dont_fragment = options_.path_mtu_discovery;
  out.how.header = header + (by_reference ? 0 : what.length);
  out.how.checksum_offset = work.by_device ? checksum_offset : 0;
  out.how.segment = what.segment_size;
  if (what.segment_size != 0) out.how.kind = v4 ? v1::transmit::cut::tcp4 : v1::transmit::cut::tcp6;
  out.context = &work;
  out.write = fill_segment;
  const auto done = ip_.write(out, std::move(slices));
  if (done) {
    connection.core.sent(what, now);
    return outcome::sent;
  }
  if (done.error() == v1::net_error::full || done.error() == v1::net_error::down) return outcome::blocked;
  if (done.error() == v1::net_error::too_long) {
    const auto route = ip_.route(connection.peer.address, connection.local.address);
    const std::uint16_t before = connection.core.send_mss();
    if (route) connection.core.path_is_shorter(route->mtu, now);
    if (connection.core.send_mss() < before) return outcome::sent;
  } else {
    connection.core.unreachable(v1::flow_error::unreachable);
    if (connection.core.current() == state::closed) return outcome::ended;
  }
  lose(connection, what, now);
  return outcome::sent;
}

/// As if the network had lost it: the core tries again in time.
void engine::lose(live_connection& connection, const transmission& what, instant now) noexcept {
  std::array<std::byte, longest_header> nowhere;
  connection.core.emit(what, nowhere, false);
  connection.core.sent(what, now);
}

// ---- To the application ---------------------------------------------------------------------------------

void engine::tell(live_connection& connection) noexcept {
  const std::uint8_t events = connection.core.take_events();
  if (events == 0) return;
  loop& tasks = os::here->tasks;
  if ((events & happened::connected) != 0) connected(connection);
  if ((events & happened::readable) != 0 && connection.reader != nullptr) tasks.wake(*connection.reader);
  if ((events & happened::writable) != 0 && connection.writer != nullptr && !connection.writer->outcome &&
      connection.try_write(*connection.writer))
    tasks.wake(*connection.writer);
  if ((events & happened::ended) == 0) return;
  connection.has_ended = true;
  if (connection.connector != nullptr) tasks.wake(*connection.connector);
}

void engine::connected(live_connection& connection) noexcept {
  if (std::exchange(connection.half_open, false)) --half_open_;
  if (!connection.core.is_passive()) {
    if (connection.connector != nullptr) os::here->tasks.wake(*connection.connector);
    return;
  }
  listening_port* const port = listener_for(connection.local);
  if (port == nullptr || port->is_full()) {
    if (port != nullptr) ++count_.backlog_full;
    connection.closed = true;
    connection.core.abort(os::now());
    return;
  }
  connection.owned = true;
  port->take(connection);
}

void engine::ended(live_connection& connection) noexcept {
  if (connection.core.current() == state::time_wait) enter_time_wait(connection);
  if (std::exchange(connection.half_open, false)) --half_open_;
  if (std::exchange(connection.in_table, false)) table_.remove(connection);
  connection.timer.clear();
  connection.unlink();
  if (!connection.owned) pool_.give_back(&connection);
}

void engine::release(live_connection& connection) noexcept {
  connection.owned = false;
  if (!connection.in_table) return pool_.give_back(&connection);
  touch(connection);
}

// ---- TIME-WAIT ------------------------------------------------------------------------------------------

void engine::enter_time_wait(live_connection& connection) noexcept {
  if (time_wait_pool_.limit() == 0) return;
  if (time_wait_pool_.live() == time_wait_pool_.limit()) {
    ++count_.time_wait_early;
    end_time_wait(static_cast<ended_connection&>(time_wait_.front()));
  }
  ended_connection* const entry = time_wait_pool_.make();
  if (entry == nullptr) return;
  const tcp_protocol::connection& core = connection.core;
  entry->local = connection.local;
  entry->peer = connection.peer;
  entry->until = os::now() + options_.time_wait_time;
  entry->snd_nxt = core.snd_nxt();
  entry->rcv_nxt = core.rcv_nxt();
  entry->timestamps = core.agreed().timestamps;
  entry->recent = core.recent_timestamp();
  entry->timestamp_offset = core.timestamp(instant{});
  entry->window = 8192;
  time_wait_.push_back(*entry);
  time_wait_table_.insert(*entry);
  if (time_wait_timer_.due() == never) time_wait_timer_.set(entry->until);
}

void engine::end_time_wait(ended_connection& entry) noexcept {
  time_wait_table_.remove(entry);
  time_wait_pool_.give_back(&entry);
}

void engine::time_wait_alarm() noexcept {
  const instant now = os::now();
  while (!time_wait_.empty()) {
    auto& first = static_cast<ended_connection&>(time_wait_.front());
    if (first.until > now) return time_wait_timer_.set(first.until);
    end_time_wait(first);
  }
}

// ---- Connecting and listening ---------------------------------------------------------------------------

/// RFC 6528: a clock of four microseconds and a keyed hash of the two ends; the other half of the hash begins
/// the timestamps (RFC 7323 §5.4).
connection::identity engine::identity_of(const endpoint& local, const endpoint& peer) const noexcept {
  const std::uint64_t hash = hash_.of(local, peer, purpose_identity);
  const auto clock = static_cast<std::uint32_t>(os::now().time_since_epoch() / 4us);
  return {local.port, peer.port, sequence(static_cast<std::uint32_t>(hash) + clock),
          static_cast<std::uint32_t>(hash >> 32)};
}

live_connection* engine::make(const endpoint& local, const endpoint& peer, const way& route) noexcept {
  path path;
  path.mtu = route.mtu;
  path.ip_header = peer.address.is_v4() ? 20 : 40;
  path.slices = route.device.slices;
  if (route.device.transmit_checksum) path.segment_bytes = route.device.segment_bytes;
  live_connection* const made = pool_.make(*this, local, peer, identity_of(local, peer), path);
  if (made == nullptr) {
    ++count_.connection_limit;
    return nullptr;
  }
  made->slices =
      static_cast<std::uint16_t>(std::min<std::size_t>(route.device.slices, buffer_list::capacity()));
  made->device_checksum = route.device.transmit_checksum;
  made->in_table = true;
  table_.insert(*made);
  return made;
}

/// RFC 6056 §3.3.3: begins at a place that the peer cannot foretell and goes on by one.
std::uint16_t engine::port_towards(const endpoint& peer, const ip_address& source) noexcept {
  constexpr std::uint32_t count = 65536 - first_ephemeral;
  const std::uint64_t begin = hash_.of({source, 0}, peer, purpose_port);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto port = static_cast<std::uint16_t>(first_ephemeral + (begin + last_port_++) % count);
    const endpoint local{source, port};
    if (table_.find(local, peer) == nullptr && time_wait_table_.find(local, peer) == nullptr &&
        !is_listened_on(local))
      return port;
  }
  return 0;
}

live_connection* engine::connect(const endpoint& peer, v1::flow_error& why) noexcept {
  const auto route = ip_.route(peer.address, {});
  why = v1::flow_error::unreachable;
  if (!route || peer.address.is_unspecified() || peer.address.is_multicast() || peer.port == 0 || stopped_)
    return nullptr;
  why = v1::flow_error::no_memory;
  const endpoint local{route->source, port_towards(peer, route->source)};
  if (local.port == 0) return nullptr;
  live_connection* const made = make(local, peer, *route);
  if (made == nullptr) return nullptr;
  made->owned = true;
  made->core.connect(os::now());
  touch(*made);
  return made;
}

listening_port* engine::listener_for(const endpoint& local) noexcept {
  listening_port* any = nullptr;
  listening_port* exact = nullptr;
  ports_at(local.port).for_each([&](list_link& link) {
    auto& each = static_cast<listening_port&>(link);
    if (each.local().port != local.port || each.is_closed()) return;
    if (each.local().address.is_unspecified()) any = &each;
    if (each.local().address == local.address) exact = &each;
  });
  return exact != nullptr ? exact : any;
}

bool engine::is_listened_on(const endpoint& local) noexcept {
  bool taken = false;
  ports_at(local.port).for_each([&](list_link& link) {
    const endpoint& at = static_cast<listening_port&>(link).local();
    taken = taken ||
            (at.port == local.port &&
             (at.address.is_unspecified() || local.address.is_unspecified() || at.address == local.address));
  });
  return taken;
}

std::uint16_t engine::port_to_listen_on(const ip_address& local) noexcept {
  for (int i = 0; i < 1000; ++i) {
    const auto port =
        static_cast<std::uint16_t>(first_ephemeral + os::random64() % (65536 - first_ephemeral));
    if (!is_listened_on({local, port})) return port;
  }
  return 0;
}

result<std::unique_ptr<listening_port>, v1::listen_error> engine::listen(const endpoint& local) noexcept {
  if (stopped_) return fail(v1::listen_error::closed);
  if (!local.address.is_unspecified() && !ip_.is_ours(local.address))
    return fail(v1::listen_error::no_address);
  if (listeners_ >= options_.listeners) return fail(v1::listen_error::no_memory);
  endpoint at = local;
  if (at.port == 0) at.port = port_to_listen_on(at.address);
  if (at.port == 0 || is_listened_on(at)) return fail(v1::listen_error::in_use);
  std::unique_ptr<listening_port> made(new (std::nothrow) listening_port(*this, at));
  if (made == nullptr) return fail(v1::listen_error::no_memory);
  ports_at(at.port).push_back(*made);
  ++listeners_;
  return made;
}

void engine::remove(listening_port& port) noexcept {
  port.unlink();
  --listeners_;
  // Handshakes that nobody would accept.
  table_.for_each([&](live_connection& each) {
    if (each.half_open && listener_for(each.local) == nullptr) {
      each.core.abort(os::now());
      touch(each);
    }
  });
}

task<> engine::stop() {
  stopped_ = true;
  for (list& each : ports_)
    each.for_each([](list_link& link) { static_cast<listening_port&>(link).close(); });
  for (duration waited{}; waited < patience_when_stopped; waited += 10ms) {
    bool busy = false;
    table_.for_each([&](const live_connection& each) { busy = busy || !each.owned; });
    if (!busy) break;
    co_await sleep_for(10ms);
  }
}

}  // namespace mirage::tcp_protocol
