// SPDX-License-Identifier: ISC
// The content codings of HTTP (RFC 9110 §8.4.1) as far as they are computed ahead: gzip (RFC 1952) and brotli
// (RFC 7932). The same bytes give the same variant in every run.
#pragma once

#include <string>
#include <string_view>

namespace mirage::crunch_generator {

/// The strongest compression; the header has neither a name nor a time.
std::string gzip(std::string_view content);

/// The strongest compression up to two MiB, and a faster one above: the strongest takes two seconds a MiB.
std::string brotli(std::string_view content);

/// Whether a variant is worth its place: at least a twentieth and 64 bytes (about what the header fields that
/// announce it take) smaller than the other.
constexpr bool pays(std::size_t variant, std::size_t other) {
  return variant + other / 20 <= other && variant + 64 <= other;
}

struct variants {
  std::string gzip;    // empty: does not pay
  std::string brotli;  // empty: does not pay, or is no smaller than gzip
};

/// Both variants, of content of this type. What is compressed in itself (images, archives) is not tried.
variants make_variants(std::string_view content, std::string_view content_type);

}  // namespace mirage::crunch_generator
