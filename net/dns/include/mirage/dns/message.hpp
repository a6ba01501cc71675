// SPDX-License-Identifier: ISC
// Messages, RFC 1035 §4 and RFC 6891: a reader that goes over one in its order and never beyond its end, and
// a writer into memory of fixed size that shares names and undoes what does not fit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"
#include "mirage/dns/wire.hpp"

namespace mirage::dns {

struct question {
  name subject;
  record_type type = record_type::a;
  record_class in_class = record_class::in;
};

/// A record where it lies in a message.
struct record {
  section where = section::answer;
  name owner;
  record_type type = record_type::a;
  record_class in_class = record_class::in;
  std::uint32_t ttl = 0;
  std::size_t rdata_at = 0;  ///< in the message
  std::size_t rdata_size = 0;
};

/// Options of EDNS (RFC 6891 §6.1.2).
enum class option_code : std::uint16_t { nsid = 3, client_subnet = 8, cookie = 10, padding = 12, error = 15 };
struct edns_option {
  option_code code{};
  cbytes data{};
};
/// Takes the next option from the front; nothing at the end, or where `rest` is malformed and not empty.
[[nodiscard]] std::optional<edns_option> next_option(cbytes& rest) noexcept;

/// What an OPT record says.
struct edns {
  std::uint16_t payload = 1232;  ///< octets of UDP payload that its sender takes
  std::uint8_t extended_code = 0;
  std::uint8_t version = 0;
  bool dnssec_ok = false;  ///< DO, RFC 3225
  cbytes options{};        ///< for `next_option`

  /// Of an OPT record of that message; its owner must be the root and its options must fill it.
  [[nodiscard]] static result<edns, wire_error> read(cbytes message, const record& from) noexcept;
};

/// Reads a message front to back. The bytes must outlive it.
class message_reader {
 public:
  /// Of at least a whole header.
  [[nodiscard]] static result<message_reader, wire_error> open(cbytes message) noexcept;

  [[nodiscard]] const header& head() const noexcept { return head_; }
  [[nodiscard]] cbytes message() const noexcept { return message_; }
  /// Where the next question or record begins.
  [[nodiscard]] std::size_t position() const noexcept { return at_; }

  /// The next question; nothing when there is no more.
  result<std::optional<question>, wire_error> next_question() noexcept;
  /// The next record of any section, behind the questions, which are skipped; nothing at the end.
  result<std::optional<record>, wire_error> next_record() noexcept;
  /// The data of a record without compression, and checked; `out` as for `read_rdata`.
  [[nodiscard]] result<std::size_t, wire_error> rdata(const record& of, bytes out) const noexcept {
    return read_rdata(message_, of.rdata_at, of.rdata_size, of.type, out);
  }
  [[nodiscard]] cbytes raw_rdata(const record& of) const noexcept {
    return message_.subspan(of.rdata_at, of.rdata_size);
  }

 private:
  message_reader(cbytes message, const header& head) noexcept
      : message_(message), head_(head), left_(head.counts) {}
  cbytes message_;
  header head_;
  std::array<std::uint16_t, 4> left_;
  std::size_t at_ = header::size;
};

/// Writes a message front to back: its sections in their order. What does not fit is not written, and the
/// call says so; the message is then as it was before.
class message_writer {
 public:
  /// Into memory that must outlive it, of at least a header and at most 65535 octets used.
  explicit message_writer(bytes space) noexcept;

  /// The counts are the writer's own.
  void set_header(const header& head) noexcept;
  [[nodiscard]] bool add(const question& asked) noexcept;
  [[nodiscard]] bool add_question(name_view subject, record_type type,
                                  record_class in_class = record_class::in) noexcept;
  /// `rdata` without compression and valid for its type.
  [[nodiscard]] bool add_record(section where, name_view owner, record_type type, record_class in_class,
                                std::uint32_t ttl, cbytes rdata) noexcept;
  /// The OPT record, in the additional section.
  [[nodiscard]] bool add_edns(const edns& what) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Keeps so many octets at the end free for what comes last; 0 gives them back.
  void reserve(std::size_t octets) noexcept { reserved_ = octets; }
  [[nodiscard]] std::uint16_t count(section of) const noexcept {
    return counts_[static_cast<std::size_t>(of)];
  }

  /// A state of the message to go back to.
  struct mark {
    std::size_t size;
    std::size_t shared;
    std::array<std::uint16_t, 4> counts;
  };
  [[nodiscard]] mark now() const noexcept { return {size_, shared_count_, counts_}; }
  void go_back(const mark& to) noexcept;

  /// The message, with its counts.
  cbytes finish() noexcept;

  // ---- For whoever writes what was prepared before ----

  /// Bytes as they are, names in them not shared. False, and no change, when they do not fit.
  [[nodiscard]] bool append(cbytes octets) noexcept;
  /// A name, sharing what stands in the message already, if `compress`.
  [[nodiscard]] bool append_name(name_view what, bool compress) noexcept;
  /// The first question, as it came; names may share its `subject`, which must outlive the writer.
  [[nodiscard]] bool append_question(cbytes octets, name_view subject) noexcept;
  void added(section where, unsigned records = 1) noexcept;
  /// Records as a `record_set` has them, whose owner is the question's name.
  [[nodiscard]] bool add_prepared(section where, unsigned count, cbytes records) noexcept;
  /// The same of another owner.
  [[nodiscard]] bool add_prepared(section where, unsigned count, cbytes records, name_view owner) noexcept;

 private:
  /// A name that can be pointed to: where it begins, and a hash of its labels.
  struct shared_name {
    std::uint16_t at;
    std::uint16_t hash;
  };
  static constexpr std::size_t most_shared = 64;

  [[nodiscard]] std::size_t room() const noexcept;
  [[nodiscard]] bool append_rdata(record_type type, cbytes rdata) noexcept;
  [[nodiscard]] bool add_one_by_one(section where, unsigned count, cbytes records,
                                    const name_view* owner) noexcept;
  void remember(name_view what, std::size_t at) noexcept;
  void remember(std::size_t at, std::uint16_t hash) noexcept;
  [[nodiscard]] std::optional<std::uint16_t> find(name_view what, std::uint16_t hash) const noexcept;
  [[nodiscard]] bool stands_at(std::size_t at, name_view what) const noexcept;

  bytes space_;
  std::size_t size_ = header::size;
  std::size_t reserved_ = 0;
  std::size_t shared_count_ = 0;
  std::array<std::uint16_t, 4> counts_{};
  name_view question_;  // to be remembered when the first name is shared: most answers share none
  std::array<shared_name, most_shared> shared_;
};

}  // namespace mirage::dns
