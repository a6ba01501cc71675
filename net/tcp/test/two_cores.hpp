// SPDX-License-Identifier: ISC
// Two cores with a link between them, on virtual time. Everything that goes over the link is a segment as on
// the wire; the link loses, delays, reorders and duplicates as its seed says.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/tcp/connection.hpp"
#include "mirage/test/suites/suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::tcp_protocol {

inline buffer bytes_of(std::string_view text) { return test::buffer_of(text); }

struct link_options {
  duration delay = 10ms;  ///< one way
  double loss = 0;
  double duplication = 0;
  double reordering = 0;        ///< how many are late ...
  duration late = 5ms;          ///< ... by so much
  double rate = 0;              ///< bytes a second; 0: no limit
  std::size_t queue = 1 << 30;  ///< bytes that wait for the rate
  double mark = 0;              ///< how many get a CE mark
};

/// One end: the core and what its application has done.
struct end {
  end(resources& shared, std::uint16_t local, std::uint16_t peer, std::uint32_t initial, const path& way)
      : core(std::make_unique<connection>(shared, connection::identity{local, peer, sequence(initial), 77},
                                          way)) {}

  std::unique_ptr<connection> core;
  std::string to_write;
  std::size_t written = 0;
  std::string got;
  bool reads = true;
  bool shuts_down = false;  ///< when all is written
  bool closes = false;      ///< when all is written and the end was read
  bool saw_end = false;
  std::uint8_t events = 0;
};

/// A segment on its way, with what the IP header says of ECN.
struct packet {
  std::vector<std::byte> bytes;
  std::uint8_t congestion_bits = 0;
};

struct sent_record {
  instant at{};
  int from = 0;
  segment head;
  std::size_t payload = 0;
};

class two_cores {
 public:
  explicit two_cores(link_options how = {}, tcp_options chosen = {}, std::uint64_t seed = 1, path way = {},
                     std::uint32_t first_initial = 1000, std::uint32_t other_initial = 4'000'000'000)
      : link(how), options(chosen), random(seed), first_(first_initial), other_(other_initial) {
    ends[0].emplace(shared, std::uint16_t{1000}, std::uint16_t{80}, first_initial, way);
    ends[1].emplace(shared, std::uint16_t{80}, std::uint16_t{1000}, other_initial, way);
  }

  test::virtual_node node;
  link_options link;
  tcp_options options;
  statistics counted{"test"};
  resources shared{options, counted};
  std::optional<end> ends[2];
  std::mt19937_64 random;
  instant now = test::virtual_start;
  std::vector<sent_record> trace;
  /// Answers whether a segment may pass; the test's own losses. The number counts what that end has sent.
  std::function<bool(int from, const segment&, std::size_t payload, unsigned number)> filter;

  end& client() { return *ends[0]; }
  end& server() { return *ends[1]; }
  connection& client_core() { return *client().core; }
  connection& server_core() { return *server().core; }

  void connect() {
    client_core().connect(now);
    pump(0);
  }
  /// Runs until both are established.
  void establish() {
    connect();
    run_until([&] { return client_core().is_synchronized() && server_core().is_synchronized(); });
    ASSERT_EQ(client_core().current(), state::established);
    ASSERT_EQ(server_core().current(), state::established);
  }

  /// One event: the next arrival or timeout. False when nothing is left to happen.
  bool step(instant limit = never) {
    instant next = never;
    if (!on_the_way.empty()) next = on_the_way.begin()->first;
    for (auto& each : ends) next = std::min(next, each->core->next_timeout());
    if (next == never || next > limit) return false;
    now = std::max(now, next);
    if (!on_the_way.empty() && on_the_way.begin()->first <= now) {
      auto [to, what] = std::move(on_the_way.begin()->second);
      on_the_way.erase(on_the_way.begin());
      arrive(to, std::move(what));
      pump(to);
    }
    for (int i = 0; i < 2; ++i)
      if (ends[i]->core->next_timeout() <= now) pump(i);
    return true;
  }
  template <class Done>
  bool run_until(Done done, duration limit = 24h) {
    const instant until = now + limit;
    while (!done())
      if (!step(until)) return done();
    return true;
  }
  void run_for(duration length) {
    const instant until = now + length;
    while (step(until)) {
    }
    now = until;
    pump(0);
    pump(1);
  }

  /// The application's and the network's turn of one end.
  void pump(int which) {
    end& each = *ends[which];
    for (int turns = 0; turns < 10000; ++turns) {
      application(each);
      transmission wanted;
      if (!each.core->poll(now, wanted)) break;
      send(which, wanted);
    }
    each.events |= each.core->take_events();
  }

  /// A segment made by a test, as if that end had sent it.
  void inject(int to, const segment& what, std::string_view payload = {}) {
    segment head = what;
    const auto length = static_cast<std::uint32_t>(payload.size());
    if (!ends[to]->core->input(head, bytes_of(payload), now)) refuse(to, head, length);
    pump(to);
  }
  /// What the other end would send next, for tests that inject.
  segment next_from(int from) {
    segment made;
    made.seq = ends[from]->core->snd_nxt();
    made.ack = ends[from]->core->rcv_nxt();
    made.flags = flag::ack;
    made.window = 1000;
    if (ends[from]->core->agreed().timestamps)
      made.options.times = timestamps{ends[from]->core->timestamp(now), ends[1 - from]->core->timestamp(now)};
    return made;
  }

  /// How many that end has sent for which `which(record)` holds.
  template <class Which>
  std::size_t count_sent(int from, Which which) const {
    return static_cast<std::size_t>(std::count_if(
        trace.begin(), trace.end(), [&](const sent_record& r) { return r.from == from && which(r); }));
  }

  /// The last segments and the states, for the message of a failed test.
  std::string story(std::size_t most = 40) const {
    std::string text;
    for (std::size_t i = trace.size() > most ? trace.size() - most : 0; i < trace.size(); ++i) {
      const sent_record& r = trace[i];
      char line[200];
      std::snprintf(line, sizeof line, "%10.3f %d seq %u ack %u flags %02x window %u payload %zu sacks %u\n",
                    static_cast<double>((r.at - test::virtual_start).count()) / 1e6, r.from,
                    r.head.seq - (r.from == 0 ? first_ : other_),
                    r.head.ack - (r.from == 0 ? other_ : first_), unsigned{r.head.flags},
                    unsigned{r.head.window}, r.payload, unsigned{r.head.options.sack_count});
      text += line;
    }
    for (const auto& each : ends)
      text += "state " + std::to_string(static_cast<int>(each->core->current())) + " failure " +
              std::to_string(each->core->failure().has_value()) + " written " +
              std::to_string(each->written) + " got " + std::to_string(each->got.size()) + " end " +
              std::to_string(each->saw_end) + "\n";
    return text;
  }

  unsigned refused = 0;  ///< segments that would be answered with a RST
  unsigned sent_by[2] = {0, 0};
  std::uint32_t largest_piece = 0;  ///< payload that was handed down at once

 private:
  using travelling = std::pair<int, packet>;

  void application(end& each) {
    if (each.core->can_write() && each.written < each.to_write.size()) {
      buffer next = bytes_of(std::string_view(each.to_write).substr(each.written, 50'000));
      each.written += each.core->write(next, now);
    }
    if (each.reads) {
      while (each.core->has_bytes()) each.got += each.core->read(now).text();
      if (each.core->at_end()) each.saw_end = true;
    }
    if (each.shuts_down && each.written == each.to_write.size() && each.core->can_write())
      each.core->shutdown(now);
    if (each.closes && each.written == each.to_write.size() && each.saw_end) each.core->close(now);
  }

  void send(int from, const transmission& wanted) {
    std::vector<std::byte> bytes(longest_header + wanted.length);
    const std::size_t size = ends[from]->core->emit(wanted, bytes, true);
    ASSERT_LE(size, bytes.size());
    bytes.resize(size);
    largest_piece = std::max(largest_piece, wanted.length);
    ends[from]->core->sent(wanted, now);
    cut(from, std::move(bytes), wanted);
  }

  /// As a device with segmentation offload does.
  void cut(int from, std::vector<std::byte> bytes, const transmission& wanted) {
    const auto header = header_view::of(bytes);
    ASSERT_TRUE(header.has_value());
    const std::size_t most = wanted.segment_size == 0 ? bytes.size() : wanted.segment_size;
    const cbytes head = cbytes(bytes).first(header->size());
    cbytes payload = header->payload();
    sequence seq = header->seq();
    do {
      const std::size_t length = std::min(most, payload.size());
      packet one{std::vector<std::byte>(head.begin(), head.end()), wanted.congestion_bits};
      store_be32(one.bytes.data() + 4, seq.value());
      const bool last = length == payload.size();
      if (!last) one.bytes[13] &= ~std::byte{flag::fin | flag::psh};
      one.bytes.insert(one.bytes.end(), payload.begin(),
                       payload.begin() + static_cast<std::ptrdiff_t>(length));
      payload = payload.subspan(length);
      seq += static_cast<std::uint32_t>(length);
      travel(from, std::move(one));
    } while (!payload.empty());
  }

  bool chance(double how_often) {
    return how_often > 0 && std::uniform_real_distribution<>(0, 1)(random) < how_often;
  }

  void travel(int from, packet one) {
    const auto header = header_view::of(one.bytes);
    sent_record record{now, from, {}, header->payload().size()};
    ASSERT_TRUE(segment::parse(*header, record.head)) << "the options can be read";
    trace.push_back(record);
    const unsigned number = sent_by[from]++;
    if (filter && !filter(from, record.head, record.payload, number)) return;
    if (chance(link.loss)) return;
    instant departs = now;
    if (link.rate > 0) {
      instant& free = line_free[from];
      const auto waiting =
          static_cast<double>(std::max(duration::zero(), free - now).count()) * 1e-9 * link.rate;
      if (waiting > static_cast<double>(link.queue)) return;
      const double takes = static_cast<double>(one.bytes.size() + 20) / link.rate * 1e9;
      free = std::max(free, now) + duration(static_cast<std::int64_t>(takes));
      departs = free;
    }
    if (one.congestion_bits != 0 && chance(link.mark)) one.congestion_bits = 3;
    instant arrives = departs + link.delay;
    if (chance(link.reordering)) arrives += link.late;
    if (chance(link.duplication)) on_the_way.emplace(arrives + 1ms, travelling(1 - from, one));
    on_the_way.emplace(arrives, travelling(1 - from, std::move(one)));
  }

  void arrive(int to, packet what) {
    const auto header = header_view::of(what.bytes);
    segment head;
    ASSERT_TRUE(segment::parse(*header, head));
    head.congestion_experienced = what.congestion_bits == 3;
    connection& core = *ends[to]->core;
    if (core.current() == state::closed && to == 1 && head.has(flag::syn) && !opened) {
      opened = true;
      core.accept(head, now);
      return;
    }
    buffer payload = buffer::copy_of(header->payload());
    const auto length = static_cast<std::uint32_t>(payload.size()) + (head.has(flag::syn) ? 1u : 0u) +
                        (head.has(flag::fin) ? 1u : 0u);
    if (!core.input(head, std::move(payload), now)) refuse(to, head, length);
  }

  /// RFC 9293 §3.10.7.1, as the shell does it.
  void refuse(int from, const segment& in, std::uint32_t length) {
    ++refused;
    if (in.has(flag::rst)) return;
    packet reset{std::vector<std::byte>(header_size), 0};
    header_fields fields;
    fields.flags = flag::rst;
    if (in.has(flag::ack)) {
      fields.seq = in.ack;
    } else {
      fields.ack = in.seq + length;
      fields.flags |= flag::ack;
    }
    store_header(reset.bytes, fields, header_size);
    travel(from, std::move(reset));
  }

  sequence first_;
  sequence other_;
  std::multimap<instant, travelling> on_the_way;
  instant line_free[2] = {instant{}, instant{}};
  bool opened = false;
};

}  // namespace mirage::tcp_protocol
