// SPDX-License-Identifier: ISC
// Entity tags (RFC 9110 §8.8.3) and conditional requests (RFC 9110 §13).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/http/date.hpp"
#include "mirage/http/message_head.hpp"

namespace mirage::http {

struct entity_tag {
  std::string_view opaque;  ///< with its quotes
  bool weak = false;
};

/// Reads one entity tag, the whole of `text`: `"abc"` or `W/"abc"`. Nothing if it is malformed.
[[nodiscard]] std::optional<entity_tag> parse_entity_tag(std::string_view text) noexcept;

/// RFC 9110 §8.8.3.2: equal, and neither is weak.
[[nodiscard]] constexpr bool strong_match(const entity_tag& a, const entity_tag& b) noexcept {
  return !a.weak && !b.weak && a.opaque == b.opaque;
}
/// Equal, weak or not.
[[nodiscard]] constexpr bool weak_match(const entity_tag& a, const entity_tag& b) noexcept {
  return a.opaque == b.opaque;
}

/// What is known of the representation that would be sent.
struct validators {
  std::string_view etag;  ///< as in the ETag field; "" if there is none
  std::optional<seconds_time> last_modified;
  bool exists = true;  ///< whether there is a representation: for "*"
};

enum class precondition : std::uint8_t {
  hold,          ///< go on
  not_modified,  ///< 304: the client has it already
  failed,        ///< 412
};

/// If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since, in the precedence of RFC 9110 §13.2.2.
/// To be asked when the response would otherwise be a 2xx. Malformed dates are ignored, malformed tags match
/// nothing.
[[nodiscard]] precondition evaluate_preconditions(const request_head& head, const validators& current,
                                                  seconds_time now) noexcept;

/// Whether Range is to be obeyed: a GET that has one, and an If-Range (RFC 9110 §13.1.5), if any, that
/// matches strongly. A date does only if it is exactly Last-Modified and that is at least a second before
/// `now`.
[[nodiscard]] bool range_applies(const request_head& head, const validators& current,
                                 seconds_time now) noexcept;

}  // namespace mirage::http
