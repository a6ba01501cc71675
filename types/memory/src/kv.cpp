// SPDX-License-Identifier: ISC
#include "mirage/memory/kv.hpp"

#include <algorithm>
#include <cstring>

#include "mirage/core/os.hpp"
#include "mirage/core/sha256.hpp"

namespace mirage::memory {

namespace detail {

namespace {

/// Whether `key` is inside of the dictionary, at any depth; everything is inside of the root.
bool is_inside(std::string_view key, std::string_view dictionary) noexcept {
  if (dictionary.empty()) return true;
  return key.size() > dictionary.size() && key.starts_with(dictionary) && key[dictionary.size()] == '/';
}

}  // namespace

bool kv_tree::is_dictionary(std::string_view key) const {
  if (key.empty()) return true;
  std::string first(key);
  first += '/';
  const auto at = values_.lower_bound(first);
  return at != values_.end() && at->first.starts_with(first);
}

bool kv_tree::begins_with_a_value(std::string_view key) const {
  for (std::size_t slash = key.find('/'); slash != std::string_view::npos; slash = key.find('/', slash + 1))
    if (values_.contains(key.substr(0, slash))) return true;
  return false;
}

kv_tree::answer<const kv_tree::value*> kv_tree::find(std::string_view key) const {
  if (!v1::is_key(key)) return fail(v1::kv_error::bad_key);
  const auto found = values_.find(key);
  if (found != values_.end()) return &found->second;
  if (is_dictionary(key)) return fail(v1::kv_error::value_expected);
  return fail(begins_with_a_value(key) ? v1::kv_error::dictionary_expected : v1::kv_error::not_found);
}

kv_tree::answer<buffer> kv_tree::get(std::string_view key) const {
  MIRAGE_TRY(const value* found, find(key));
  return found->content.share();
}

kv_tree::answer<buffer> kv_tree::get(std::string_view key, std::uint64_t offset, std::size_t length) const {
  MIRAGE_TRY(const value* found, find(key));
  const std::size_t size = found->content.size();
  return found->content.slice(static_cast<std::size_t>(std::min<std::uint64_t>(offset, size)), length);
}

kv_tree::answer<std::uint64_t> kv_tree::size(std::string_view key) const {
  MIRAGE_TRY(const value* found, find(key));
  return found->content.size();
}

kv_tree::answer<wall_time> kv_tree::last_modified(std::string_view key) const {
  MIRAGE_TRY(const value* found, find(key));
  return found->modified;
}

kv_tree::answer<v1::kv_digest> kv_tree::digest(std::string_view key) const {
  MIRAGE_TRY(const value* found, find(key));
  return sha256::of(found->content.view());
}

kv_tree::answer<std::vector<v1::kv_item>> kv_tree::list(std::string_view dictionary) const {
  if (!dictionary.empty() && !v1::is_key(dictionary)) return fail(v1::kv_error::bad_key);
  if (!is_dictionary(dictionary)) {
    const bool other_kind = values_.contains(dictionary) || begins_with_a_value(dictionary);
    return fail(other_kind ? v1::kv_error::dictionary_expected : v1::kv_error::not_found);
  }
  std::vector<v1::kv_item> items;
  for (const auto& [key, kept] : values_) {
    if (!is_inside(key, dictionary)) continue;
    const std::string_view rest =
        std::string_view(key).substr(dictionary.empty() ? 0 : dictionary.size() + 1);
    const std::string_view name = rest.substr(0, rest.find('/'));
    v1::kv_item item{std::string(name), name.size() < rest.size()};
    if (items.empty() || items.back() != item) items.push_back(std::move(item));
  }
  // The keys are in order; their first segments need not be: `a.b` comes before `a/b`.
  std::ranges::sort(items, {}, &v1::kv_item::name);
  const auto same = std::ranges::unique(items);
  items.erase(same.begin(), same.end());
  return items;
}

std::optional<v1::kv_error> kv_tree::refusal(std::string_view key) const {
  if (!v1::is_key(key)) return v1::kv_error::bad_key;
  if (is_dictionary(key)) return v1::kv_error::value_expected;
  if (begins_with_a_value(key)) return v1::kv_error::dictionary_expected;
  return std::nullopt;
}

kv_tree::answer<void> kv_tree::set(std::string_view key, buffer content, wall_time modified) {
  if (const auto refused = refusal(key)) return fail(*refused);
  bytes_ += content.size();
  const auto found = values_.find(key);
  if (found == values_.end()) {
    values_.emplace(key, value{std::move(content), modified});
  } else {
    bytes_ -= found->second.content.size();
    found->second = {std::move(content), modified};
  }
  return {};
}

kv_tree::answer<void> kv_tree::remove(std::string_view key) {
  if (!v1::is_key(key)) return fail(v1::kv_error::bad_key);
  const std::size_t removed = std::erase_if(values_, [&](const auto& each) {
    const bool goes = each.first == key || is_inside(each.first, key);
    if (goes) bytes_ -= each.second.content.size();
    return goes;
  });
  if (removed != 0) return {};
  return fail(begins_with_a_value(key) ? v1::kv_error::dictionary_expected : v1::kv_error::not_found);
}

kv_tree::answer<void> kv_tree::rename(std::string_view from, std::string_view to) {
  if (!v1::is_key(from) || !v1::is_key(to) || is_inside(to, from)) return fail(v1::kv_error::bad_key);
  if (!values_.contains(from) && !is_dictionary(from)) return fail(v1::kv_error::not_found);
  if (from == to) return {};
  if (begins_with_a_value(to)) return fail(v1::kv_error::dictionary_expected);
  map moved;
  for (auto at = values_.begin(); at != values_.end();) {
    const auto next = std::next(at);
    if (at->first == from || is_inside(at->first, from)) {
      auto node = values_.extract(at);
      node.key() = std::string(to) + node.key().substr(from.size());
      moved.insert(std::move(node));
    }
    at = next;
  }
  static_cast<void>(remove(to));
  values_.merge(moved);
  return {};
}

kv_tree kv_tree::copy() const {
  kv_tree made;
  made.bytes_ = bytes_;
  for (const auto& [key, kept] : values_)
    made.values_.emplace(key, value{kept.content.share(), kept.modified});
  return made;
}

}  // namespace detail

kv_ro::kv_ro(std::span<const kv_value> content, std::string_view name) : name_(name) {
  for (const kv_value& each : content) {
    auto set = tree_.set(each.key, buffer::copy_of(as_bytes(each.value)), os::wall());
    require(set.has_value(), "a memory::kv_ro is made with a key that cannot be");
  }
}

kv_rw::answer<void> kv_rw::set(std::string_view key, buffer value) {
  const auto old = tree_.size(key);
  if (tree_.bytes() - old.value_or(0) + value.size() > capacity_ && !tree_.refusal(key))
    return result<void, v1::kv_error>(fail(v1::kv_error::no_space));
  return tree_.set(key, std::move(value), os::wall());
}

kv_rw::answer<void> kv_rw::set_partial(std::string_view key, std::uint64_t offset, buffer part) {
  if (const auto refused = tree_.refusal(key)) return result<void, v1::kv_error>(fail(*refused));
  buffer old;
  if (auto found = tree_.get(key)) old = *std::move(found);
  if (offset > capacity_) return result<void, v1::kv_error>(fail(v1::kv_error::no_space));
  const auto at = static_cast<std::size_t>(offset);
  const std::size_t size = std::max(old.size(), at + part.size());
  if (tree_.bytes() - old.size() + size > capacity_)
    return result<void, v1::kv_error>(fail(v1::kv_error::no_space));
  buffer whole = buffer::allocate(size);
  if (!whole) return result<void, v1::kv_error>(fail(v1::kv_error::no_memory));
  const bytes to = whole.writable();
  std::ranges::fill(to, std::byte{0});
  std::ranges::copy(old.view(), to.begin());
  std::ranges::copy(part.view(), to.begin() + static_cast<std::ptrdiff_t>(at));
  return tree_.set(key, std::move(whole), os::wall());
}

kv_rw::answer<void> kv_rw::sync() {
  stable_ = tree_.copy();
  return result<void, v1::kv_error>{};
}

kv_assets::kv_assets(std::span<const kv_asset> content, std::string_view name)
    : name_(name), content_(content) {
  for (const kv_asset& each : content_) {
    auto set = tree_.set(each.key, buffer::from_static(each.asset.identity), each.asset.last_modified);
    require(set.has_value(), "a memory::kv_assets is made with a key that cannot be");
  }
}

const v1::asset* kv_assets::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(content_, key, &kv_asset::key);
  return found == content_.end() ? nullptr : &found->asset;
}

}  // namespace mirage::memory
