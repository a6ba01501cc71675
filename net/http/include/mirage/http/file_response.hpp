// SPDX-License-Identifier: ISC
// What a request for a file gets, decided without I/O: which variant (RFC 9110 §12.5.3), which status
// (conditions, §13; ranges, §14), and the field lines that go with it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "mirage/http/conditional.hpp"
#include "mirage/http/content_coding.hpp"
#include "mirage/http/head_writer.hpp"
#include "mirage/http/range.hpp"
#include "mirage/v1.hpp"

namespace mirage::http {

/// What is known of a file before it is read.
struct file_facts {
  std::string_view content_type{};
  std::string_view etag{};  ///< of the identity form, quoted; "" if there is none
  std::optional<seconds_time> last_modified{};
  std::array<std::uint64_t, content_coding_count> sizes{};  ///< by coding
  content_codings available{};                              ///< which forms there are
};

/// The facts of a value in the image.
[[nodiscard]] file_facts facts_of(const v1::asset& file) noexcept;
/// The bytes of one form.
[[nodiscard]] cbytes form_of(const v1::asset& file, content_coding coding) noexcept;

/// An entity tag, made from that of the identity form: each form needs its own (RFC 9110 §8.8.3.3). "" where
/// there is none, or it is longer than 128 bytes.
class form_tag {
 public:
  form_tag() noexcept = default;
  form_tag(std::string_view identity, content_coding coding) noexcept;
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), length_}; }

 private:
  std::array<char, 136> text_;
  std::uint8_t length_ = 0;
};

struct file_response {
  status code = status::ok;  ///< 200, 206, 304, 406, 412 or 416
  content_coding coding = content_coding::identity;
  std::uint64_t size = 0;                ///< of the form, whole
  std::span<const byte_range> ranges{};  ///< with 206: what of it; a part of the space given
};

/// Decides for a GET or HEAD. `space` bounds how many ranges one request can have.
[[nodiscard]] file_response choose_file_response(const request_head& head, const file_facts& file,
                                                 seconds_time now, std::span<byte_range> space) noexcept;

/// The field lines of the response, without those that are the server's own. A 206 with several ranges has
/// the media type `multipart_type` (`multipart/byteranges; boundary=...`).
void write_file_lines(head_writer& to, const file_facts& file, const file_response& response,
                      std::string_view cache_control, std::string_view multipart_type = {}) noexcept;

/// Whether a path may be served: no segment begins with a dot, but for `/.well-known/` (RFC 8615).
[[nodiscard]] bool is_visible_path(std::string_view path) noexcept;

}  // namespace mirage::http
