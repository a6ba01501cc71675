// SPDX-License-Identifier: ISC
#include "mirage/dns_client/client_base.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>

#include "mirage/core/host_name.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/when.hpp"
#include "mirage/dns/multicast.hpp"
#include "mirage/random_port.hpp"

namespace mirage {

namespace {

bool is_within(dns::name_view name, std::string_view zone) noexcept {
  const auto parsed = dns::name::parse(zone);
  return parsed && name.is_within(*parsed);
}

bool has_addresses(const dns_answer& answer) noexcept { return answer.what == dns_answer::kind::addresses; }

bool is_of(const ip_address& address, unsigned versions) noexcept {
  return (versions & (address.is_v4() ? 1U : 2U)) != 0;
}

v1::address_list only(std::initializer_list<ip_address> addresses) noexcept {
  v1::address_list list;
  for (const ip_address& each : addresses) list.push_back(each);
  return list;
}

}  // namespace

// ---- A question ---------------------------------------------------------------------------------------

dns_client_base::open_question::open_question(dns_client_base& client, dns::name_view name,
                                              dns::record_type type, const server_list& servers,
                                              std::uint64_t random) noexcept
    : client_(client),
      name_(name),
      type_(type),
      servers_(servers),
      core_(client.options_, name, type, servers.size(), client.preferred_ % servers.size(), random),
      timer_(&open_question::pump, this) {}

dns_client_base::open_question::open_question(dns_client_base& client, dns::name_view name,
                                              dns::record_type type, std::uint16_t id) noexcept
    : client_(client),
      name_(name),
      type_(type),
      core_(client.options_, name, type, id),
      timer_(&open_question::pump, this) {}

void dns_client_base::open_question::pump(void* self) noexcept {
  auto& question = *static_cast<open_question*>(self);
  question.client_.pump(question);
}

/// Somebody's wish to know an answer, which is there or on its way. None is the wish to know nothing.
class dns_client_base::interest {
 public:
  interest() noexcept = default;
  explicit interest(const dns_answer& known) noexcept : answer_(known) {}
  explicit interest(open_question& question) noexcept : question_(&question) { ++question_->wanted_; }
  interest(interest&& other) noexcept
      : question_(std::exchange(other.question_, nullptr)), answer_(std::move(other.answer_)) {}
  interest& operator=(interest&&) = delete;
  ~interest() {
    if (question_ != nullptr) --question_->wanted_;
  }

  [[nodiscard]] bool is_known() const noexcept { return question_ == nullptr || question_->is_answered_; }
  /// A failure while it is not known.
  [[nodiscard]] const dns_answer& answer() const noexcept {
    return question_ != nullptr ? question_->core_.answer() : answer_;
  }

 private:
  open_question* question_ = nullptr;
  dns_answer answer_{.what = dns_answer::kind::no_address};
};

// ---- Looking up ---------------------------------------------------------------------------------------

dns_client_base::dns_client_base(std::string_view name, const dns_client_options& options) noexcept
    : name_(name), options_(options) {}
dns_client_base::~dns_client_base() = default;

task<dns_client_base::resolved> dns_client_base::look_up(std::string_view host, versions wanted) {
  if (const auto literal = ip_address::parse(host)) {
    if (!is_of(*literal, wanted)) co_return fail(v1::resolve_error::not_found);
    co_return only({*literal});
  }
  if (!is_host_name(host)) co_return fail(v1::resolve_error::bad_name);
  ++names_;
  const std::string told(options_.search.empty() ? told_domain() : std::string_view());
  const std::string_view told_search[] = {told};
  std::span<const std::string_view> search(options_.search.data(), options_.search.size());
  if (!told.empty()) search = told_search;
  dns_candidates candidates(host, search);
  while (const auto candidate = candidates.next()) {
    // Whether a candidate is the name that was meant does not depend on the version that is wanted of it.
    auto found = co_await look_up_whole(*candidate, candidates.is_only_one() ? wanted : both);
    if (!found && found.error() == v1::resolve_error::not_found) continue;
    if (found) (void)erase_if(*found, [&](const ip_address& each) { return !is_of(each, wanted); });
    if (found && found->empty()) break;
    co_return std::move(found);
  }
  co_return fail(v1::resolve_error::not_found);
}

/// Of a name as it is.
task<dns_client_base::resolved> dns_client_base::look_up_whole(dns::name name, versions wanted) {
  // RFC 6761 §6.3 and §6.4: nobody is asked for these.
  if (is_within(name, "localhost")) co_return only({"::1", "127.0.0.1"});
  if (is_within(name, "invalid")) co_return fail(v1::resolve_error::not_found);
  // Both are asked before either answer is waited for.
  const interest six = (wanted & v6) != 0 ? ask(name, dns::record_type::aaaa) : interest();
  const interest four = (wanted & v4) != 0 ? ask(name, dns::record_type::a) : interest();
  co_await wait_for_one(six, four);
  if (has_addresses(six.answer()) || has_addresses(four.answer()))
    (void)co_await with_timeout(options_.other_version, wait_for_both(six, four));
  else
    co_await wait_for_both(six, four);
  v1::address_list found;
  bool is_certain = true;
  for (const interest* each : {&six, &four}) {
    is_certain = is_certain && each->answer().what != dns_answer::kind::failed;
    for (const ip_address& address : each->answer().addresses)
      if (!found.full()) found.push_back(address);
  }
  // Of a name of the link, silence says that nobody has it.
  if (is_within(name, dns::multicast_domain)) is_certain = true;
  if (found.empty()) co_return fail(is_certain ? v1::resolve_error::not_found : v1::resolve_error::failed);
  order(found);
  co_return found;
}

task<> dns_client_base::wait_for_one(const interest& one, const interest& other) {
  while (!one.is_known() && !other.is_known()) co_await answered_;
}
task<> dns_client_base::wait_for_both(const interest& one, const interest& other) {
  while (!one.is_known() || !other.is_known()) co_await answered_;
}

// ---- Questions ----------------------------------------------------------------------------------------

/// Of the cache, of a question that is on its way for somebody else, or of a new one.
dns_client_base::interest dns_client_base::ask(dns::name_view name, dns::record_type type) {
  if (const dns_answer* known = cache_.find(name, type, os::now())) {
    ++cached_;
    return interest(*known);
  }
  open_question* question = find(name, type);
  if (question == nullptr) question = begin(name, type);
  return question != nullptr ? interest(*question) : interest(dns_answer());
}

dns_client_base::open_question* dns_client_base::find(dns::name_view name, dns::record_type type) noexcept {
  for (const auto& each : open_)
    if (!each->is_answered_ && each->type_ == type && each->name_.view() == name) return each.get();
  return nullptr;
}

/// Null where it cannot be asked.
dns_client_base::open_question* dns_client_base::begin(dns::name_view name, dns::record_type type) {
  sweep();
  if (open_.size() >= options_.questions) {
    ++full_;
    return nullptr;
  }
  auto made = make_question(name, type);
  if (made == nullptr || !open_port(*made)) {
    ++failed_;
    return nullptr;
  }
  open_question& question = *open_.emplace_back(std::move(made));
  pump(question);
  return &question;
}

/// Null where there is no server. RFC 6762 §3, §5.1: the hosts of the link answer for their names themselves.
std::unique_ptr<dns_client_base::open_question> dns_client_base::make_question(dns::name_view name,
                                                                               dns::record_type type) {
  const std::uint64_t random = os::random64();
  if (is_within(name, dns::multicast_domain)) {
    dns::name plain(name);
    plain.lower();
    return std::make_unique<open_question>(*this, plain, type, static_cast<std::uint16_t>(random));
  }
  const server_list asked = servers();
  if (asked.empty()) return nullptr;
  return std::make_unique<open_question>(*this, name, type, asked, random);
}

dns_client_base::server_list dns_client_base::servers() const {
  if (options_.servers.empty()) return told_servers();
  server_list all;
  for (const ip_address& each : options_.servers) all.emplace_back(each, port);
  return all;
}

bool dns_client_base::open_port(open_question& question) {
  constexpr std::uint16_t first_port = 1024;
  auto listening = listen_at_random_port(first_port, [&](std::uint16_t port) {
    question.port_ = port;
    return listen(question, port);
  });
  if (!listening) return false;
  question.listening_ = *std::move(listening);
  return true;
}

void dns_client_base::sweep() noexcept {
  std::erase_if(open_, [](const auto& each) { return each->is_answered_ && each->wanted_ == 0; });
}

void dns_client_base::receive(open_question& question, const v1::datagram& came) noexcept {
  std::size_t number = 0;
  bool is_expected = came.source.port == dns::multicast_port;
  if (!question.servers_.empty()) {
    const auto server = std::ranges::find(question.servers_, came.source);
    is_expected = server != question.servers_.end();
    number = static_cast<std::size_t>(server - question.servers_.begin());
  }
  if (!is_expected) {
    ++unexpected_;
    return;
  }
  count(question.core_.input(number, came.payload.view()));
  pump(question);
}

void dns_client_base::count(dns_verdict verdict) noexcept {
  switch (verdict) {
    case dns_verdict::malformed: ++malformed_; return;
    case dns_verdict::unexpected: ++unexpected_; return;
    case dns_verdict::other_case: ++other_case_; return;
    case dns_verdict::refused: ++refused_; return;
    default: return;
  }
}

void dns_client_base::pump(open_question& question) noexcept {
  using kind = dns_question_core::action::kind;
  if (question.is_answered_) return;
  dns_question_core& core = question.core_;
  for (auto next = core.poll(os::now()); next.what != kind::none; next = core.poll(os::now())) {
    question.fetching_.cancel();
    if (next.what == kind::done) return finish(question);
    if (next.what == kind::send) {
      send_question(question, next.server);
    } else if (question.servers_.empty()) {
      count(core.stream_ended({}));  // nobody there speaks TCP
    } else {
      ++streams_;
      const auto started =
          question.fetching_.spawn("dns over tcp", fetch_answer(question, question.servers_[next.server]));
      if (!started) count(core.stream_ended({}));
    }
  }
  question.timer_.set(core.next_timeout());
}

void dns_client_base::send_question(open_question& question, std::size_t server) noexcept {
  std::array<std::byte, longest_question> message;
  const cbytes asked = cbytes(message).first(question.core_.emit(message));
  const auto sent = question.servers_.empty() ? send_to_link(question.port_, asked)
                                              : send(question.servers_[server], question.port_, asked);
  ++(sent ? sent_ : not_sent_);
  const bool is_for_good =
      !sent && (sent.error() == v1::net_error::no_route || sent.error() == v1::net_error::unreachable);
  if (is_for_good) question.core_.not_sent();
}

/// Over IPv6 and IPv4; what one of them takes is sent.
result<void, v1::net_error> dns_client_base::send_to_link(std::uint16_t from, cbytes message) {
  result<void, v1::net_error> all = fail(v1::net_error::no_route);
  for (const endpoint& group : dns::multicast_groups)
    if (auto sent = send(group, from, message); sent || !all) all = sent;
  return all;
}

task<> dns_client_base::fetch_answer(open_question& question, endpoint server) {
  std::array<std::byte, longest_question> message;
  const std::size_t size = question.core_.emit(message);
  const buffer answer = co_await fetch(server, buffer::copy_of(cbytes(message).first(size)));
  count(question.core_.stream_ended(answer.view()));
  pump(question);
}

void dns_client_base::finish(open_question& question) noexcept {
  const dns_answer& answer = question.core_.answer();
  if (answer.what == dns_answer::kind::failed)
    ++failed_;
  else
    preferred_ = question.core_.server();
  cache_.keep(question.name_, question.type_, answer, os::now());
  question.is_answered_ = true;
  question.timer_.clear();
  question.listening_.cancel();
  answered_.notify();
}

}  // namespace mirage
