// SPDX-License-Identifier: ISC
// `crunch<Folder>`: a folder of the project as a read-only store inside the image. What `mirage-crunch`
// computed when the image was built (digests, content types, compressed variants) is found by one hash and
// served from read-only memory: no copy, no heap, no waiting.
//
//   mirage::crunch<generated::htdocs> files;     // htdocs.hpp is written by mirage-crunch
//   const v1::asset* page = files.find("index.html");
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "mirage/core/ready.hpp"
#include "mirage/crunch/index.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// The store over any index; `crunch<Folder>` is the device. Implements v1::kv_ro and v1::kv_assets. Only
/// `list` allocates. The time of last modification is the one that the generator was told for all values
/// (SOURCE_DATE_EPOCH); without one it is that of `wall_time{}`, which means that it is not known. A folder
/// without files in it is not in the store.
class crunch_store {
 public:
  /// `name` is the device's, and must outlive it; without one it is the folder's.
  explicit constexpr crunch_store(const crunch_index& index, std::string_view name = {}) noexcept
      : index_(&index), name_(name.empty() ? index.name : name) {}
  crunch_store(const crunch_store&) = delete;
  crunch_store& operator=(const crunch_store&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// All forms of a value at once; null if there is no such key. The asset lives as long as the image.
  [[nodiscard]] const v1::asset* find(std::string_view key) const noexcept {
    const crunch_entry* entry = index_->find(key);
    return entry == nullptr ? nullptr : &entry->asset;
  }

  [[nodiscard]] ready<result<buffer, v1::kv_error>> get(std::string_view key) noexcept;
  [[nodiscard]] ready<result<buffer, v1::kv_error>> get(std::string_view key, std::uint64_t offset,
                                                        std::size_t length) noexcept;
  [[nodiscard]] ready<result<std::uint64_t, v1::kv_error>> size(std::string_view key) noexcept;
  [[nodiscard]] ready<result<std::vector<v1::kv_item>, v1::kv_error>> list(std::string_view dictionary);
  [[nodiscard]] ready<result<wall_time, v1::kv_error>> last_modified(std::string_view key) noexcept;
  [[nodiscard]] ready<result<v1::kv_digest, v1::kv_error>> digest(std::string_view key) noexcept;

 private:
  [[nodiscard]] result<const crunch_entry*, v1::kv_error> value(std::string_view key) const noexcept;
  [[nodiscard]] std::span<const crunch_entry> below(std::string_view dictionary) const noexcept;
  const crunch_index* index_;
  std::string_view name_;
};

/// The device for one folder. `Folder` is the struct that `mirage-crunch` generates: it has a static member
/// `index`.
template <class Folder>
class crunch : public crunch_store {
 public:
  explicit constexpr crunch(std::string_view name = {}) noexcept : crunch_store(Folder::index, name) {}
};

static_assert(v1::kv_assets<crunch_store>);

}  // namespace mirage
