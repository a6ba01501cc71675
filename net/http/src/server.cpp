// SPDX-License-Identifier: ISC
#include "mirage/http/server.hpp"

#include <utility>

#include "busy_connection.hpp"

namespace mirage::http {

namespace {

constexpr std::array<std::string_view, 5> class_words{"1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr duration refusal_time = 1s;

// Each is made by a call, for the constructor inlined so many times would be ten kilobytes.
[[gnu::noinline]] counter response_counter(const metric_label& device, std::size_t status_class) noexcept {
  return counter{
      "http_responses_total", {device, {"class", class_words[status_class]}}, "Answers, by their status"};
}
template <std::size_t... Class>
std::array<counter, sizeof...(Class)> response_counters(const metric_label& device,
                                                        std::index_sequence<Class...>) noexcept {
  return {response_counter(device, Class)...};
}

[[gnu::noinline]] counter refusal_counter(const metric_label& device, std::size_t reason) noexcept {
  return counter{"http_refusals_total",
                 {device, {"reason", describe(static_cast<refusal>(reason))}},
                 "Requests and connections that were refused or cut off"};
}
template <std::size_t... Reason>
std::array<counter, sizeof...(Reason)> refusal_counters(const metric_label& device,
                                                        std::index_sequence<Reason...>) noexcept {
  return {refusal_counter(device, Reason)...};
}

}  // namespace

server_counters::server_counters(std::string_view device) noexcept
    : device_{"device", device},
      connections{device_, "http_connections_total", "Connections that were served"},
      requests{device_, "http_requests_total", "Requests whose head was accepted"},
      unanswered{device_, "http_unanswered_total", "Requests whose handler gave no answer"},
      responses_(response_counters(device_, std::make_index_sequence<class_words.size()>())),
      refusals_(refusal_counters(device_, std::make_index_sequence<refusal_count>())),
      open_gauge_{
          "http_connections_open", {device_}, "Connections now", open, [](const std::uint32_t& now) noexcept {
            return now;
          }} {}

server_base::server_base(std::string_view name, const limits& bounds) noexcept
    : name_(name), limits_(bounds), counters_(name) {}

task<> server_base::stop() {
  stopping_ = true;
  services_.for_each([](list_link& link) { static_cast<service&>(link).stop(); });
  while (!services_.empty()) {
    ended_.reset();
    co_await ended_;
  }
}

service::service(server_base& server, handler_reference handler) noexcept
    : server_(server), handler_(handler) {
  server_.services_.push_back(*this);
}

service::~service() {
  unlink();
  server_.ended_.set();
}

bool service::stopping() const noexcept { return server_.stopping_; }

bool service::full() const noexcept { return server_.counters_.open >= server_.limits_.connections; }

void service::count_overload() noexcept { server_.counters_.refused(refusal::overload); }

instant service::stop_deadline() const noexcept { return later(os::now(), server_.limits_.stop_time); }

void service::stop() noexcept {
  accepting.interrupt();
  connections_.for_each([](list_link& link) { static_cast<connection&>(link).stop(); });
}

task<> service::refuse(stream& flow) {
  count_overload();
  constexpr std::string_view answer =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";
  buffer_list parts;
  parts.push_back(buffer::from_static(as_bytes(answer)));
  auto written = co_await accepting.run(flow.write(std::move(parts)), later(os::now(), refusal_time));
  if (written) co_await flow.close();
}

}  // namespace mirage::http
