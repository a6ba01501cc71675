// SPDX-License-Identifier: ISC
// How the generator fails: one sentence for the person who built the image.
#pragma once

#include <expected>
#include <string>

namespace mirage::crunch_generator {

struct failure {
  std::string sentence;
};

template <class T>
using outcome = std::expected<T, failure>;

}  // namespace mirage::crunch_generator
