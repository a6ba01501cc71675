// SPDX-License-Identifier: ISC
// A name server in memory that answers from a table, over UDP and TCP, and can be told to misbehave.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <mirage/channel.hpp>
#include <mirage/core/endian.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/dns/message.hpp>
#include <mirage/memory/stack.hpp>

#include "records.hpp"

namespace mirage::test {

/// Of an SOA record with this minimum; its names are the root.
inline std::vector<std::byte> soa(std::uint32_t minimum) {
  std::vector<std::byte> data(22);
  store_be32(&data[18], minimum);
  return data;
}

struct canned_record {
  std::string owner;
  dns::record_type type;
  std::vector<std::byte> data;
  std::uint32_t ttl = 60;
  dns::section where = dns::section::answer;
};

/// What the server says to a question of that name and type.
struct canned_answer {
  dns::rcode code = dns::rcode::no_error;
  std::vector<canned_record> records{};
  bool recursion_available = true;
};

/// The answer as a message, with the question as it came.
inline std::vector<std::byte> write_message(const dns::header& asked, const dns::question& question,
                                            const canned_answer& answer, bool truncated = false) {
  std::vector<std::byte> message(65535);
  dns::message_writer out(message);
  out.set_header({.id = asked.id,
                  .response = true,
                  .truncated = truncated,
                  .recursion_desired = true,
                  .recursion_available = answer.recursion_available,
                  .code = answer.code});
  EXPECT_TRUE(out.add(question));
  if (!truncated)
    for (const canned_record& each : answer.records)
      EXPECT_TRUE(out.add_record(each.where, name_of(each.owner), each.type, dns::record_class::in, each.ttl,
                                 each.data));
  message.resize(out.finish().size());
  return message;
}

class name_server {
 public:
  name_server(memory::subnet& subnet, ip_address address) : stack_(subnet, {address}), address_(address) {
    auto handler = [this](v1::datagram&& came) noexcept { receive(came); };
    listening_ = *stack_.udp().listen({address, 53}, handler);
    EXPECT_TRUE(running_.spawn("name server", serve()));
  }

  /// Addresses of a name; a name without any does not exist.
  void add(const std::string& name, std::initializer_list<ip_address> addresses, std::uint32_t ttl = 60) {
    for (const auto type : {dns::record_type::a, dns::record_type::aaaa}) {
      canned_answer answer;
      for (const ip_address& each : addresses)
        if (each.is_v6() == (type == dns::record_type::aaaa))
          answer.records.push_back({name, type, rdata(each), ttl});
      if (answer.records.empty())
        answer.records.push_back({".", dns::record_type::soa, soa(30), 3600, dns::section::authority});
      answers[{name, type}] = std::move(answer);
    }
  }

  std::map<std::pair<std::string, dns::record_type>, canned_answer> answers;
  std::vector<dns::question> asked;       // over UDP
  std::vector<std::uint16_t> asked_from;  // the ports
  std::vector<dns::question> asked_by_tcp;
  unsigned drops = 0;  // so many questions are not answered
  bool truncates = false;
  bool changes_case = false;
  bool knows_edns = true;
  std::optional<dns::rcode> always{};
  std::function<void(const v1::datagram&, std::vector<std::byte>&)> forge{};  // changes what is sent

 private:
  [[nodiscard]] canned_answer answer_to(const dns::question& question) const {
    if (always) return {.code = *always};
    dns::name lower = question.subject;
    lower.lower();
    for (const auto& [key, answer] : answers)
      if (name_of(key.first) == lower && key.second == question.type) return answer;
    return {.code = dns::rcode::name_error,
            .records = {{".", dns::record_type::soa, soa(30), 3600, dns::section::authority}}};
  }

  void receive(const v1::datagram& came) {
    auto reader = dns::message_reader::open(came.payload.view());
    ASSERT_TRUE(reader);
    dns::question question = **reader->next_question();
    asked.push_back(question);
    asked_from.push_back(came.source.port);
    if (drops > 0) {
      --drops;
      return;
    }
    if (changes_case) question.subject.lower();
    const bool has_edns = reader->head().count(dns::section::additional) != 0;
    canned_answer answer = answer_to(question);
    if (has_edns && !knows_edns) answer = {.code = dns::rcode::format_error};
    auto message = write_message(reader->head(), question, answer, truncates);
    if (forge) forge(came, message);
    auto fill = [&](bytes room) noexcept {
      std::ranges::copy(message, room.begin());
      return message.size();
    };
    EXPECT_TRUE(
        stack_.udp().write({.destination = came.source, .source = {address_, 53}}, message.size(), fill));
  }

  task<> serve() {
    auto listener = stack_.tcp().listen({address_, 53});
    while (true) {
      auto flow = co_await listener->accept();
      if (!flow) co_return;
      memory::flow kept = *std::move(flow);
      constexpr channel_options whole{.longest = 65535};
      channel<memory::flow> stream(kept, whole);
      const auto length = co_await stream.read_exactly(2);
      if (!length) continue;
      const auto message = co_await stream.read_exactly(load_be16(length->data()));
      if (!message) continue;
      auto reader = dns::message_reader::open(message->view());
      const dns::question question = **reader->next_question();
      asked_by_tcp.push_back(question);
      const auto answer = write_message(reader->head(), question, answer_to(question));
      std::array<std::byte, 2> size{};
      store_be16(size.data(), static_cast<std::uint16_t>(answer.size()));
      (void)co_await stream.write(size);
      (void)co_await stream.write(answer);
      (void)co_await stream.flush();
      co_await kept.close();
    }
  }

  memory::stack stack_;
  ip_address address_;
  subscription listening_;
  scope running_;
};

}  // namespace mirage::test
