// SPDX-License-Identifier: ISC
// The table: caps, SYN cookies, TIME-WAIT, resets and ICMP, with a peer that makes its segments by hand.
#include "mirage/tcp/engine.hpp"

#include <fstream>
#include <vector>

#include "mirage/checksum.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/tcp.hpp"
#include "mirage/test/suites/suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::tcp_protocol {
namespace {

constexpr ip_address ours = "10.0.0.1";

/// Bytes of this process that are in memory.
std::size_t resident() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  statm >> pages >> pages;
  return pages * 4096;
}

/// An IP without a network: what is sent is kept.
class fake_ip final : public below {
 public:
  struct sent {
    ip_address to;
    header_fields fields;
    segment head;
    std::size_t payload = 0;
  };
  result<way, v1::net_error> route(const ip_address&, const ip_address&) noexcept override {
    if (unroutable) return fail(v1::net_error::no_route);
    return way{ours, mtu, {}};
  }
  result<void, v1::net_error> write(const outgoing& what, buffer_list slices) noexcept override {
    if (refuses) return fail(*refuses);
    EXPECT_TRUE(slices.empty());
    if (what.how.header + 20 > mtu) return fail(v1::net_error::too_long);
    std::vector<std::byte> memory(what.how.header);
    EXPECT_EQ(what.write(what.context, memory), memory.size());
    const std::uint16_t pseudo = checksum::pseudo_header(what.source.v4(), what.destination.v4(), 6,
                                                         static_cast<std::uint32_t>(memory.size()));
    EXPECT_EQ(checksum::add(pseudo, checksum::sum_of(memory)), checksum::verified);
    const auto header = header_view::of(memory);
    sent one{what.destination, {header->source(), header->destination()}, {}, header->payload().size()};
    EXPECT_TRUE(segment::parse(*header, one.head));
    out.push_back(one);
    return {};
  }
  [[nodiscard]] bool is_ours(const ip_address& address) const noexcept override { return address == ours; }

  std::vector<sent> out;
  std::optional<v1::net_error> refuses;
  bool unroutable = false;
  std::uint32_t mtu = 1500;
};

struct table : testing::Test {
  void make(tcp_options options = {}) { tcp.emplace(ip, "tcp", options); }

  static ip_address peer(unsigned number) { return ipv4_address(0x0a010000 + number); }

  void arrive(const ip_address& from, std::uint16_t port, std::uint16_t to, segment head,
              std::string_view payload = {}, bool spoilt = false) {
    const std::size_t size = header_size + size_of_options(head.options);
    buffer packet = buffer::allocate(size + payload.size());
    store_header(packet.writable(), {port, to, head.seq, head.ack, head.flags, head.window}, size);
    store_options(packet.writable().subspan(header_size), head.options);
    std::copy_n(as_bytes(payload).data(), payload.size(), packet.writable().data() + size);
    const std::uint16_t pseudo =
        checksum::pseudo_header(from.v4(), ours.v4(), 6, static_cast<std::uint32_t>(packet.size()));
    const std::uint16_t sum = checksum::add(pseudo, checksum::sum_of(packet.view()));
    store_be16(packet.writable().data() + checksum_offset,
               static_cast<std::uint16_t>(checksum::finish(sum) + (spoilt ? 1 : 0)));
    tcp->input({from, ours, 0, 0}, std::move(packet), {});
    tcp->batch_end();
    node.settle();
  }
  static segment syn(std::uint32_t seq = 1) {
    segment made;
    made.seq = sequence(seq);
    made.flags = flag::syn;
    made.window = 60000;
    made.options.mss = 1460;
    return made;
  }
  static segment answer(const segment& to, std::uint8_t flags = flag::ack) {
    segment made;
    made.seq = to.ack;
    made.ack = to.seq + 1;
    made.flags = flags;
    made.window = 60000;
    if (to.options.times)
      made.options.times = timestamps{to.options.times->echo + 1, to.options.times->value};
    return made;
  }
  fake_ip::sent last() {
    EXPECT_FALSE(ip.out.empty());
    return ip.out.empty() ? fake_ip::sent{} : ip.out.back();
  }
  std::unique_ptr<listening_port> listen(std::uint16_t port) {
    auto made = tcp->listen({ours, port});
    EXPECT_TRUE(made.has_value());
    return *std::move(made);
  }
  /// A handshake from outside; the connection waits in the backlog.
  void open(unsigned number, std::uint16_t to) {
    arrive(peer(number), 4000, to, syn());
    arrive(peer(number), 4000, to, answer(last().head));
  }
  tcp_flow accept(listening_port& port) {
    listening_port::pending who;
    EXPECT_TRUE(port.try_accept(who));
    return tcp_flow(port.collect(who));
  }

  test::virtual_node node;
  fake_ip ip;
  std::optional<engine> tcp;
};

TEST_F(table, a_segment_to_a_port_without_listener_is_reset) {
  make();
  arrive(peer(1), 4000, 80, syn(7));
  EXPECT_EQ(last().head.flags, flag::rst | flag::ack);
  EXPECT_EQ(last().head.ack, sequence(8));
  EXPECT_EQ(last().head.seq, sequence(0));
  segment stray;
  stray.seq = sequence(5);
  stray.ack = sequence(99);
  stray.flags = flag::ack;
  arrive(peer(1), 4000, 80, stray);
  EXPECT_EQ(last().head.flags, flag::rst);
  EXPECT_EQ(last().head.seq, sequence(99));
}

TEST_F(table, a_reset_is_never_answered) {
  make();
  segment reset;
  reset.flags = flag::rst;
  arrive(peer(1), 4000, 80, reset);
  EXPECT_TRUE(ip.out.empty());
}

TEST_F(table, resets_go_out_at_a_limited_rate) {
  make();
  for (unsigned i = 0; i < 1500; ++i) arrive(peer(i), 4000, 80, syn());
  EXPECT_EQ(ip.out.size(), 1000u);
}

TEST_F(table, what_is_spoilt_is_dropped) {
  make();
  const auto port = listen(80);
  arrive(peer(1), 4000, 80, syn(), {}, true);
  EXPECT_TRUE(ip.out.empty());
  EXPECT_EQ(tcp->count().bad_checksum.value(), 1u);
}

TEST_F(table, an_impossible_option_length_is_dropped) {
  make();
  const auto port = listen(80);
  buffer packet = buffer::allocate(24);
  std::memset(packet.writable().data(), 0, 24);
  store_header(packet.writable(), {4000, 80, sequence(1), {}, flag::syn, 100}, 24);
  packet.writable()[20] = std::byte{2};
  packet.writable()[21] = std::byte{0};
  tcp->input({peer(1), ours, 0, 0}, std::move(packet), {.checksum_verified = true});
  EXPECT_EQ(tcp->count().malformed.value(), 1u) << "RFC 9293 MUST-7";
}

TEST_F(table, groups_and_broadcasts_are_no_peers) {
  make();
  const auto port = listen(80);
  for (const ip_address from :
       {ip_address("224.0.0.1"), ip_address("255.255.255.255"), ip_address("0.0.0.0")})
    arrive(from, 4000, 80, syn());
  EXPECT_TRUE(ip.out.empty());
  EXPECT_EQ(tcp->count().bad_address.value(), 3u);
}

TEST_F(table, a_handshake_gives_a_connection) {
  make();
  const auto port = listen(80);
  open(1, 80);
  tcp_flow flow = accept(*port);
  EXPECT_EQ(flow.peer(), endpoint(peer(1), 4000));
  EXPECT_EQ(flow.local(), endpoint(ours, 80));
}

TEST_F(table, beyond_the_backlog_connections_are_refused_and_counted) {
  make({.backlog = 2});
  const auto port = listen(80);
  for (unsigned i = 1; i <= 5; ++i) open(i, 80);
  EXPECT_EQ(tcp->count().backlog_full.value(), 3u);
  EXPECT_EQ(tcp->connections(), 2u);
  EXPECT_TRUE(last().head.has(flag::rst));
}

TEST_F(table, beyond_the_limit_connections_are_refused_and_counted) {
  make({.connections = 2});
  const auto port = listen(80);
  for (unsigned i = 1; i <= 3; ++i) open(i, 80);
  EXPECT_EQ(tcp->connections(), 2u);
  EXPECT_EQ(tcp->count().connection_limit.value(), 1u);
  v1::flow_error why{};
  EXPECT_EQ(tcp->connect({peer(9), 80}, why), nullptr);
  EXPECT_EQ(why, v1::flow_error::no_memory);
}

TEST_F(table, under_pressure_syns_are_answered_without_memory) {
  make({.half_open = 4});
  const auto port = listen(80);
  for (unsigned i = 1; i <= 4; ++i) arrive(peer(i), 4000, 80, syn());
  for (unsigned i = 5; i <= 1000; ++i) arrive(peer(i), 4000, 80, syn());
  EXPECT_EQ(tcp->connections(), 4u);
  EXPECT_EQ(tcp->count().cookies_sent.value(), 996u);
  // The honest one among them gets its connection.
  const segment offered = last().head;
  EXPECT_EQ(offered.flags & ~flag::ece, flag::syn | flag::ack);
  arrive(peer(1000), 4000, 80, answer(offered), "GET /");
  EXPECT_EQ(tcp->count().cookies_accepted.value(), 1u);
  tcp_flow flow = accept(*port);
  EXPECT_EQ(flow.peer(), endpoint(peer(1000), 4000));
  node.advance(100ms);
  EXPECT_EQ(last().head.seq, offered.seq + 1) << "its numbers go on from the cookie";
}

TEST_F(table, a_cookie_remembers_the_options_in_the_timestamp) {
  make({.half_open = 0});
  const auto port = listen(80);
  segment first = syn();
  first.options.times = timestamps{1000, 0};
  first.options.sack_permitted = true;
  first.options.window_scale = std::uint8_t{9};
  first.options.mss = 1440;
  arrive(peer(1), 4000, 80, first);
  arrive(peer(1), 4000, 80, answer(last().head), "data");
  listening_port::pending who;
  ASSERT_TRUE(port->try_accept(who));
  const agreement& agreed = who.connection->core.agreed();
  EXPECT_TRUE(agreed.sack && agreed.timestamps && agreed.scaling);
  EXPECT_EQ(agreed.send_scale, 9);
  EXPECT_EQ(agreed.peer_mss, 1440);
  EXPECT_EQ(tcp_flow(port->collect(who)).peer().port, 4000);
}

TEST_F(table, a_forged_or_old_cookie_is_refused) {
  make({.half_open = 0});
  const auto port = listen(80);
  arrive(peer(1), 4000, 80, syn());
  const segment offered = last().head;
  segment forged = answer(offered);
  forged.ack += 1;
  arrive(peer(1), 4000, 80, forged);
  EXPECT_TRUE(last().head.has(flag::rst));
  arrive(peer(2), 4000, 80, answer(offered));
  EXPECT_TRUE(last().head.has(flag::rst));
  node.advance(200s);
  arrive(peer(1), 4000, 80, answer(offered));
  EXPECT_TRUE(last().head.has(flag::rst));
  EXPECT_EQ(tcp->count().cookies_accepted.value(), 0u);
}

TEST_F(table, without_pressure_there_are_no_cookies) {
  make();
  const auto port = listen(80);
  segment stray;
  stray.flags = flag::ack;
  arrive(peer(1), 4000, 80, stray);
  EXPECT_TRUE(last().head.has(flag::rst));
  EXPECT_EQ(tcp->count().bad_cookie.value(), 0u);
}

/// Ends a connection from our side; it is in TIME-WAIT then.
struct ended : table {
  void end_one(bool with_timestamps) {
    make();
    port = listen(80);
    segment first = syn();
    if (with_timestamps) first.options.times = timestamps{1000, 0};
    arrive(peer(1), 4000, 80, first);
    segment next = answer(last().head);
    arrive(peer(1), 4000, 80, next);
    {
      tcp_flow flow = accept(*port);
      flow.close();
      node.settle();
      next.ack += 1;
      next.flags = flag::fin | flag::ack;
      arrive(peer(1), 4000, 80, next);
    }
    node.settle();
    EXPECT_EQ(tcp->connections(), 0u) << "the connection itself is gone";
    last_sent = next;
  }
  std::unique_ptr<listening_port> port;
  segment last_sent;
};

TEST_F(ended, in_time_wait_a_fin_is_acknowledged_again) {
  end_one(false);
  ip.out.clear();
  arrive(peer(1), 4000, 80, last_sent);
  ASSERT_EQ(ip.out.size(), 1u);
  EXPECT_EQ(last().head.flags, flag::ack);
  EXPECT_EQ(last().head.ack, last_sent.seq + 1);
}

TEST_F(ended, in_time_wait_a_reset_is_ignored) {
  end_one(false);
  segment reset = last_sent;
  reset.flags = flag::rst;
  arrive(peer(1), 4000, 80, reset);
  ip.out.clear();
  arrive(peer(1), 4000, 80, last_sent);
  EXPECT_EQ(last().head.flags, flag::ack) << "RFC 1337: it still waits";
}

TEST_F(ended, a_syn_with_a_higher_number_begins_anew) {
  end_one(false);
  arrive(peer(1), 4000, 80, syn(last_sent.seq.value() + 1000));
  EXPECT_EQ(last().head.flags & ~flag::ece, flag::syn | flag::ack);
  EXPECT_EQ(tcp->count().time_wait_reused.value(), 1u);
}

TEST_F(ended, a_syn_with_a_newer_timestamp_begins_anew) {
  end_one(true);
  segment next = syn(last_sent.seq.value() - 1000);
  next.options.times = timestamps{50'000, 0};
  arrive(peer(1), 4000, 80, next);
  EXPECT_EQ(last().head.flags & ~flag::ece, flag::syn | flag::ack) << "RFC 6191";
}

TEST_F(ended, an_old_syn_is_only_acknowledged) {
  end_one(false);
  arrive(peer(1), 4000, 80, syn(last_sent.seq.value() - 1000));
  EXPECT_EQ(last().head.flags, flag::ack);
}

TEST_F(ended, time_wait_ends_after_a_minute) {
  end_one(false);
  node.advance(61s);
  ip.out.clear();
  arrive(peer(1), 4000, 80, last_sent);
  EXPECT_TRUE(last().head.has(flag::rst));
}

TEST_F(table, at_its_cap_the_oldest_in_time_wait_goes) {
  make({.time_wait = 2});
  const auto port = listen(80);
  for (unsigned i = 1; i <= 4; ++i) {
    arrive(peer(i), 4000, 80, syn());
    segment next = answer(last().head);
    arrive(peer(i), 4000, 80, next);
    tcp_flow flow = accept(*port);
    flow.close();
    node.settle();
    next.ack += 1;
    next.flags = flag::fin | flag::ack;
    arrive(peer(i), 4000, 80, next);
  }
  EXPECT_EQ(tcp->count().time_wait_early.value(), 2u);
}

TEST_F(table, sixty_five_thousand_connections_one_after_another) {
  make({.time_wait = 100});
  const auto port = listen(80);
  for (unsigned i = 0; i < 65536; ++i) {
    const ip_address from = peer(i % 50'000);
    arrive(from, static_cast<std::uint16_t>(2000 + i / 50'000), 80, syn());
    segment next = answer(last().head);
    arrive(from, static_cast<std::uint16_t>(2000 + i / 50'000), 80, next);
    tcp_flow flow = accept(*port);
    segment reset = next;
    reset.flags = flag::rst;
    arrive(from, static_cast<std::uint16_t>(2000 + i / 50'000), 80, reset);
    ip.out.clear();
  }
  EXPECT_EQ(tcp->connections(), 0u);
  EXPECT_EQ(tcp->count().accepted.value(), 65536u);
}

TEST_F(table, initial_numbers_differ_from_peer_to_peer_and_rise) {
  make();
  const auto port = listen(80);
  arrive(peer(1), 4000, 80, syn());
  const sequence one = last().head.seq;
  arrive(peer(2), 4000, 80, syn());
  EXPECT_GT((last().head.seq.value() ^ one.value()) >> 16, 0u) << "RFC 6528";
  segment reset = answer(ip.out.front().head);
  reset.flags = flag::rst;
  arrive(peer(1), 4000, 80, reset);
  node.advance(4s);
  arrive(peer(1), 4000, 80, syn());
  EXPECT_EQ(last().head.seq - one, 1'000'000u) << "a clock of four microseconds";
}

TEST_F(table, ephemeral_ports_cannot_be_foretold_and_differ) {
  make();
  v1::flow_error why{};
  live_connection* const one = tcp->connect({peer(1), 80}, why);
  live_connection* const two = tcp->connect({peer(1), 80}, why);
  live_connection* const other = tcp->connect({peer(2), 80}, why);
  ASSERT_TRUE(one != nullptr && two != nullptr && other != nullptr);
  EXPECT_NE(one->local.port, two->local.port);
  EXPECT_GT(std::abs(one->local.port - other->local.port), 2) << "RFC 6056";
  for (live_connection* const each : {one, two, other}) each->abandon();
  node.settle();
}

TEST_F(table, nobody_connects_to_a_group) {
  make();
  for (const ip_address to : {ip_address("224.0.0.1"), ip_address("0.0.0.0")}) {
    v1::flow_error why{};
    EXPECT_EQ(tcp->connect({to, 80}, why), nullptr);
    EXPECT_EQ(why, v1::flow_error::unreachable);
  }
  EXPECT_TRUE(ip.out.empty());
}

TEST_F(table, reports_end_only_what_they_quote) {
  make();
  v1::flow_error why{};
  live_connection* const one = tcp->connect({peer(1), 80}, why);
  node.settle();
  std::array<std::byte, 8> quoted{};
  store_be16(quoted.data(), one->local.port);
  store_be16(quoted.data() + 2, 80);
  store_be32(quoted.data() + 4, last().head.seq.value() + 1);
  using kind = v1::icmp_report<ipv4_address>::kind;
  tcp->reported(kind::port_unreachable, ours, peer(1), quoted, 0);
  EXPECT_EQ(one->core.current(), state::syn_sent) << "it quotes another number";
  EXPECT_EQ(tcp->count().bad_report.value(), 1u);
  store_be32(quoted.data() + 4, last().head.seq.value());
  tcp->reported(kind::port_unreachable, ours, peer(1), quoted, 0);
  EXPECT_EQ(one->core.failure(), v1::flow_error::refused);
  node.settle();
  one->abandon();
}

TEST_F(table, a_full_wire_is_tried_again_when_it_is_writable) {
  make();
  v1::flow_error why{};
  ip.refuses = v1::net_error::full;
  live_connection* const one = tcp->connect({peer(1), 80}, why);
  node.settle();
  EXPECT_TRUE(ip.out.empty());
  ip.refuses.reset();
  tcp->writable();
  node.settle();
  EXPECT_TRUE(last().head.has(flag::syn));
  one->abandon();
  node.settle();
}

TEST_F(table, a_shorter_route_makes_shorter_segments) {
  make();
  const auto port = listen(80);
  open(1, 80);
  tcp_flow flow = accept(*port);
  ip.mtu = 600;
  const std::string text = test::pattern(5000);
  buffer_list list;
  list.push_back(test::buffer_of(text));
  auto writing = flow.write(std::move(list));
  EXPECT_TRUE(writing.await_ready());
  EXPECT_EQ(test::outcome(writing.await_resume()), "ok");
  node.settle();
  EXPECT_GT(last().payload, 500u);
  EXPECT_LE(last().payload, 560u);
}

TEST_F(table, ports_are_listened_on_once) {
  make();
  const auto port = listen(80);
  EXPECT_EQ(test::error_of(tcp->listen({ours, 80})), v1::listen_error::in_use);
  EXPECT_EQ(test::error_of(tcp->listen({{}, 80})), v1::listen_error::in_use);
  EXPECT_EQ(test::error_of(tcp->listen({"10.9.9.9", 81})), v1::listen_error::no_address);
  EXPECT_EQ(test::outcome(tcp->listen({{}, 81})), "ok");
}

TEST_F(table, ten_thousand_idle_connections_cost_less_than_a_kibibyte_each) {
  make({.half_open = 20'000, .backlog = 20'000});
  const auto port = listen(80);
  segment first = syn();
  first.options.times = timestamps{1000, 0};
  first.options.sack_permitted = true;
  first.options.window_scale = std::uint8_t{9};
  const auto open_one = [&](unsigned number) {
    arrive(peer(number), 4000, 80, first);
    arrive(peer(number), 4000, 80, answer(last().head));
    ip.out.clear();
  };
  std::vector<tcp_flow> flows;
  flows.reserve(10'100);
  for (unsigned i = 0; i < 100; ++i) open_one(i);
  while (flows.size() < 100) flows.push_back(accept(*port));
  const std::size_t before = resident();
  for (unsigned i = 100; i < 10'100; ++i) open_one(i);
  while (flows.size() < 10'100) flows.push_back(accept(*port));
  node.advance(1s);
  const std::size_t each = (resident() - before) / 10'000;
  RecordProperty("bytes_of_object", static_cast<int>(sizeof(live_connection)));
  RecordProperty("bytes_resident", static_cast<int>(each));
  EXPECT_EQ(tcp->connections(), 10'100u);
  EXPECT_LE(sizeof(live_connection), 960u);
#if !defined(MIRAGE_ADDRESS_SANITIZER)
  EXPECT_LT(each, 1024u);
#endif
  flows.clear();
  node.advance(1s);
  EXPECT_EQ(tcp->connections(), 0u);
}

}  // namespace
}  // namespace mirage::tcp_protocol
