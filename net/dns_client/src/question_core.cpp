// SPDX-License-Identifier: ISC
#include "mirage/dns_client/question_core.hpp"

#include <algorithm>

#include "mirage/dns/random_case.hpp"

namespace mirage {

namespace {

constexpr unsigned greatest_doubling = 6;

}  // namespace

dns_question_core::dns_question_core(const dns_client_options& options, dns::name_view name,
                                     dns::record_type type, std::size_t servers, std::size_t first,
                                     std::uint64_t random) noexcept
    : options_(options),
      question_{
          .name = dns::in_random_case(name, random), .type = type, .id = static_cast<std::uint16_t>(random)},
      servers_(servers),
      rounds_(options.rounds),
      first_(first),
      server_(first) {}

dns_question_core::dns_question_core(const dns_client_options& options, dns::name_view name,
                                     dns::record_type type, std::uint16_t id) noexcept
    : options_(options),
      question_{.name = name, .type = type, .id = id},
      servers_(1),
      rounds_(options.link_rounds),
      first_(0),
      server_(0) {}

duration dns_question_core::patience() const noexcept {
  const auto round = static_cast<unsigned>((tries_ - 1) / servers_);
  return options_.timeout * (std::int64_t{1} << std::min(round, greatest_doubling));
}

/// The next of the servers that have not refused, in rounds; false when it has been enough.
bool dns_question_core::choose_next() noexcept {
  while (tries_ < servers_ * rounds_) {
    server_ = (first_ + tries_) % servers_;
    ++tries_;
    if ((refused_ & bit(server_)) == 0) return true;
  }
  return false;
}

dns_question_core::action dns_question_core::poll(instant now) noexcept {
  const bool is_late = (state_ == state::asked || state_ == state::connected) && deadline_ <= now;
  if (is_late) state_ = state::to_ask;
  switch (state_) {
    case state::to_ask:
      if (!choose_next()) {
        state_ = state::over;
        return {action::kind::done, server_};
      }
      state_ = state::asked;
      asked_ |= bit(server_);
      deadline_ = later(now, patience());
      return {action::kind::send, server_};
    case state::to_connect:
      state_ = state::connected;
      deadline_ = later(now, options_.stream_timeout);
      return {action::kind::connect, server_};
    case state::answered: state_ = state::over; return {action::kind::done, server_};
    default: return {};
  }
}

instant dns_question_core::next_timeout() const noexcept {
  switch (state_) {
    case state::asked:
    case state::connected: return deadline_;
    case state::over: return never;
    default: return instant{};
  }
}

std::size_t dns_question_core::emit(bytes to) const noexcept {
  return write_question(question_, options_.payload, to);
}

dns_verdict dns_question_core::input(std::size_t server, cbytes message) noexcept {
  if (state_ != state::asked || (asked_ & bit(server)) == 0) return dns_verdict::unexpected;
  const dns_verdict verdict = read_answer(message, question_, answer_);
  switch (verdict) {
    case dns_verdict::malformed:
    case dns_verdict::unexpected: return verdict;
    case dns_verdict::answer: state_ = state::answered; break;
    case dns_verdict::other_case:
    case dns_verdict::truncated: state_ = state::to_connect; break;
    case dns_verdict::without_edns:
      // The same server once more, in the old way.
      question_.edns = false;
      --tries_;
      state_ = state::to_ask;
      return verdict;
    case dns_verdict::refused:
      refused_ |= bit(server);
      if (server == server_) state_ = state::to_ask;
      return verdict;
  }
  server_ = server;
  return verdict;
}

void dns_question_core::not_sent() noexcept {
  if (state_ != state::asked) return;
  refused_ |= bit(server_);
  state_ = state::to_ask;
}

dns_verdict dns_question_core::stream_ended(cbytes message) noexcept {
  if (state_ != state::connected) return dns_verdict::unexpected;
  dns_verdict verdict = dns_verdict::malformed;
  if (!message.empty()) verdict = read_answer(message, question_, answer_);
  // There nobody else could have changed the letters.
  if (verdict == dns_verdict::other_case) {
    dns_question in_their_letters = question_;
    in_their_letters.name =
        dns::name(dns::name_view::front_of(message.subspan(12)).value_or(dns::name_view()));
    verdict = read_answer(message, in_their_letters, answer_);
  }
  if (verdict == dns_verdict::answer) {
    state_ = state::answered;
    return verdict;
  }
  refused_ |= bit(server_);
  state_ = state::to_ask;
  return verdict;
}

}  // namespace mirage
