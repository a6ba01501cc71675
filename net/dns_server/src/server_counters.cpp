// SPDX-License-Identifier: ISC
#include "mirage/dns_server/server_counters.hpp"

#include <utility>

namespace mirage::dns {

namespace {

using enum record_type;
constexpr std::array counted_types{a,   aaaa, ns,     soa, cname, mx,   txt, ptr,
                                   srv, ds,   dnskey, any, https, axfr, caa};
constexpr std::array counted_codes{rcode::no_error,   rcode::format_error,    rcode::server_failure,
                                   rcode::name_error, rcode::not_implemented, rcode::refused,
                                   rcode::bad_version};

template <std::size_t Size, class Make>
std::array<counter, Size> made_by(Make make) noexcept {
  return [&]<std::size_t... Index>(std::index_sequence<Index...>) {
    return std::array<counter, Size>{make(Index)...};
  }(std::make_index_sequence<Size>{});
}

}  // namespace

server_counters::server_counters(std::string_view device) noexcept
    : device_{"device", device},
      by_type_(made_by<types>([this](std::size_t i) {
        const metric_label type{"type", i < counted_types.size() ? name_of(counted_types[i]) : "other"};
        return counter("dns_queries_total", {device_, type}, "Queries by the type that they ask for");
      })),
      by_code_(made_by<codes>([this](std::size_t i) {
        const metric_label code{"rcode", i < counted_codes.size() ? name_of(counted_codes[i]) : "other"};
        return counter("dns_answers_total", {device_, code}, "Answers by their code");
      })),
      udp_(device_, "dns_transport_queries_total", {"transport", "udp"}, "Queries by the way they came"),
      tcp_(device_, "dns_transport_queries_total", {"transport", "tcp"}),
      ignored_(device_, "dns_ignored_messages_total", "Messages that are no queries"),
      truncated_(device_, "dns_truncated_answers_total", "Answers that had to be cut"),
      connections(device_, "dns_connections_total", "TCP connections"),
      connections_refused(device_, "dns_connections_refused_total", "TCP connections beyond the limit"),
      connections_timed_out(device_, "dns_connections_timed_out_total", "TCP connections that were too slow"),
      not_sent(device_, "dns_answers_not_sent_total", "Answers that the network refused"),
      left_out(device_, "dns_rate_limited_answers_total", {"what", "left out"},
               "Answers beyond the limit of their rate"),
      cut(device_, "dns_rate_limited_answers_total", {"what", "cut"}),
      transfers(device_, "dns_transfers_total", "Zone transfers to other servers that were begun"),
      transfers_broken(device_, "dns_transfers_broken_total", "Those that were not taken to their end") {}

void server_counters::count(const answered& what, transport over) noexcept {
  if (what.size == 0) {
    ++ignored_;
    return;
  }
  ++(over == transport::udp ? udp_ : tcp_);
  if (what.truncated) ++truncated_;
  std::size_t type = 0;
  while (type < counted_types.size() && counted_types[type] != what.type) ++type;
  ++by_type_[type];
  std::size_t code = 0;
  while (code < counted_codes.size() && counted_codes[code] != what.code) ++code;
  ++by_code_[code];
}

}  // namespace mirage::dns
