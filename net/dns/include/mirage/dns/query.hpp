// SPDX-License-Identifier: ISC
// A query as it came, read once: what an answer depends on, for every server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/query_name.hpp"

namespace mirage::dns {

/// `drop`: nothing can be said to it, it is no query at all. `format_error`: a query, but malformed.
enum class query_kind : std::uint8_t { whole, format_error, drop };

class query {
 public:
  /// The message must outlive it.
  explicit query(cbytes message) noexcept;

  [[nodiscard]] query_kind kind() const noexcept { return kind_; }
  [[nodiscard]] cbytes message() const noexcept { return message_; }
  /// Of a message that is not dropped.
  [[nodiscard]] const header& head() const noexcept { return head_; }

  /// Whether there is one question that could be read; only then the following mean something.
  [[nodiscard]] bool has_question() const noexcept { return question_size_ > 0; }
  [[nodiscard]] const query_name& name() const noexcept { return name_; }
  [[nodiscard]] record_type type() const noexcept { return type_; }
  [[nodiscard]] record_class in_class() const noexcept { return class_; }
  /// The question as it came.
  [[nodiscard]] cbytes question() const noexcept { return message_.subspan(header::size, question_size_); }
  [[nodiscard]] name_view question_name() const noexcept {
    return name_view::trusted(message_.subspan(header::size, question_size_ - 4));
  }

  [[nodiscard]] const std::optional<edns>& options() const noexcept { return edns_; }
  [[nodiscard]] bool dnssec_ok() const noexcept { return edns_ && edns_->dnssec_ok; }
  /// Whether it is signed (RFC 8945); by whom is another question.
  [[nodiscard]] bool has_tsig() const noexcept { return has_tsig_; }

 private:
  [[nodiscard]] bool read_question() noexcept;
  [[nodiscard]] bool read_records() noexcept;
  [[nodiscard]] bool read_record(const record& each) noexcept;

  cbytes message_;
  header head_;
  query_kind kind_ = query_kind::drop;
  record_type type_{};
  record_class class_{};
  std::size_t question_size_ = 0;
  bool has_tsig_ = false;
  std::optional<edns> edns_;
  query_name name_;
};

}  // namespace mirage::dns
