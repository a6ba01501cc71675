// SPDX-License-Identifier: ISC
// Words of messages, for the DSL and the tool alike.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mirage::config {

/// "a kv_ro", "an ip", "an http_server".
std::string with_article(std::string_view noun);

/// "a, b and c"; "none" for nothing.
std::string listed(const std::vector<std::string>& words, std::string_view last = "and");

/// How C++ writes the text, with the quotes.
std::string cpp_literal(std::string_view text);

/// A name for C++: `-` becomes `_`, and what C++ or the generated program has taken gets a `_` behind it.
std::string cpp_name(std::string_view name);

/// Lower-case letters, digits, `-` and `_`, beginning with a letter.
bool is_plain_name(std::string_view name);

/// The same without `_`, at most 64 characters: what the running image takes as --name.
bool is_argument_name(std::string_view name);

/// "1500ms" for 1500000000: in the largest unit that divides it.
std::string shown_duration(std::int64_t nanoseconds);

}  // namespace mirage::config
