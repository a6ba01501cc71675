// SPDX-License-Identifier: ISC
#include "mirage/http/file_response.hpp"

#include <cstring>

namespace mirage::http {

namespace {
constexpr std::array conditional_fields{field::if_match, field::if_none_match, field::if_modified_since,
                                        field::if_unmodified_since, field::range};
}

file_facts facts_of(const v1::asset& file) noexcept {
  file_facts facts{.content_type = file.content_type, .etag = file.etag};
  // The beginning of Unix time means that the time is not known.
  if (file.last_modified != wall_time{}) facts.last_modified = to_seconds(file.last_modified);
  for (std::size_t i = 0; i < content_coding_count; ++i) {
    const auto coding = static_cast<content_coding>(i);
    const cbytes form = form_of(file, coding);
    facts.sizes[i] = form.size();
    if (!form.empty() || coding == content_coding::identity) facts.available = facts.available.with(coding);
  }
  return facts;
}

cbytes form_of(const v1::asset& file, content_coding coding) noexcept {
  switch (coding) {
    case content_coding::brotli: return file.brotli;
    case content_coding::gzip: return file.gzip;
    case content_coding::identity: break;
  }
  return file.identity;
}

form_tag::form_tag(std::string_view identity, content_coding coding) noexcept {
  if (identity.size() < 2 || identity.size() > 128) return;
  auto put = [this](std::string_view text) {
    std::memcpy(text_.data() + length_, text.data(), text.size());
    length_ = static_cast<std::uint8_t>(length_ + text.size());
  };
  put(identity);
  if (coding == content_coding::identity) return;
  --length_;  // its closing quote
  put("-");
  put(describe(coding));
  put("\"");
}

file_response choose_file_response(const request_head& head, const file_facts& file, seconds_time now,
                                   std::span<byte_range> space) noexcept {
  file_response response;
  const auto coding = negotiate_coding(head, file.available);
  if (!coding) {
    response.code = status::not_acceptable;
    return response;
  }
  response.coding = *coding;
  response.size = file.sizes[static_cast<std::size_t>(*coding)];
  if (!head.has_any(conditional_fields)) return response;
  const form_tag tag(file.etag, *coding);
  const validators current{tag.text(), file.last_modified, true};
  switch (evaluate_preconditions(head, current, now)) {
    case precondition::hold: break;
    case precondition::not_modified: response.code = status::not_modified; return response;
    case precondition::failed: response.code = status::precondition_failed; return response;
  }
  if (!range_applies(head, current, now)) return response;
  const ranges wanted = parse_ranges(head.get(field::range), response.size, space);
  if (wanted.answer == range_answer::unsatisfiable) response.code = status::range_not_satisfiable;
  if (wanted.answer == range_answer::partial) {
    response.code = status::partial_content;
    response.ranges = wanted.list;
  }
  return response;
}

namespace {

void write_content_lines(head_writer& to, std::string_view content_type, content_coding coding) noexcept {
  to.add(field::content_type, content_type);
  if (coding != content_coding::identity) to.add(field::content_encoding, describe(coding));
}

}  // namespace

void write_file_lines(head_writer& to, const file_facts& file, const file_response& response,
                      std::string_view cache_control, std::string_view multipart_type) noexcept {
  const bool varies = file.available.has(content_coding::gzip) || file.available.has(content_coding::brotli);
  if (varies) to.add(field::vary, "Accept-Encoding");
  const bool whole = response.code == status::ok;
  const bool part = response.code == status::partial_content;
  if (response.code == status::range_not_satisfiable)
    to.add(field::content_range, content_range_text(std::nullopt, response.size).text());
  // The page that stands for what is not there: content, but nothing to keep or to ask for again.
  if (response.code == status::not_found) return write_content_lines(to, file.content_type, response.coding);
  if (!whole && !part && response.code != status::not_modified) return;
  // RFC 9110 §15.4.5: what a 304 repeats.
  if (const form_tag tag(file.etag, response.coding); !tag.text().empty()) to.add(field::etag, tag.text());
  if (!cache_control.empty()) to.add(field::cache_control, cache_control);
  if (!whole && !part) return;
  const bool several = response.ranges.size() > 1;
  write_content_lines(to, several ? multipart_type : file.content_type, response.coding);
  if (file.last_modified) {
    const date_text date = print_date(*file.last_modified);
    to.add(field::last_modified, std::string_view{date.data(), date.size()});
  }
  if (whole) to.add(field::accept_ranges, "bytes");
  if (response.ranges.size() == 1)
    to.add(field::content_range, content_range_text(response.ranges.front(), response.size).text());
}

bool is_visible_path(std::string_view path) noexcept {
  constexpr std::string_view well_known = "/.well-known/";
  if (path.starts_with(well_known)) path.remove_prefix(well_known.size() - 1);
  return path.find("/.") == std::string_view::npos;
}

}  // namespace mirage::http
