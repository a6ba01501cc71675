// SPDX-License-Identifier: ISC
// Serving files. What lies in the image is answered without waiting; values of other stores are read in
// pieces.
#include "mirage/http/file_handler.hpp"

#include <algorithm>
#include <array>

#include "joined_input.hpp"
#include "mirage/core/format.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/http/media_type.hpp"

namespace mirage::http {

namespace {

constexpr log_source files_log{"http.files"};

constexpr std::size_t most_ranges = 16;
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t lines_room = 1024;
constexpr std::size_t remembered_forms = 256;  // a power of two

bool is_retrieval(const exchange& with) noexcept {
  const method verb = with.request().head().method;
  return verb == method::get || verb == method::head;
}

/// What a value that is not in the image is known by: its time and size, as they change with it.
class value_tag {
 public:
  value_tag() noexcept = default;
  value_tag(wall_time modified, std::uint64_t size) noexcept
      : text_(format_text<40>("\"{:x}-{:x}\"", modified.time_since_epoch().count(), size)) {}
  explicit value_tag(const v1::kv_digest& digest) noexcept {
    text_writer out(text_.space());
    out.append('"');
    for (const std::byte b : std::span(digest).first(16)) format_to(out, "{:02x}", b);
    out.append('"');
    text_.set_size(out.text().size());
  }
  [[nodiscard]] std::string_view text() const noexcept { return text_.text(); }

 private:
  fixed_string<40> text_;
};

/// Twenty-four letters that occur in no file but by a chance of one in 2^120.
class boundary {
 public:
  boundary() noexcept {
    std::array<std::byte, 24> random;
    os::random(random);
    for (std::size_t i = 0; i < random.size(); ++i)
      text_[i] = "abcdefghijklmnopqrstuvwxyz012345"[std::to_integer<unsigned>(random[i]) & 31];
  }
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 24> text_;
};

/// Room for a key with the name of an index behind it.
using key_space = std::array<char, 1280>;

/// Both in `space`; "" if they do not fit.
std::string_view join(std::span<char> space, std::string_view first, std::string_view second) noexcept {
  if (first.size() + second.size() > space.size()) return {};
  std::ranges::copy(first, space.begin());
  std::ranges::copy(second, space.begin() + static_cast<std::ptrdiff_t>(first.size()));
  return {space.data(), first.size() + second.size()};
}

}  // namespace

file_handler::file_handler(const file_store& store, const file_options& options)
    : store_(store), options_(options), remembered_(store.find == nullptr ? 0 : remembered_forms) {
  cache_control_ = options.max_age.count() > 0 ? format_text<40>("max-age={}", options.max_age.count())
                                               : fixed_string<40>("no-cache");
}

task<> file_handler::operator()(exchange& with) {
  if (answer_without_file(with)) co_return;
  if (store_.find != nullptr && serve_asset(with)) co_return;
  co_await serve_value(with);
}

// ---- What all stores share ----------------------------------------------------------------------------

bool file_handler::answer_without_file(exchange& with) const noexcept {
  if (is_retrieval(with)) return false;
  const bool asks = with.request().head().method == method::options;
  (void)with.respond_with_lines(asks ? status::no_content : status::method_not_allowed,
                                "Allow: GET, HEAD, OPTIONS\r\n", {});
  return true;
}

void file_handler::answer_error(exchange& with, status code) const noexcept {
  const auto text = format_text<64>("{} {}\n", number(code), describe(code));
  (void)with.respond_with_lines(code, "Content-Type: text/plain\r\n", buffer::copy_of(as_bytes(text.text())));
}

/// The target as it came, with a slash behind the path. It cannot name another host: a path with two slashes
/// in front was refused.
void file_handler::redirect_to_folder(exchange& with) const noexcept {
  const request_target& target = with.request().head().target;
  buffer memory = buffer::allocate(target.path.size() + target.query.size() + 32);
  if (!memory) return answer_error(with, status::service_unavailable);
  text_writer lines(characters(memory));
  format_to(lines, "Location: {}/{}{}\r\n", target.path, target.query.empty() ? "" : "?", target.query);
  (void)with.respond_with_lines(status::moved_permanently, lines.text(), {});
}

/// Empty at the cap of the pool, or where the lines are longer than anything sensible.
buffer file_handler::lines_for(const file_facts& facts, const file_response& response,
                               std::string_view multipart_type) const noexcept {
  buffer memory = buffer::allocate(lines_room);
  if (!memory) return {};
  head_writer writer{characters(memory)};
  write_file_lines(writer, facts, response, cache_control_, multipart_type);
  const auto lines = writer.lines();
  if (!lines) return {};
  memory.truncate(lines->size());
  return memory;
}

// ---- Values in the image ------------------------------------------------------------------------------

/// The value that a path names, itself or as the index of a folder; null if there is none.
const v1::asset* file_handler::find_asset(std::string_view path) const noexcept {
  if (!path.ends_with('/')) return store_.find(store_.store, path.substr(1));
  key_space space;
  const std::string_view key = join(space, path.substr(1), options_.index);
  return key.empty() ? nullptr : store_.find(store_.store, key);
}

/// False if the answer has to wait: several ranges are sent one after the other.
bool file_handler::serve_asset(exchange& with) noexcept {
  const std::string_view path = with.request().path();
  const bool visible = !options_.hide_dot_names || is_visible_path(path);
  const v1::asset* file = visible ? find_asset(path) : nullptr;
  if (file == nullptr) {
    key_space space;
    const std::string_view folder = path.ends_with('/') ? "" : join(space, path, "/");
    if (visible && !folder.empty() && find_asset(folder) != nullptr)
      redirect_to_folder(with);
    else
      send_missing_asset(with);
    return true;
  }
  std::array<byte_range, most_ranges> space;
  const file_response response =
      choose_file_response(with.request().head(), facts_of(*file), with.now(), space);
  if (response.ranges.size() > 1) return false;
  send_asset(with, *file, response);
  return true;
}

void file_handler::send_missing_asset(exchange& with) noexcept {
  const v1::asset* page = store_.find(store_.store, options_.not_found);
  if (page == nullptr) return answer_error(with, status::not_found);
  const auto coding = negotiate_coding(with.request().head(), facts_of(*page).available);
  send_asset(with, *page, {.code = status::not_found, .coding = coding.value_or(content_coding::identity)});
}

void file_handler::send_asset(exchange& with, const v1::asset& file, const file_response& response) noexcept {
  buffer body;
  if (response.code == status::ok || response.code == status::not_found)
    body = buffer::from_static(form_of(file, response.coding));
  if (response.code == status::partial_content) {
    const byte_range range = response.ranges.front();
    body = buffer::from_static(
        form_of(file, response.coding)
            .subspan(static_cast<std::size_t>(range.first), static_cast<std::size_t>(range.length())));
  }
  if (response.code == status::ok) {
    const std::string_view lines = remembered_lines(file, response);
    if (lines.empty()) return answer_error(with, status::service_unavailable);
    (void)with.respond_with_lines(response.code, lines, std::move(body));
    return;
  }
  const buffer lines = lines_for(facts_of(file), response);
  if (!lines) return answer_error(with, status::service_unavailable);
  (void)with.respond_with_lines(response.code, lines.text(), std::move(body));
}

/// The field lines of a whole form do not depend on the request: they are put together once.
std::string_view file_handler::remembered_lines(const v1::asset& file,
                                                const file_response& response) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(&file) / alignof(v1::asset);
  const std::size_t slot =
      (address * content_coding_count + static_cast<std::size_t>(response.coding)) * 0x9e3779b97f4a7c15U >>
      32;
  remembered& entry = remembered_[slot % remembered_forms];
  if (entry.file != &file || entry.coding != response.coding) {
    entry.lines = lines_for(facts_of(file), response);
    entry.file = &file;
    entry.coding = response.coding;
  }
  return entry.lines.text();
}

// ---- Values that are read -----------------------------------------------------------------------------

task<> file_handler::serve_value(exchange& with) {
  const std::string_view path = with.request().path();
  if (options_.hide_dot_names && !is_visible_path(path)) co_return co_await serve_missing_value(with);
  std::string_view key = path.substr(1);
  buffer joined;
  if (path.ends_with('/')) {
    joined = buffer::allocate(key.size() + options_.index.size());
    if (!joined) co_return answer_error(with, status::service_unavailable);
    key = join(characters(joined), key, options_.index);
  }
  if (!v1::is_key(key)) co_return co_await serve_missing_value(with);
  const auto failed = co_await send_value(with, key, status::ok);
  if (!failed) co_return;
  switch (*failed) {
    case v1::kv_error::value_expected:
      if (!path.ends_with('/')) co_return redirect_to_folder(with);
      [[fallthrough]];
    case v1::kv_error::not_found:
    case v1::kv_error::bad_key:
    case v1::kv_error::dictionary_expected: co_return co_await serve_missing_value(with);
    case v1::kv_error::no_memory: co_return answer_error(with, status::service_unavailable);
    default:
      files_log.error("{}: {}", key, describe(*failed));
      co_return answer_error(with, status::internal_server_error);
  }
}

task<> file_handler::serve_missing_value(exchange& with) {
  const auto failed = co_await send_value(with, options_.not_found, status::not_found);
  if (failed) answer_error(with, status::not_found);
}

/// Sends one value; gives an error if nothing was sent.
task<std::optional<v1::kv_error>> file_handler::send_value(exchange& with, std::string_view key,
                                                           status code) {
  const v1::asset* file = store_.find == nullptr ? nullptr : store_.find(store_.store, key);
  if (file != nullptr) {
    co_await send_found_asset(with, key, *file);
    co_return std::nullopt;
  }
  auto size = co_await store_.size(store_.store, key);
  if (!size) co_return size.error();
  file_facts facts{.content_type = media_type(key)};
  facts.available = facts.available.with(content_coding::identity);
  facts.sizes[static_cast<std::size_t>(content_coding::identity)] = *size;
  value_tag tag;
  auto modified = co_await store_.last_modified(store_.store, key);
  if (modified && *modified != wall_time{}) {
    facts.last_modified = to_seconds(*modified);
    tag = value_tag(*modified, *size);
  } else {
    auto digest = co_await store_.digest(store_.store, key);
    if (digest) tag = value_tag(*digest);
  }
  facts.etag = tag.text();
  std::array<byte_range, most_ranges> space;
  file_response response{.code = code, .size = *size};
  if (code == status::ok) response = choose_file_response(with.request().head(), facts, with.now(), space);
  co_await send_content(with, key, facts, response);
  co_return std::nullopt;
}

task<> file_handler::send_found_asset(exchange& with, std::string_view key, const v1::asset& file) {
  std::array<byte_range, most_ranges> space;
  const file_facts facts = facts_of(file);
  const file_response response = choose_file_response(with.request().head(), facts, with.now(), space);
  co_await send_content(with, key, facts, response);
}

task<> file_handler::send_content(exchange& with, std::string_view key, const file_facts& facts,
                                  file_response response) {
  if (response.ranges.size() > 1) co_return co_await send_multipart(with, key, facts, response);
  const buffer lines = lines_for(facts, response);
  if (!lines) co_return answer_error(with, status::service_unavailable);
  const bool whole = response.code == status::ok || response.code == status::not_found;
  std::uint64_t length = whole ? response.size : 0;
  byte_range range{0, length - 1};
  if (response.ranges.size() == 1) {
    range = response.ranges.front();
    length = range.length();
  }
  auto begun = co_await with.begin_with_lines(response.code, lines.text(), length);
  if (!begun) co_return;
  if (length != 0) {
    const bool sent = co_await send_range(with, key, response.coding, range);
    if (!sent) co_return;
  }
  (void)with.end();
}

/// Sends that part of a value, piece by piece. False: the answer is broken off.
task<bool> file_handler::send_range(exchange& with, std::string_view key, content_coding coding,
                                    byte_range range) {
  if (with.request().head().method == method::head) co_return true;
  const v1::asset* file = store_.find == nullptr ? nullptr : store_.find(store_.store, key);
  std::uint64_t at = range.first;
  while (at <= range.last) {
    buffer part;
    if (file != nullptr) {
      part = buffer::from_static(
          form_of(*file, coding)
              .subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(range.last - at + 1)));
    } else {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, range.last - at + 1));
      auto got = co_await store_.get(store_.store, key, at, wanted);
      if (!got || got->empty()) {
        files_log.error("{}: {}", key, got ? "it became shorter while it was sent" : describe(got.error()));
        co_return false;
      }
      part = *std::move(got);
    }
    at += part.size();
    auto written = co_await with.write(std::move(part));
    if (!written) co_return false;
  }
  co_return true;
}

task<> file_handler::send_multipart(exchange& with, std::string_view key, const file_facts& facts,
                                    file_response response) {
  const boundary separator;
  const auto type = format_text<80>("multipart/byteranges; boundary={}", separator.text());
  const multipart body{separator.text(), facts.content_type, response.size};
  const buffer lines = lines_for(facts, response, type);
  if (!lines) co_return answer_error(with, status::service_unavailable);
  auto headed = co_await with.begin_with_lines(response.code, lines.text(), body.length(response.ranges));
  if (!headed) co_return;
  const bool only_head = with.request().head().method == method::head;
  std::array<char, 512> space;
  for (std::size_t i = 0; i < response.ranges.size() && !only_head; ++i) {
    const byte_range range = response.ranges[i];
    auto begun = co_await with.write(buffer::copy_of(as_bytes(body.part_head(range, space))));
    if (!begun) co_return;
    const bool sent = co_await send_range(with, key, response.coding, range);
    if (!sent) co_return;
  }
  if (!only_head) {
    auto ended = co_await with.write(buffer::copy_of(as_bytes(body.end(space))));
    if (!ended) co_return;
  }
  (void)with.end();
}

}  // namespace mirage::http
