// SPDX-License-Identifier: ISC
#include "mirage/xen/xenstore.hpp"

#include <algorithm>
#include <charconv>

#include "mirage/core/log.hpp"
#include "mirage/core/panic.hpp"

namespace mirage::xen {

namespace {

constexpr log_source xenstore_log{"xenstore"};
constexpr std::size_t most_abandoned = 16;

using namespace std::string_view_literals;

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string whole;
  for (const std::string_view part : parts) whole += part;
  return whole;
}

std::optional<std::uint64_t> number_of(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

xenstore::xenstore(xenstore_transport& over) : transport_(over) { transport_.attach(this); }

xenstore::~xenstore() {
  transport_.attach(nullptr);
  fail_all();
}

// ---- Operations ----------------------------------------------------------------------------------------

task<result<std::string, xenstore_error>> xenstore::read(std::string_view path, transaction within) {
  return ask(message_type::read, within, joined({path, "\0"sv}));
}

task<result<std::uint64_t, xenstore_error>> xenstore::read_number(std::string_view path, transaction within) {
  auto value = [](task<answer> asked) -> task<result<std::uint64_t, xenstore_error>> {
    auto text = co_await std::move(asked);
    MIRAGE_CO_TRY_VOID(text);
    const auto number = number_of(*text);
    if (!number) co_return fail(xenstore_error::invalid);
    co_return *number;
  };
  return value(read(path, within));
}

task<result<void, xenstore_error>> xenstore::write(std::string_view path, std::string_view value,
                                                   transaction within) {
  return tell(message_type::write, within, joined({path, "\0"sv, value}));
}

task<result<void, xenstore_error>> xenstore::make_directory(std::string_view path, transaction within) {
  return tell(message_type::make_directory, within, joined({path, "\0"sv}));
}

task<result<void, xenstore_error>> xenstore::remove(std::string_view path, transaction within) {
  return tell(message_type::remove, within, joined({path, "\0"sv}));
}

task<result<std::vector<std::string>, xenstore_error>> xenstore::directory(std::string_view path,
                                                                           transaction within) {
  auto list = [](task<answer> asked) -> task<result<std::vector<std::string>, xenstore_error>> {
    auto payload = co_await std::move(asked);
    MIRAGE_CO_TRY_VOID(payload);
    co_return texts_of(*payload);
  };
  return list(ask(message_type::directory, within, joined({path, "\0"sv})));
}

task<result<void, xenstore_error>> xenstore::permit(std::string_view path, std::uint16_t owner,
                                                    std::uint16_t reader, transaction within) {
  return tell(message_type::set_permissions, within,
              joined({path, "\0n"sv, std::to_string(owner), "\0r"sv, std::to_string(reader), "\0"sv}));
}

task<result<transaction, xenstore_error>> xenstore::begin() {
  auto id = co_await ask(message_type::transaction_start, {}, std::string("\0"sv));
  MIRAGE_CO_TRY_VOID(id);
  const auto number = number_of(std::string_view(*id).substr(0, id->find('\0')));
  if (!number || *number == 0 || *number > UINT32_MAX) co_return fail(xenstore_error::failed);
  co_return transaction{static_cast<std::uint32_t>(*number)};
}

task<result<void, xenstore_error>> xenstore::end(transaction which, bool commit) {
  return tell(message_type::transaction_end, which, std::string(commit ? "T\0"sv : "F\0"sv));
}

task<result<void, xenstore_error>> xenstore::tell(message_type type, transaction within,
                                                  std::string payload) {
  auto answered = co_await ask(type, within, std::move(payload));
  MIRAGE_CO_TRY_VOID(answered);
  co_return {};
}

task<xenstore::answer> xenstore::ask(message_type type, transaction within, std::string payload) {
  if (payload.size() > message_header::longest_payload) co_return fail(xenstore_error::invalid);
  auto turn = co_await turns_.acquire();
  if (broken_) co_return fail(xenstore_error::disconnected);
  std::uint16_t index = 0;
  while (slots_[index].busy) ++index;
  slot& mine = slots_[index];
  mine.permit.emplace(std::move(turn));
  completion<answer> done(mine.who, "xenstore");
  submit(index, type, within, payload);
  co_return co_await done;
}

// ---- Requests and answers ------------------------------------------------------------------------------

void xenstore::submit(std::uint16_t index, message_type type, transaction within, std::string_view payload) {
  slot& one = slots_[index];
  one.busy = true;
  one.type = type;
  // Never 0, and told apart from the number that the slot had before.
  last_number_ = (last_number_ + 1) & 0xffffU;
  one.number = ((last_number_ << 8U) | index) + 1;
  one.sent = 0;
  one.message = make_message({.type = type, .request = one.number, .transaction = within.id}, {payload});
  ++requests_;
  to_send_.push_back(index);
  send();
}

void xenstore::send() noexcept {
  bool some = false;
  while (!to_send_.empty() && !broken_) {
    slot& one = slots_[to_send_.front()];
    const auto taken = transport_.write(as_bytes(one.message).subspan(one.sent));
    if (!taken) return break_off();
    one.sent += *taken;
    some = some || *taken != 0;
    if (one.sent < one.message.size()) break;
    one.message = {};
    erase_if(to_send_, [sent = to_send_.front()](std::uint16_t each) { return each == sent; });
  }
  if (some) transport_.flush();
}

void xenstore::ready() noexcept {
  if (broken_) return;
  receive();
  keep_house();
  send();
}

void xenstore::receive() noexcept {
  std::array<std::byte, 512> piece;
  bool some = false;
  while (!broken_) {
    const auto size = transport_.read(piece);
    if (!size) return break_off();
    if (*size == 0) break;
    some = true;
    cbytes rest = cbytes(piece).first(*size);
    while (const auto one = reader_.next(rest)) {
      take(*one);
      if (broken_) return;
    }
    if (reader_.broken()) return break_off();
  }
  if (some) transport_.flush();
}

void xenstore::take(const message_reader::message& one) {
  if (one.header.type == message_type::watch_event)
    take_event(one.payload);
  else
    take_answer(one);
}

void xenstore::take_answer(const message_reader::message& one) {
  const std::uint32_t index = (one.header.request - 1) & 0xffU;
  const bool known = index < slots_.size() && slots_[index].busy && slots_[index].message.empty() &&
                     slots_[index].number == one.header.request;
  if (!known) return break_off();
  slot& answered = slots_[index];
  if (one.header.type == message_type::error)
    finish(answered, fail(error_of_word(one.payload)));
  else if (one.header.type == answered.type)
    finish(answered, std::string(one.payload));
  else
    break_off();
}

void xenstore::finish(slot& one, answer how) {
  one.busy = false;
  if (&one == &slots_[housekeeping]) return end_housekeeping(how.has_value());
  one.who.finish(std::move(how));
  one.permit.reset();
}

void xenstore::fail_all() noexcept {
  to_send_.clear();
  for (slot& one : slots_) {
    one.message = {};
    if (one.busy && &one != &slots_[housekeeping]) finish(one, fail(xenstore_error::disconnected));
    one.busy = false;
  }
  kept_token_ = most_watches;
  abandoned_.clear();
}

void xenstore::break_off() noexcept {
  if (broken_) return;
  broken_ = true;
  ++faults_;
  xenstore_log.error("xenstored broke its protocol, or went away; it is no longer asked");
  fail_all();
  for (watched& each : watches_) {
    if (each.who == nullptr) continue;
    each.who->failed_ = true;
    each.who->changed_.set();
  }
}

void xenstore::reconnect() noexcept {
  reader_.reset();
  broken_ = false;
  fail_all();
  for (watched& each : watches_) {
    each.state = each.who != nullptr ? watched::state_kind::wanted : watched::state_kind::free;
    if (each.who == nullptr) continue;
    each.who->failed_ = false;
    each.who->changed_.set();
  }
  keep_house();
}

// ---- Watches, and what nobody waits for ----------------------------------------------------------------

void xenstore::take_event(std::string_view payload) {
  const std::size_t path_end = payload.find('\0');
  const std::string_view token = path_end == std::string_view::npos ? ""sv : payload.substr(path_end + 1);
  const auto number = number_of(token.substr(0, token.find('\0')));
  if (!number || *number >= watches_.size() || watches_[*number].who == nullptr) {
    ++stray_;
    return;
  }
  watches_[*number].who->changed_.set();
}

std::uint16_t xenstore::enter(xenstore_watch& who, std::string_view path) {
  for (std::uint16_t token = 0; token < watches_.size() && !broken_; ++token) {
    watched& one = watches_[token];
    if (one.state != watched::state_kind::free) continue;
    one.state = watched::state_kind::wanted;
    one.path = path;
    one.who = &who;
    keep_house();
    return token;
  }
  return most_watches;
}

void xenstore::leave(std::uint16_t token) noexcept {
  watched& one = watches_[token];
  one.who = nullptr;
  using enum watched::state_kind;
  if (one.state == wanted || broken_) one.state = free;
  if (one.state == active) one.state = leaving;
  keep_house();
}

void xenstore::abandon(transaction which) noexcept {
  if (broken_ || abandoned_.size() == most_abandoned) return;
  abandoned_.push_back(which);
  keep_house();
}

// One request at a time, for whatever is to be done.
void xenstore::keep_house() {
  using enum watched::state_kind;
  if (slots_[housekeeping].busy || broken_) return;
  if (!abandoned_.empty()) {
    const transaction which = abandoned_.back();
    abandoned_.pop_back();
    return submit(housekeeping, message_type::transaction_end, which, "F\0"sv);
  }
  for (std::size_t token = 0; token < watches_.size(); ++token) {
    watched& one = watches_[token];
    if (one.state != wanted && one.state != leaving) continue;
    std::array<char, 8> digits{};
    std::to_chars(digits.data(), digits.data() + digits.size() - 1, token);
    const auto type = one.state == wanted ? message_type::watch : message_type::unwatch;
    if (one.state == wanted) one.state = asked;
    kept_token_ = static_cast<std::uint16_t>(token);
    return submit(housekeeping, type, {}, joined({one.path, "\0"sv, digits.data(), "\0"sv}));
  }
}

void xenstore::end_housekeeping(bool succeeded) {
  using enum watched::state_kind;
  if (kept_token_ == most_watches) return;
  watched& one = watches_[std::exchange(kept_token_, most_watches)];
  if (one.state == leaving) {
    one.state = free;
  } else if (one.state == asked) {
    // Its owner may have gone meanwhile.
    if (succeeded) {
      one.state = one.who != nullptr ? active : leaving;
    } else {
      one.state = one.who != nullptr ? active : free;
      if (one.who != nullptr) {
        one.who->failed_ = true;
        one.who->changed_.set();
      }
    }
  }
}

xenstore_watch::xenstore_watch(xenstore& store, std::string_view path, event& changed)
    : store_(store), changed_(changed), token_(store.enter(*this, path)) {
  if (token_ == xenstore::most_watches) {
    failed_ = true;
    changed_.set();
  }
}

xenstore_watch::~xenstore_watch() {
  if (token_ != xenstore::most_watches) store_.leave(token_);
}

}  // namespace mirage::xen
