// SPDX-License-Identifier: ISC
// A made-up Internet: servers by their addresses, the zones that they serve, and how long they take.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <mirage/core/os.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/dns/message.hpp>
#include <mirage/dns_resolver/recursor.hpp>

#include "records.hpp"

namespace mirage::test {

class internet final : public dns_upstream {
 public:
  using record_type = dns::record_type;
  struct record {
    dns::name owner;
    record_type type;
    std::vector<std::byte> data;
    std::uint32_t ttl = 3600;
  };
  struct zone {
    dns::name apex;
    std::vector<record> records;

    zone& a(std::string_view owner, const ip_address& address, std::uint32_t ttl = 3600) {
      const auto type = address.is_v4() ? record_type::a : record_type::aaaa;
      records.push_back({name_of(owner), type, rdata(address), ttl});
      return *this;
    }
    zone& ns(std::string_view owner, std::string_view server) {
      records.push_back({name_of(owner), record_type::ns, rdata(name_of(server))});
      return *this;
    }
    zone& cname(std::string_view owner, std::string_view target) {
      records.push_back({name_of(owner), record_type::cname, rdata(name_of(target))});
      return *this;
    }
  };
  struct server {
    std::vector<zone*> zones;
    duration round_trip = 10ms;
    bool is_dead = false;
    std::function<void(dns::message_writer&)> adds{};  // to every answer, behind it
  };
  struct asked_question {
    ip_address server;
    dns::name name;
    record_type type;
  };

  zone& add_zone(std::string_view apex, std::initializer_list<ip_address> by) {
    zone& made = zones_.emplace(std::string(apex), zone{name_of(apex), {}}).first->second;
    for (const ip_address& each : by) servers[each].zones.push_back(&made);
    return made;
  }

  task<buffer> ask(ip_address to, dns::name name, record_type type, duration patience) override {
    asked.push_back({to, name, type});
    const bool is_there = servers.contains(to) && !servers[to].is_dead && servers[to].round_trip <= patience;
    co_await sleep_for(is_there ? servers[to].round_trip : patience);
    co_return is_there ? answer(servers[to], name, type) : buffer();
  }

  std::map<ip_address, server> servers;
  std::vector<asked_question> asked;

  /// What a server says.
  static buffer answer(const server& by, const dns::name& name, record_type type) {
    std::vector<std::byte> space(4096);
    dns::message_writer out(space);
    dns::header head{.response = true};
    EXPECT_TRUE(out.add_question(name, type));
    const zone* from = nullptr;
    for (const zone* each : by.zones)
      if (name.view().is_within(each->apex) && (from == nullptr || each->apex.size() > from->apex.size()))
        from = each;
    if (from == nullptr)
      head.code = dns::rcode::refused;
    else
      answer_from(*from, name, type, head, out);
    if (by.adds) by.adds(out);
    out.set_header(head);
    return buffer::copy_of(out.finish());
  }

  /// Of that type, or a signature over records of it.
  static bool is_of(const record& each, record_type type) {
    if (each.type == type) return true;
    return each.type == record_type::rrsig && load_be16(each.data.data()) == static_cast<std::uint16_t>(type);
  }

 private:
  static bool write(dns::message_writer& out, dns::section where, const record& of) {
    return out.add_record(where, of.owner, of.type, dns::record_class::in, of.ttl, of.data);
  }

  static void answer_from(const zone& from, const dns::name& name, record_type type, dns::header& head,
                          dns::message_writer& out) {
    if (refer(from, name, type, out)) return;
    head.authoritative = true;
    if (redirect(from, name, out)) return;
    bool exists = false;
    for (const record& each : from.records) {
      exists = exists || each.owner.view().is_within(name);
      if (each.owner != name || (!is_of(each, type) && !is_of(each, record_type::cname))) continue;
      EXPECT_TRUE(write(out, dns::section::answer, each));
    }
    if (out.count(dns::section::answer) != 0) return;
    if (!exists) head.code = dns::rcode::name_error;
    for (const record& each : from.records)
      if (is_of(each, record_type::soa) || is_of(each, record_type::nsec))
        EXPECT_TRUE(write(out, dns::section::authority, each));
    if (out.count(dns::section::authority) != 0) return;
    std::vector<std::byte> soa(22);
    store_be32(&soa[18], 60);
    EXPECT_TRUE(write(out, dns::section::authority, {from.apex, record_type::soa, soa}));
  }

  /// By a DNAME record above the name, with the alias that it makes (RFC 6672 §3.1).
  static bool redirect(const zone& from, const dns::name& name, dns::message_writer& out) {
    bool redirected = false;
    for (const record& each : from.records) {
      if (!is_of(each, record_type::dname) || each.owner == name || !name.view().is_within(each.owner))
        continue;
      EXPECT_TRUE(write(out, dns::section::answer, each));
      if (each.type != record_type::dname) continue;
      const cbytes front = name.view().wire().first(name.size() - each.owner.size());
      const auto target = dns::name::join(front, *dns::name_view::front_of(each.data));
      EXPECT_TRUE(write(out, dns::section::answer, {name, record_type::cname, rdata(*target)}));
      redirected = true;
    }
    return redirected;
  }

  static bool refer(const zone& from, const dns::name& name, record_type type, dns::message_writer& out) {
    std::vector<const record*> cuts;
    for (const record& each : from.records) {
      const bool is_above =
          each.type == record_type::ns && each.owner != from.apex && name.view().is_within(each.owner);
      if (is_above && !(type == record_type::ds && each.owner == name)) cuts.push_back(&each);
    }
    for (const record* each : cuts) EXPECT_TRUE(write(out, dns::section::authority, *each));
    if (!cuts.empty())
      for (const record& each : from.records)
        if (each.owner == cuts[0]->owner && (is_of(each, record_type::ds) || is_of(each, record_type::nsec)))
          EXPECT_TRUE(write(out, dns::section::authority, each));
    for (const record* each : cuts)
      for (const record& glue : from.records)
        if (glue.type == record_type::a && rdata(glue.owner) == each->data)
          EXPECT_TRUE(write(out, dns::section::additional, glue));
    return !cuts.empty();
  }

  std::map<std::string, zone> zones_;
};

}  // namespace mirage::test
