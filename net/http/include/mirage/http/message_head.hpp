// SPDX-License-Identifier: ISC
// The head of a message, as views into the bytes that it was parsed from (RFC 9112 §2.1, RFC 9110 §6.3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "mirage/http/field.hpp"
#include "mirage/http/method.hpp"
#include "mirage/http/request_target.hpp"
#include "mirage/http/status.hpp"

namespace mirage::http {

/// How the end of a body is found, RFC 9112 §6.3.
enum class framing : std::uint8_t {
  none,         ///< there is no body
  length,       ///< Content-Length says
  chunked,      ///< the chunked transfer coding says
  until_close,  ///< the end of the connection is the end of the body; responses only
};

/// The lines of a field section that has been checked already: walking it cannot fail.
class field_lines {
 public:
  class iterator {
   public:
    using value_type = field_line;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;
    iterator() noexcept = default;
    explicit iterator(std::string_view rest) noexcept : rest_(rest) { read(); }
    [[nodiscard]] field_line operator*() const noexcept { return line_; }
    [[nodiscard]] const field_line* operator->() const noexcept { return &line_; }
    iterator& operator++() noexcept {
      rest_.remove_prefix(length_);
      read();
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept {
      return a.rest_.size() == b.rest_.size();
    }

   private:
    void read() noexcept;
    std::string_view rest_;
    std::size_t length_ = 0;
    field_line line_;
  };

  explicit field_lines(std::string_view section) noexcept : section_(section) {}
  [[nodiscard]] iterator begin() const noexcept { return iterator{section_}; }
  [[nodiscard]] iterator end() const noexcept { return iterator{section_.substr(section_.size())}; }

 private:
  std::string_view section_;
};

/// What requests and responses share. Views stay valid as long as the bytes that were parsed, unmoved.
class message_head {
 public:
  /// The value of the first line with this name; "" if there is none.
  [[nodiscard]] std::string_view get(field name) const noexcept {
    if (!has(name)) return {};
    const slot& s = slots_[static_cast<std::size_t>(name)];
    return {base_ + s.offset, s.length};
  }
  [[nodiscard]] bool has(field name) const noexcept { return (present_ & bit(name)) != 0; }
  /// Whether more than one line has this name. For a field that is no list this is a sender's error.
  [[nodiscard]] bool repeated(field name) const noexcept { return (repeated_ & bit(name)) != 0; }

  [[nodiscard]] bool has_any(std::span<const field> names) const noexcept {
    std::uint64_t wanted = 0;
    for (const field name : names) wanted |= bit(name);
    return (present_ & wanted) != 0;
  }

  /// The value if there is exactly one line of this name; for fields that are no lists.
  [[nodiscard]] std::string_view single(field name) const noexcept {
    return repeated(name) ? std::string_view{} : get(name);
  }

  /// For names that have no constant: walks the lines.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

  /// All lines, in their order.
  [[nodiscard]] field_lines lines() const noexcept { return field_lines{section_}; }

  /// Calls `visit(std::string_view)` for the value of each line of this name, in their order; together they
  /// are the list value (RFC 9110 §5.3).
  template <class Visit>
  void for_each(field name, Visit visit) const {
    if (!has(name)) return;
    if (!repeated(name)) return visit(get(name));
    for (const field_line& line : lines())
      if (identify(line.name) == name) visit(line.value);
  }

  http::framing framing = http::framing::none;
  std::uint64_t content_length = 0;  ///< of a body with `framing::length`; else 0
  bool keep_alive = false;           ///< whether the peer wants to go on using the connection (RFC 9112 §9.3)
  bool http_1_0 = false;             ///< a message of HTTP/1.0; every other one is treated as HTTP/1.1

 private:
  friend class head_parser;
  struct slot {
    std::uint16_t offset;
    std::uint16_t length;
  };
  static constexpr std::uint64_t bit(field name) noexcept {
    return std::uint64_t{1} << static_cast<unsigned>(name);
  }
  static_assert(field_count < 64);

  const char* base_ = nullptr;
  std::string_view section_;
  std::uint64_t present_ = 0;
  std::uint64_t repeated_ = 0;
  std::array<slot, field_count> slots_;  // each is meaningful only where its bit in `present_` is set
};

class request_head : public message_head {
 public:
  http::method method = http::method::other;
  std::string_view method_text;
  request_target target;
  /// Whom the request is for: the authority of an absolute target, else the value of Host (RFC 9112 §3.3);
  /// "" in HTTP/1.0 without it. Checked to be `host [":" port]`.
  std::string_view host;
  bool expect_continue = false;  ///< the client waits for 100 before it sends the body (RFC 9110 §10.1.1)
};

class response_head : public message_head {
 public:
  http::status status = http::status::ok;
  std::string_view reason;
};

}  // namespace mirage::http
