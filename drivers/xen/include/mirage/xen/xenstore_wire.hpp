// SPDX-License-Identifier: ISC
// Messages to and from xenstored (Xen's public header io/xs_wire.h): a header of four words and a payload,
// mostly texts with a NUL behind each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/core/bytes.hpp"

namespace mirage::xen {

enum class message_type : std::uint32_t {
  directory = 1,
  read = 2,
  watch = 4,
  unwatch = 5,
  transaction_start = 6,
  transaction_end = 7,
  write = 11,
  make_directory = 12,
  remove = 13,
  set_permissions = 14,
  watch_event = 15,
  error = 16
};

struct message_header {
  static constexpr std::size_t size = 16;
  static constexpr std::size_t longest_payload = 4096;

  message_type type{};
  std::uint32_t request = 0;      ///< comes back in the answer; 0 in a watch's event
  std::uint32_t transaction = 0;  ///< 0: none
  std::uint32_t length = 0;       ///< of the payload
};

/// `not_found`, `exists`, `denied`: of the path. `conflict`: the transaction has to be done again. `invalid`:
/// xenstored does not understand the request, or it is too long. `no_space`: a quota of this domain.
/// `disconnected`: there is no xenstored, or it broke the rules. `failed`: anything else it says.
enum class xenstore_error : std::uint8_t {
  not_found,
  exists,
  denied,
  conflict,
  invalid,
  no_space,
  disconnected,
  failed
};
[[nodiscard]] constexpr std::string_view describe(xenstore_error error) noexcept {
  constexpr std::array<std::string_view, 8> words{"there is no such key in xenstore",
                                                  "the key is in xenstore already",
                                                  "xenstore does not permit it",
                                                  "somebody changed in xenstore what the transaction read",
                                                  "xenstore does not understand the request",
                                                  "a quota of xenstore is used up",
                                                  "there is no connection to xenstore",
                                                  "xenstore could not do it"};
  return words[static_cast<std::size_t>(error)];
}

/// The payload of an answer of type `error`.
[[nodiscard]] xenstore_error error_of_word(std::string_view payload) noexcept;

/// A whole message; the payload is the parts behind each other, without anything between them.
[[nodiscard]] std::string make_message(const message_header& header,
                                       std::initializer_list<std::string_view> parts);

/// The texts of a payload, each up to a NUL; the last may lack it.
[[nodiscard]] std::vector<std::string> texts_of(std::string_view payload);

/// Puts messages together from pieces of any size. Holds one message at most.
class message_reader {
 public:
  struct message {
    message_header header;
    std::string_view payload;  ///< until the next call
  };
  /// Takes from the front of `from` what belongs to the next message, and gives that when it is whole.
  /// Nothing: it needs more, or is `broken`.
  [[nodiscard]] std::optional<message> next(cbytes& from);
  /// A message longer than any may be has come; nothing can be read after it.
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  /// The next byte is the first of a message.
  void reset() noexcept;

 private:
  void fill(cbytes& from, std::size_t wanted);

  std::string gathered_;
  bool whole_ = false;  // `gathered_` was given out
  bool broken_ = false;
};

}  // namespace mirage::xen
