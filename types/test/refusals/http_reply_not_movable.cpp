// SPDX-License-Identifier: ISC
// An HTTP response: it cannot be moved.
// error: 'mirage::reply' does not satisfy 'movable'
// error: 'mirage::reply' does not satisfy 'move_constructible'
#include "mirage/v1.hpp"

namespace mirage {

struct reply {
  unsigned status() const noexcept;
  std::span<const v1::http_header> headers() const noexcept;
  std::optional<std::string_view> header(std::string_view name) const noexcept;
  task<result<buffer, v1::http_error>> read_body();
  reply(reply&&) = delete;
};
static_assert(v1::http_reply<reply>);

}  // namespace mirage
