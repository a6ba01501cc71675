// SPDX-License-Identifier: ISC
// The word and the status code of each refusal.
#include "mirage/http/refusal.hpp"

#include <array>

namespace mirage::http {

namespace {

struct entry {
  refusal reason;
  std::string_view word;
  status code;
};

using enum status;

constexpr std::array<entry, refusal_count> table{{
    {refusal::none, "none", ok},
    {refusal::request_line, "request_line", bad_request},
    {refusal::status_line, "status_line", bad_gateway},
    {refusal::method_too_long, "method_too_long", not_implemented},
    {refusal::target_too_long, "target_too_long", uri_too_long},
    {refusal::target_character, "target_character", bad_request},
    {refusal::target_form, "target_form", bad_request},
    {refusal::target_path, "target_path", bad_request},
    {refusal::version_unsupported, "version_unsupported", http_version_not_supported},
    {refusal::connect, "connect", not_implemented},
    {refusal::bare_lf, "bare_lf", bad_request},
    {refusal::bare_cr, "bare_cr", bad_request},
    {refusal::nul, "nul", bad_request},
    {refusal::control_character, "control_character", bad_request},
    {refusal::field_name, "field_name", bad_request},
    {refusal::space_before_colon, "space_before_colon", bad_request},
    {refusal::line_folding, "line_folding", bad_request},
    {refusal::head_too_long, "head_too_long", request_header_fields_too_large},
    {refusal::too_many_fields, "too_many_fields", request_header_fields_too_large},
    {refusal::host_missing, "host_missing", bad_request},
    {refusal::host_repeated, "host_repeated", bad_request},
    {refusal::host_invalid, "host_invalid", bad_request},
    {refusal::content_length_invalid, "content_length_invalid", bad_request},
    {refusal::content_length_repeated, "content_length_repeated", bad_request},
    {refusal::length_and_coding, "length_and_coding", bad_request},
    {refusal::coding_unknown, "coding_unknown", not_implemented},
    {refusal::coding_not_last, "coding_not_last", bad_request},
    {refusal::coding_in_http_1_0, "coding_in_http_1_0", bad_request},
    {refusal::body_too_long, "body_too_long", content_too_large},
    {refusal::chunk_size, "chunk_size", bad_request},
    {refusal::chunk_extension, "chunk_extension", bad_request},
    {refusal::chunk_extension_too_long, "chunk_extension_too_long", bad_request},
    {refusal::chunk_end, "chunk_end", bad_request},
    {refusal::trailer_too_long, "trailer_too_long", request_header_fields_too_large},
    {refusal::body_cut_short, "body_cut_short", bad_request},
    {refusal::expectation, "expectation", expectation_failed},
    {refusal::too_many_interim_responses, "too_many_interim_responses", bad_gateway},
    {refusal::unasked_response, "unasked_response", bad_gateway},
    {refusal::head_timeout, "head_timeout", request_timeout},
    {refusal::body_timeout, "body_timeout", request_timeout},
    {refusal::write_timeout, "write_timeout", request_timeout},
    {refusal::overload, "overload", service_unavailable},
}};

consteval bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].reason) != i) return false;
  return true;
}
static_assert(in_order(), "the table has one entry a refusal, in the order of the enum");

}  // namespace

std::string_view describe(refusal reason) noexcept { return table[static_cast<std::size_t>(reason)].word; }

status status_of(refusal reason) noexcept { return table[static_cast<std::size_t>(reason)].code; }

}  // namespace mirage::http
