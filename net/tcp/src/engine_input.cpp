// SPDX-License-Identifier: ISC
// From the wire to the cores: RFC 9293 §3.10.7.1 and §3.10.7.2, RFC 4987, RFC 6191, RFC 5927.
#include <array>
#include <utility>

#include "mirage/checksum.hpp"
#include "mirage/core/os.hpp"
#include "mirage/tcp/engine.hpp"

namespace mirage::tcp_protocol {

namespace {

constexpr std::uint32_t resets_a_second = 1000;
constexpr std::uint8_t congestion_experienced = 3;  // RFC 3168 §5

std::uint16_t pseudo_header_of(const ip_address& source, const ip_address& destination,
                               std::size_t size) noexcept {
  const auto length = static_cast<std::uint32_t>(size);
  if (source.is_v4()) return checksum::pseudo_header(source.v4(), destination.v4(), 6, length);
  return checksum::pseudo_header(source.v6(), destination.v6(), 6, length);
}

bool can_be_a_peer(const ip_address& address) noexcept {
  return !address.is_unspecified() && !address.is_multicast() &&
         !(address.is_v4() && address.v4().is_broadcast());
}

std::uint32_t length_of(const segment& in, std::size_t payload) noexcept {
  return static_cast<std::uint32_t>(payload) + (in.has(flag::syn) ? 1u : 0u) + (in.has(flag::fin) ? 1u : 0u);
}

struct bare_segment {
  header_fields fields;
  const segment_options& options;
  std::uint16_t pseudo_header;
};

std::size_t fill_bare(void* context, bytes to) noexcept {
  const bare_segment& what = *static_cast<const bare_segment*>(context);
  const std::size_t size = header_size + size_of_options(what.options);
  store_header(to, what.fields, size);
  store_options(to.subspan(header_size), what.options);
  const std::uint16_t sum = checksum::add(what.pseudo_header, checksum::sum_of(to.first(size)));
  store_be16(to.data() + checksum_offset, checksum::finish(sum));
  return size;
}

}  // namespace

void engine::input(const arrival& from, buffer&& packet, const v1::received& how) noexcept {
  if (!can_be_a_peer(from.source) || !can_be_a_peer(from.destination)) {
    ++count_.bad_address;
    return;
  }
  const auto header = header_view::of(packet.view());
  segment in;
  if (!header || !segment::parse(*header, in)) {
    ++count_.malformed;
    return;
  }
  if (!how.checksum_verified) {
    const std::uint16_t pseudo = pseudo_header_of(from.source, from.destination, packet.size());
    if (checksum::add(pseudo, checksum::sum_of(packet.view())) != checksum::verified) {
      ++count_.bad_checksum;
      return;
    }
  }
  ++count_.received;
  in.coalesced = how.segment;
  in.congestion_experienced = (from.traffic_class & 3) == congestion_experienced;
  const endpoint local{from.destination, header->destination()};
  const endpoint peer{from.source, header->source()};
  packet.drop_front(header->size());
  if (live_connection* const found = table_.find(local, peer))
    to_connection(*found, in, std::move(packet));
  else
    to_nobody(local, peer, in, std::move(packet));
}

void engine::to_connection(live_connection& connection, const segment& in, buffer&& payload) noexcept {
  const std::uint32_t length = length_of(in, payload.size());
  if (!connection.core.input(in, std::move(payload), os::now()))
    reset(connection.local, connection.peer, in, length);
  tell(connection);
  touch(connection);
}

void engine::to_nobody(const endpoint& local, const endpoint& peer, const segment& in,
                       buffer&& payload) noexcept {
  const std::uint32_t length = length_of(in, payload.size());
  if (to_time_wait(local, peer, in, length)) return;
  if (in.has(flag::rst)) {
    ++count_.no_connection;
    return;
  }
  listening_port* const port = listener_for(local);
  if (port == nullptr) {
    ++(in.has(flag::syn) ? count_.nobody_listens : count_.no_connection);
    return reset(local, peer, in, length);
  }
  // §3.10.7.2, LISTEN.
  if (in.has(flag::ack)) {
    if (!in.has(flag::syn) && take_cookie(*port, local, peer, in, std::move(payload))) return;
    ++count_.no_connection;
    return reset(local, peer, in, length);
  }
  if (in.has(flag::syn)) return answer_syn(*port, local, peer, in);
  ++count_.no_connection;
}

/// True when that was all. A SYN that can only be of a new connection ends the old one.
bool engine::to_time_wait(const endpoint& local, const endpoint& peer, const segment& in,
                          std::uint32_t length) noexcept {
  ended_connection* const found = time_wait_table_.find(local, peer);
  if (found == nullptr) return false;
  if (in.has(flag::rst)) return true;  // RFC 1337
  if (in.has(flag::syn) && !in.has(flag::ack)) {
    const bool newer = found->timestamps && in.options.times &&
                       static_cast<std::int32_t>(in.options.times->value - found->recent) > 0;
    if (newer || in.seq > found->rcv_nxt) {
      ++count_.time_wait_reused;
      end_time_wait(*found);
      return false;
    }
  }
  if (length == 0 && in.seq == found->rcv_nxt) return true;
  if (in.has(flag::fin)) {
    // The end of all of them stays in order.
    found->until = os::now() + options_.time_wait_time;
    found->unlink();
    time_wait_.push_back(*found);
  }
  segment_options options;
  if (found->timestamps) {
    const auto clock = static_cast<std::uint32_t>(os::now().time_since_epoch() / 1ms);
    options.times = timestamps{clock + found->timestamp_offset, found->recent};
  }
  send_bare(local, peer, {local.port, peer.port, found->snd_nxt, found->rcv_nxt, flag::ack, found->window},
            options);
  return true;
}

void engine::answer_syn(listening_port& port, const endpoint& local, const endpoint& peer,
                        const segment& in) noexcept {
  if (port.is_full()) {
    ++count_.backlog_full;
    return reset(local, peer, in, 1);
  }
  if (half_open_ >= options_.half_open) return answer_with_cookie(local, peer, in);
  const auto route = ip_.route(peer.address, local.address);
  if (!route) {
    ++count_.bad_address;
    return;
  }
  live_connection* const made = make(local, peer, *route);
  if (made == nullptr) return reset(local, peer, in, 1);
  made->half_open = true;
  ++half_open_;
  made->core.accept(in, os::now());
  touch(*made);
}

void engine::answer_with_cookie(const endpoint& local, const endpoint& peer, const segment& in) noexcept {
  const auto route = ip_.route(peer.address, local.address);
  if (!route) return;
  const instant now = os::now();
  const connection::identity who = identity_of(local, peer);
  path path;
  path.mtu = route->mtu;
  path.ip_header = peer.address.is_v4() ? 20 : 40;
  segment_options options;
  options.mss = path.mss();
  header_fields fields{
      local.port, peer.port, cookies_.make(local, peer, in, now), in.seq + 1u, flag::syn | flag::ack, 65535};
  // Without timestamps there is no place to remember what else the peer could do.
  if (options_.timestamps && in.options.times) {
    agreement agreed;
    agreed.scaling = options_.window_scaling && in.options.window_scale.has_value();
    agreed.send_scale = in.options.window_scale.value_or(0);
    agreed.sack = options_.sack && in.options.sack_permitted;
    agreed.ecn = options_.ecn && in.has(flag::ece) && in.has(flag::cwr);
    const tcp_protocol::connection scratch(shared_, who, path);
    options.times = timestamps{syn_cookies::stamp(scratch.timestamp(now), agreed), in.options.times->value};
    options.sack_permitted = agreed.sack;
    if (agreed.scaling) options.window_scale = scratch.agreed().receive_scale;
    if (agreed.ecn) fields.flags |= flag::ece;
  }
  ++count_.cookies_sent;
  send_bare(local, peer, fields, options);
}

bool engine::take_cookie(listening_port& port, const endpoint& local, const endpoint& peer, const segment& in,
                         buffer&& payload) noexcept {
  const instant now = os::now();
  if (!cookies_.in_use(now)) return false;
  const auto agreed = cookies_.check(local, peer, in, now);
  if (!agreed) {
    ++count_.bad_cookie;
    return false;
  }
  const auto route = ip_.route(peer.address, local.address);
  if (!route || port.is_full()) {
    ++count_.backlog_full;
    return false;
  }
  live_connection* const made = make(local, peer, *route);
  if (made == nullptr) return false;
  ++count_.cookies_accepted;
  made->core.resume(*agreed, in, now);
  tell(*made);
  to_connection(*made, in, std::move(payload));
  return true;
}

// ---- Answers without a connection -----------------------------------------------------------------------

/// §3.10.7.1.
void engine::reset(const endpoint& local, const endpoint& peer, const segment& in,
                   std::uint32_t length) noexcept {
  if (in.has(flag::rst)) return;
  const instant now = os::now();
  if (now - resets_since_ >= 1s) {
    resets_since_ = now;
    resets_ = 0;
  }
  if (resets_++ >= resets_a_second) return;
  header_fields fields{local.port, peer.port, {}, {}, flag::rst, 0};
  if (in.has(flag::ack)) {
    fields.seq = in.ack;
  } else {
    fields.ack = in.seq + length;
    fields.flags |= flag::ack;
  }
  ++count_.resets_sent;
  send_bare(local, peer, fields, {});
}

/// What finds no room is lost, as the network might lose it.
void engine::send_bare(const endpoint& local, const endpoint& peer, const header_fields& fields,
                       const segment_options& options) noexcept {
  bare_segment what{fields, options, 0};
  outgoing out;
  out.how.header = header_size + size_of_options(options);
  what.pseudo_header = pseudo_header_of(local.address, peer.address, out.how.header);
  out.source = local.address;
  out.destination = peer.address;
  out.context = &what;
  out.write = fill_bare;
  if (ip_.write(out, {})) ++count_.sent;
}

// ---- ICMP -----------------------------------------------------------------------------------------------

/// RFC 5927: only what quotes a number that is on the way is believed; only in the handshake does it end a
/// connection.
void engine::reported(v1::icmp_report<ipv4_address>::kind what, const ip_address& ours,
                      const ip_address& theirs, cbytes quoted, std::uint32_t mtu) noexcept {
  using kind = v1::icmp_report<ipv4_address>::kind;
  live_connection* found = nullptr;
  if (quoted.size() >= 8)
    found = table_.find({ours, load_be16(quoted.data())}, {theirs, load_be16(quoted.data() + 2)});
  if (found == nullptr || !found->core.is_outstanding(sequence(load_be32(quoted.data() + 4)))) {
    ++count_.bad_report;
    return;
  }
  if (what == kind::too_long) {
    const std::uint32_t least = theirs.is_v4() ? 552 : 1280;
    found->core.path_is_shorter(mtu < least ? least : mtu, os::now());
  } else if (what == kind::port_unreachable) {
    found->core.unreachable(v1::flow_error::refused);
  } else {
    found->core.unreachable(v1::flow_error::unreachable);
  }
  tell(*found);
  touch(*found);
}

}  // namespace mirage::tcp_protocol
