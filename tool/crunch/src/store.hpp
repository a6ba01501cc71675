// SPDX-License-Identifier: ISC
// A folder as the store that will be in the image: everything computed, nothing written yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "folder.hpp"
#include "mirage/core/sha256.hpp"

namespace mirage::crunch_generator {

/// A stretch of the store's bytes.
struct extent {
  std::size_t offset = 0;
  std::size_t size = 0;
};

struct store_entry {
  std::string key;
  std::string_view content_type;
  std::string etag;  // with its quotes
  std::size_t digest_offset = 0;
  extent identity;
  extent gzip;    // empty: none
  extent brotli;  // empty: none
};

struct store {
  std::vector<store_entry> entries;  // sorted by key
  std::string data;                  // digests, then values and variants; equal values once
  std::size_t alignment = 64;        // of data in the image: a page if large values begin at pages
};

/// More does not fit with code of the ordinary memory model.
inline constexpr std::size_t greatest_store = std::size_t{1} << 30U;

enum class forms : bool { plain, compressed };

/// Reads every file and computes its forms, on every core of the host.
outcome<store> make_store(const std::vector<source_file>& files, forms wanted = forms::compressed);

/// A strong entity tag (RFC 9110 §8.8.3): the first 128 bits of the digest, in base64url.
std::string entity_tag(const sha256_digest& digest);

}  // namespace mirage::crunch_generator
