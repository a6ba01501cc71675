// SPDX-License-Identifier: ISC
// Choices between devices, settled by `mirage configure`: by a key, by a flag, by the target. What is not
// chosen is not in the image.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mirage/config/device.hpp"
#include "mirage/config/key.hpp"

namespace mirage::config {

/// What picks a device, and the device: {"fast", ramdisk()}.
template <module_type T>
using cases = std::initializer_list<std::pair<std::string, device<T>>>;

namespace detail {

template <module_type T>
device<T> choose(key_info by, cases<T> listed, node_pointer otherwise) {
  std::vector<alternative> found;
  for (const auto& [value, given] : listed)
    found.push_back({.value = value, .device = given.itself(), .targets = {}});
  choice pick{std::move(by), [found = std::move(found)] { return found; }, std::move(otherwise)};
  return device<T>{
      std::make_shared<const node>(node{.module = std::string{T::name}, .pick = std::move(pick)})};
}

}  // namespace detail

/// match_key<stack>(speed, {{"slow", a}, {"fast", b}}): the device whose word is the key's value. A value
/// that is not listed gives `otherwise`, or is refused with the list.
template <module_type T>
device<T> match_key(const key_info& by, cases<T> listed, std::optional<device<T>> otherwise = {}) {
  return detail::choose<T>(by, listed, otherwise ? otherwise->itself() : nullptr);
}

/// match_target<stack>({{"unix", a}, {"virtio", b}}, c).
template <module_type T>
device<T> match_target(cases<T> listed, std::optional<device<T>> otherwise = {}) {
  return match_key<T>(target_key(), listed, std::move(otherwise));
}

/// `then` where the flag is given to configure.
template <module_type T>
device<T> if_key(const key<bool>& flag, device<T> then, device<T> otherwise) {
  return match_key<T>(flag, {{"true", then}, {"false", otherwise}});
}

/// `then` on one target.
template <module_type T>
device<T> if_target(const std::string& target, device<T> then, device<T> otherwise) {
  return match_target<T>({{target, then}}, otherwise);
}

}  // namespace mirage::config
