// SPDX-License-Identifier: ISC
// Words of messages, for the DSL and the tool alike.
#pragma once

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

}  // namespace mirage::config
