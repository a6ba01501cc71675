// SPDX-License-Identifier: ISC
#include "mirage/dns/tsig.hpp"

#include <bearssl.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base_text.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/equal_in_constant_time.hpp"

namespace mirage::dns {

namespace {

struct algorithm_facts {
  std::string_view name;
  std::string_view wire;  // with its length in front and the root behind
  const br_hash_class* hash;
  std::size_t size;
};

const algorithm_facts& facts_of(tsig_algorithm algorithm) noexcept {
  using namespace std::string_view_literals;
  static constexpr std::array<algorithm_facts, 5> known{{
      {"hmac-sha1", "\x09hmac-sha1\0"sv, &br_sha1_vtable, br_sha1_SIZE},
      {"hmac-sha224", "\x0bhmac-sha224\0"sv, &br_sha224_vtable, br_sha224_SIZE},
      {"hmac-sha256", "\x0bhmac-sha256\0"sv, &br_sha256_vtable, br_sha256_SIZE},
      {"hmac-sha384", "\x0bhmac-sha384\0"sv, &br_sha384_vtable, br_sha384_SIZE},
      {"hmac-sha512", "\x0bhmac-sha512\0"sv, &br_sha512_vtable, br_sha512_SIZE},
  }};
  return known[static_cast<std::size_t>(algorithm)];
}

name_view wire_name_of(tsig_algorithm algorithm) noexcept {
  return name_view::trusted(std::as_bytes(std::span(facts_of(algorithm).wire)));
}

constexpr std::size_t greatest_mac = br_sha512_SIZE;
constexpr std::size_t least_mac = 10;  // §5.2.2.1
constexpr std::size_t record_fixed = 2 + 2 + 4 + 2;
constexpr std::size_t rdata_fixed = 6 + 2 + 2 + 2 + 2 + 2;
constexpr std::size_t time_size = 6;

void store_time(std::byte* to, std::uint64_t seconds) noexcept {
  store_be16(to, static_cast<std::uint16_t>(seconds >> 32));
  store_be32(to + 2, static_cast<std::uint32_t>(seconds));
}
std::uint64_t load_time(const std::byte* from) noexcept {
  return std::uint64_t{load_be16(from)} << 32 | load_be32(from + 2);
}

/// The record behind the message, whose count of additional records grows.
std::size_t append_record(bytes space, std::size_t size, const tsig_record& what) noexcept {
  std::byte* to = space.data() + size;
  const auto put = [&to](cbytes octets) {
    if (!octets.empty()) std::memcpy(to, octets.data(), octets.size());
    to += octets.size();
  };
  const std::size_t rdata = what.algorithm.size() + rdata_fixed + what.mac.size() + what.other.size();
  require(space.size() - size >= what.key.size() + record_fixed + rdata, "a TSIG has no room");
  put(what.key.view().wire());
  store_be16(to, static_cast<std::uint16_t>(record_type::tsig));
  store_be16(to + 2, static_cast<std::uint16_t>(record_class::any));
  store_be32(to + 4, 0);
  store_be16(to + 8, static_cast<std::uint16_t>(rdata));
  to += record_fixed;
  put(what.algorithm.view().wire());
  store_time(to, what.time);
  store_be16(to + 6, what.fudge);
  store_be16(to + 8, static_cast<std::uint16_t>(what.mac.size()));
  to += 10;
  put(what.mac);
  store_be16(to, what.original_id);
  store_be16(to + 2, static_cast<std::uint16_t>(what.error));
  store_be16(to + 4, static_cast<std::uint16_t>(what.other.size()));
  to += 6;
  put(what.other);
  store_be16(space.data() + 10, static_cast<std::uint16_t>(load_be16(space.data() + 10) + 1));
  return static_cast<std::size_t>(to - space.data());
}

/// The data of a TSIG; its algorithm is not compressed.
bool read_data(cbytes rdata, tsig_record& into) noexcept {
  const auto algorithm = name_view::front_of(rdata);
  if (!algorithm || rdata.size() - algorithm->size() < rdata_fixed) return false;
  into.algorithm = *algorithm;
  into.algorithm.lower();
  rdata = rdata.subspan(algorithm->size());
  into.time = load_time(rdata.data());
  into.fudge = load_be16(rdata.data() + 6);
  const std::size_t mac = load_be16(rdata.data() + 8);
  if (rdata.size() - rdata_fixed < mac) return false;
  into.mac = rdata.subspan(10, mac);
  rdata = rdata.subspan(10 + mac);
  into.original_id = load_be16(rdata.data());
  into.error = static_cast<rcode>(load_be16(rdata.data() + 2));
  into.other = rdata.subspan(6);
  return into.other.size() == load_be16(rdata.data() + 4);
}

}  // namespace

std::string_view name_of(tsig_algorithm algorithm) noexcept { return facts_of(algorithm).name; }
std::size_t mac_size(tsig_algorithm algorithm) noexcept { return facts_of(algorithm).size; }

result<tsig_key, std::string_view> tsig_key::parse(std::string_view text) {
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) return fail("a key is written NAME:ALGORITHM:BASE64");
  const auto id = name::parse(text.substr(0, first));
  if (!id) return fail(describe(id.error()));
  tsig_key key{.id = *id};
  key.id.lower();
  const std::string_view algorithm = text.substr(first + 1, second - first - 1);
  bool known = false;
  for (unsigned i = 0; i <= static_cast<unsigned>(tsig_algorithm::hmac_sha512) && !known; ++i) {
    key.algorithm = static_cast<tsig_algorithm>(i);
    known = name_of(key.algorithm) == algorithm;
  }
  if (!known) return fail("the algorithms are hmac-sha1, -sha224, -sha256, -sha384 and -sha512");
  const std::string_view digits = text.substr(second + 1);
  key.secret.resize(digits.size());
  digit_reader reader(6, key.secret);
  if (!reader.take(digits) || !reader.whole() || reader.size() == 0)
    return fail("the secret of a key is written in base64");
  key.secret.resize(reader.size());
  return key;
}

result<std::optional<tsig_record>, wire_error> tsig_record::of(cbytes message) noexcept {
  MIRAGE_TRY(message_reader reader, message_reader::open(message));
  for (std::size_t i = reader.head().count(section::question); i > 0; --i)
    MIRAGE_TRY_VOID(reader.next_question());
  std::optional<tsig_record> found;
  while (true) {
    const std::size_t at = reader.position();
    MIRAGE_TRY(const std::optional<record> each, reader.next_record());
    if (!each) {
      if (found && at != message.size()) return fail(wire_error::bad_option);
      return found;
    }
    if (found) return fail(wire_error::bad_option);
    if (each->type != record_type::tsig) continue;
    if (each->where != section::additional || each->in_class != record_class::any || each->ttl != 0)
      return fail(wire_error::bad_option);
    found.emplace();
    found->key = each->owner;
    found->key.lower();
    found->at = at;
    if (!read_data(reader.raw_rdata(*each), *found)) return fail(wire_error::bad_data);
  }
}

struct tsig_exchange::state {
  explicit state(const tsig_key& of) noexcept : key(of) {
    br_hmac_key_init(&prepared, facts_of(of.algorithm).hash, of.secret.data(), of.secret.size());
    br_hmac_init(&digest, &prepared, 0);
  }
  ~state() { br_hmac_key_init(&prepared, &br_sha256_vtable, nullptr, 0); }  // leaves nothing of the secret
  state(const state&) = delete;
  state& operator=(const state&) = delete;

  void add(cbytes octets) noexcept { br_hmac_update(&digest, octets.data(), octets.size()); }
  void add16(std::size_t value) noexcept {
    std::array<std::byte, 2> octets;
    store_be16(octets.data(), static_cast<std::uint16_t>(value));
    add(octets);
  }
  /// §4.3.2: as it was before the TSIG was added.
  void add_message(cbytes message, std::uint16_t id, unsigned additional) noexcept {
    std::array<std::byte, header::size> head;
    std::memcpy(head.data(), message.data(), head.size());
    store_be16(head.data(), id);
    store_be16(head.data() + 10, static_cast<std::uint16_t>(additional));
    add(head);
    add(message.subspan(header::size));
  }
  /// §4.3.3; of the third signed message and those behind it only the times (§5.3.1).
  void add_variables(const tsig_record& what) noexcept {
    std::array<std::byte, 8> times;
    store_time(times.data(), what.time);
    store_be16(times.data() + 6, what.fudge);
    if (signed_count >= 2) return add(times);
    add(key.id.view().wire());
    add16(static_cast<std::size_t>(record_class::any));
    add16(0);
    add16(0);
    add(wire_name_of(key.algorithm).wire());
    add(times);
    add16(static_cast<std::size_t>(what.error));
    add16(what.other.size());
    add(what.other);
  }
  cbytes finish() noexcept { return cbytes(mac).first(br_hmac_out(&digest, mac.data())); }
  /// What is signed next begins with the MAC before it (§4.3.1).
  void begin_next(cbytes prior) noexcept {
    br_hmac_init(&digest, &prepared, 0);
    add16(prior.size());
    add(prior);
    ++signed_count;
  }

  const tsig_key& key;
  br_hmac_key_context prepared;
  br_hmac_context digest;
  unsigned long signed_count = 0;
  std::uint64_t peer_time = 0;
  std::array<std::byte, greatest_mac> mac;
};

tsig_exchange::tsig_exchange(const tsig_key& key) : state_(new state(key)) {}
tsig_exchange::~tsig_exchange() = default;
tsig_exchange::tsig_exchange(tsig_exchange&&) noexcept = default;
tsig_exchange& tsig_exchange::operator=(tsig_exchange&&) noexcept = default;

rcode tsig_exchange::verify(cbytes message, const tsig_record& found, std::uint64_t now) noexcept {
  state& on = *state_;
  const std::size_t whole = mac_size(on.key.algorithm);
  if (found.key != on.key.id || found.algorithm.view() != wire_name_of(on.key.algorithm))
    return rcode::bad_key;
  if (found.mac.empty()) return rcode::bad_signature;
  if (found.mac.size() > whole || found.mac.size() < std::max(least_mac, whole / 2))
    return rcode::format_error;
  on.add_message(message.first(found.at), found.original_id, load_be16(message.data() + 10) - 1u);
  on.add_variables(found);
  if (!equal_in_constant_time(found.mac, on.finish().first(found.mac.size()))) return rcode::bad_signature;
  on.begin_next(found.mac);
  on.peer_time = found.time;
  const std::uint64_t apart = found.time > now ? found.time - now : now - found.time;
  if (apart > found.fudge) return rcode::bad_time;
  if (found.mac.size() < whole) return rcode::bad_truncation;
  return found.error;
}

void tsig_exchange::add_unsigned(cbytes message) noexcept {
  if (message.size() >= header::size)
    state_->add_message(message, load_be16(message.data()), load_be16(message.data() + 10));
}

std::size_t tsig_exchange::size() const noexcept {
  const tsig_key& key = state_->key;
  return key.id.size() + record_fixed + wire_name_of(key.algorithm).size() + rdata_fixed +
         mac_size(key.algorithm) + time_size;
}

std::size_t tsig_exchange::sign(bytes space, std::size_t size, std::uint64_t now, rcode error) noexcept {
  state& on = *state_;
  const cbytes message = space.first(size);
  std::array<std::byte, time_size> server_time;
  store_time(server_time.data(), now);
  tsig_record made{
      .key = on.key.id, .algorithm = wire_name_of(on.key.algorithm), .time = now, .fudge = fudge};
  made.original_id = load_be16(message.data());
  made.error = error;
  if (error == rcode::bad_time) {  // §5.2.3: with the client's time, and ours beside it
    made.time = on.peer_time;
    made.other = server_time;
  }
  on.add_message(message, made.original_id, load_be16(message.data() + 10));
  on.add_variables(made);
  made.mac = on.finish();
  on.begin_next(made.mac);
  return append_record(space, size, made);
}

std::size_t tsig_error_size(const tsig_record& request) noexcept {
  return request.key.size() + record_fixed + request.algorithm.size() + rdata_fixed;
}

std::size_t add_tsig_error(bytes space, std::size_t size, const tsig_record& request, rcode error) noexcept {
  tsig_record made{.key = request.key, .algorithm = request.algorithm, .time = request.time};
  made.fudge = request.fudge;
  made.original_id = request.original_id;
  made.error = error;
  return append_record(space, size, made);
}

}  // namespace mirage::dns
