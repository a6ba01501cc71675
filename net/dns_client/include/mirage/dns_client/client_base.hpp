// SPDX-License-Identifier: ISC
// What clients over all stacks share: the questions that are open, who waits for them, and the cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "mirage/core/buffer.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/endpoint.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/subscription.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/dns_client/cache.hpp"
#include "mirage/dns_client/candidates.hpp"
#include "mirage/dns_client/options.hpp"
#include "mirage/dns_client/question_core.hpp"
#include "mirage/v1.hpp"

namespace mirage {

class dns_client_base {
 public:
  using resolved = result<v1::address_list, v1::resolve_error>;

  dns_client_base(const dns_client_base&) = delete;
  dns_client_base& operator=(const dns_client_base&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// The addresses of a name, those to try first in front (RFC 6724 §6). Once there are some of one version,
  /// those of the other are not waited for longer than `other_version`.
  task<resolved> resolve(std::string_view host) { return look_up(host, both); }
  /// Those of one version only, as soon as they are there.
  task<resolved> resolve_v4(std::string_view host) { return look_up(host, v4); }
  task<resolved> resolve_v6(std::string_view host) { return look_up(host, v6); }

 protected:
  using server_list = inline_vector<endpoint, 16>;
  class open_question;

  dns_client_base(std::string_view name, const dns_client_options& options) noexcept;
  ~dns_client_base();

  // ---- What the stack does ----

  /// The handler calls `receive`.
  virtual result<subscription, v1::listen_error> listen(open_question& question, std::uint16_t port) = 0;
  virtual result<void, v1::net_error> send(const endpoint& to, std::uint16_t from, cbytes message) = 0;
  /// The answer to a question over TCP (RFC 7766), both without the length in front; empty if there is none.
  virtual task<buffer> fetch(endpoint server, buffer question) = 0;
  /// The servers and the domain that the stack was told of.
  [[nodiscard]] virtual server_list told_servers() const = 0;
  [[nodiscard]] virtual std::string_view told_domain() const = 0;
  virtual void order(v1::address_list& addresses) = 0;

  void receive(open_question& question, const v1::datagram& came) noexcept;
  static constexpr std::uint16_t port = 53;

 private:
  enum versions : std::uint8_t { v4 = 1, v6 = 2, both = 3 };
  class interest;

  task<resolved> look_up(std::string_view host, versions wanted);
  task<resolved> look_up_whole(dns::name name, versions wanted);
  task<> wait_for_one(const interest& one, const interest& other);
  task<> wait_for_both(const interest& one, const interest& other);
  [[nodiscard]] interest ask(dns::name_view name, dns::record_type type);
  [[nodiscard]] open_question* find(dns::name_view name, dns::record_type type) noexcept;
  [[nodiscard]] open_question* begin(dns::name_view name, dns::record_type type);
  [[nodiscard]] bool open_port(open_question& question);
  [[nodiscard]] std::unique_ptr<open_question> make_question(dns::name_view name, dns::record_type type);
  [[nodiscard]] server_list servers() const;
  void pump(open_question& question) noexcept;
  void send_question(open_question& question, std::size_t server) noexcept;
  [[nodiscard]] result<void, v1::net_error> send_to_link(std::uint16_t from, cbytes message);
  [[nodiscard]] task<> fetch_answer(open_question& question, endpoint server);
  void finish(open_question& question) noexcept;
  void count(dns_verdict verdict) noexcept;
  void sweep() noexcept;

  std::string_view name_;
  dns_client_options options_;
  dns_cache cache_{options_};
  std::size_t preferred_ = 0;  // the server that answered last
  std::vector<std::unique_ptr<open_question>> open_;
  event answered_;  // any of them

  metric_label label_{"device", name_};
  counter names_{label_, "dns_client_lookups_total", "Names that were looked up"};
  counter cached_{label_, "dns_client_cached_total", "Questions whose answer was in the cache"};
  counter sent_{label_, "dns_client_sent_messages_total", "Questions that the network took"};
  counter not_sent_{label_, "dns_client_not_sent_messages_total", "Questions that the network refused"};
  counter streams_{label_, "dns_client_streams_total", "Answers that were fetched over TCP"};
  counter failed_{label_, "dns_client_failures_total", "Questions that no server answered"};
  counter full_{label_, "dns_client_refused_total", "Questions beyond the cap on open ones"};
  counter malformed_{
      label_, "dns_client_dropped_total", {"reason", "malformed"}, "Messages that were dropped"};
  counter unexpected_{label_, "dns_client_dropped_total", {"reason", "unexpected"}};
  counter other_case_{label_, "dns_client_dropped_total", {"reason", "other_case"}};
  counter refused_{label_, "dns_client_dropped_total", {"reason", "refused"}};
};

/// One that is on its way, or just answered, and those who wait for it.
class dns_client_base::open_question {
 public:
  open_question(dns_client_base& client, dns::name_view name, dns::record_type type,
                const server_list& servers, std::uint64_t random) noexcept;
  /// To whoever is on the link.
  open_question(dns_client_base& client, dns::name_view name, dns::record_type type,
                std::uint16_t id) noexcept;
  void receive(const v1::datagram& came) noexcept { client_.receive(*this, came); }

 private:
  friend dns_client_base;
  static void pump(void* self) noexcept;

  dns_client_base& client_;
  dns::name name_;
  dns::record_type type_;
  server_list servers_;  // none: the hosts of the link
  dns_question_core core_;
  std::uint16_t port_ = 0;
  subscription listening_;
  alarm timer_;
  bool is_answered_ = false;
  unsigned wanted_ = 0;  // by so many; answered and wanted by nobody, it can be swept
  scope fetching_;       // after what its task uses
};

}  // namespace mirage
