// SPDX-License-Identifier: ISC
#include "mirage/dns/master_file.hpp"

#include <array>
#include <memory>

#include "ascii.hpp"
#include "generate.hpp"
#include "master_words.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/format.hpp"
#include "mirage/dns/rdata.hpp"
#include "mirage/dns/rdata_text.hpp"

namespace mirage::dns {

namespace {

constexpr std::size_t greatest_rdata = 65535;
using outcome = result<void, master_error>;

class master_reader {
 public:
  master_reader(master_sink& sink, const master_options& options)
      : sink_(sink),
        options_(options),
        ttl_(options.ttl),
        rdata_(new std::array<std::byte, greatest_rdata>) {}

  outcome read(std::string_view text, std::string_view file, name origin, unsigned depth) {
    master_words words(text);
    while (words.next_line()) {
      if (!words.malformed().empty()) return wrong(words, file, words.malformed());
      const auto done = line(words, file, origin, depth);
      if (!words.malformed().empty()) return wrong(words, file, words.malformed());
      if (!done) return done;
    }
    return {};
  }

 private:
  static std::unexpected<master_error> wrong(const master_words& at, std::string_view file,
                                             std::string_view why) noexcept {
    return fail(master_error{why, file, at.line(), at.column()});
  }

  outcome line(master_words& words, std::string_view file, name& origin, unsigned depth) {
    word first;
    if (!words.next(first)) return {};
    if (!words.indented() && !first.quoted && first.text.starts_with('$'))
      return directive(first.text, words, file, origin, depth);
    words.put_back();
    return entry(words, file, origin);
  }

  outcome entry(master_words& words, std::string_view file, const name& origin) {
    if (words.indented()) {
      if (!has_owner_) return wrong(words, file, "the first record has no owner");
    } else {
      word first;
      if (!words.next(first)) return {};
      const auto parsed =
          first.text == "@" ? result<name, name_error>(origin) : name::parse(first.text, origin);
      if (!parsed) return wrong(words, file, describe(parsed.error()));
      owner_ = *parsed;
      has_owner_ = true;
    }
    return record(words, file, origin);
  }

  outcome directive(std::string_view what, master_words& words, std::string_view file, name& origin,
                    unsigned depth) {
    word argument;
    if (!words.next(argument)) return wrong(words, file, "the directive needs something behind it");
    if (equal_ignoring_case(what, "$ORIGIN")) {
      const auto parsed = name::parse(argument.text, origin);
      if (!parsed) return wrong(words, file, describe(parsed.error()));
      origin = *parsed;
    } else if (equal_ignoring_case(what, "$TTL")) {
      const auto parsed = parse_ttl(argument.text);
      if (!parsed) return wrong(words, file, "a time to live was expected, as 3600 or 1h");
      ttl_ = parsed;
    } else if (equal_ignoring_case(what, "$INCLUDE")) {
      return include(argument.text, words, file, origin, depth);
    } else if (equal_ignoring_case(what, "$GENERATE")) {
      return generate_records(argument.text, words, file, origin);
    } else {
      return wrong(words, file, "there are $ORIGIN, $TTL, $INCLUDE and $GENERATE, and no others");
    }
    if (words.next(argument)) return wrong(words, file, "the directive has a word too many");
    return {};
  }

  outcome include(std::string_view included, master_words& words, std::string_view file, const name& origin,
                  unsigned depth) {
    if (depth == 0) return wrong(words, file, "files are included in files too deeply");
    const auto text = sink_.include(included);
    if (!text) return wrong(words, file, "the file to include is not there");
    name inner = origin;
    word argument;
    if (words.next(argument)) {
      const auto parsed = name::parse(argument.text, origin);
      if (!parsed) return wrong(words, file, describe(parsed.error()));
      inner = *parsed;
    }
    const name owner = owner_;  // RFC 1035 §5.1: an include never changes what comes behind it
    auto read_all = read(*text, included, inner, depth - 1);
    owner_ = owner;
    return read_all;
  }

  outcome generate_records(std::string_view range_text, master_words& words, std::string_view file,
                           const name& origin) {
    const auto range = generate_range::parse(range_text);
    if (!range) return wrong(words, file, "a range was expected, as 1-10 or 1-10/2");
    if (range->count() > options_.most_generated)
      return wrong(words, file, "the range makes more records than are allowed");
    const std::uint32_t line_number = words.line();
    const std::string_view pattern = words.rest_of_line();
    std::array<char, 1024> space;
    for (std::uint64_t number = range->first; number <= range->last; number += range->step) {
      const auto text = generate(pattern, static_cast<std::uint32_t>(number), space);
      if (!text) return wrong(words, file, "what is to be generated is malformed or too long");
      master_words generated(*text, line_number);
      if (!generated.next_line() || !generated.malformed().empty())
        return wrong(words, file, "what is to be generated is malformed");
      const auto done = entry(generated, file, origin);
      if (!generated.malformed().empty()) return wrong(words, file, generated.malformed());
      if (!done) return wrong(words, file, done.error().why);
    }
    return {};
  }

  /// [TTL] [class] type data, the first two in any order.
  outcome record(master_words& words, std::string_view file, const name& origin) {
    std::optional<std::uint32_t> ttl;
    record_class in_class = record_class::in;
    record_type type{};
    for (bool has_class = false;;) {
      word next;
      if (!words.next(next)) return wrong(words, file, "a record type was expected");
      const auto as_class = has_class ? std::nullopt : parse_record_class(next.text);
      if (as_class) {
        in_class = *as_class;
        has_class = true;
        continue;
      }
      if (!ttl && !next.text.empty() && next.text.front() >= '0' && next.text.front() <= '9') {
        ttl = parse_ttl(next.text);
        if (!ttl) return wrong(words, file, "a time to live was expected, as 3600 or 1h");
        continue;
      }
      const auto as_type = parse_record_type(next.text);
      if (!as_type) return wrong(words, file, "a record type was expected");
      if (is_meta(*as_type)) return wrong(words, file, "records of this type cannot stand in a zone");
      type = *as_type;
      break;
    }
    const auto size = parse_rdata(type, words, origin, *rdata_);
    if (!size) return wrong(words, file, describe(size.error()));
    const cbytes rdata = cbytes(*rdata_).first(*size);
    const auto effective = ttl_of(ttl, type, rdata);
    if (!effective)
      return wrong(words, file, "the record has no time to live, and there is no $TTL before it");
    const std::string_view refused = sink_.add({owner_, type, in_class, *effective, rdata});
    if (!refused.empty()) return wrong(words, file, refused);
    return {};
  }

  // RFC 1035 §5.1: the last that was stated; RFC 2308 §4: $TTL comes first. An SOA without either has its
  // minimum, as BIND reads it.
  std::optional<std::uint32_t> ttl_of(std::optional<std::uint32_t> stated, record_type type,
                                      cbytes rdata) noexcept {
    if (stated) return last_ttl_ = stated;
    if (ttl_) return ttl_;
    if (last_ttl_) return last_ttl_;
    if (type == record_type::soa) last_ttl_ = load_be32(rdata.data() + rdata.size() - 4);
    return last_ttl_;
  }

  master_sink& sink_;
  const master_options& options_;
  name owner_;
  bool has_owner_ = false;
  std::optional<std::uint32_t> ttl_;
  std::optional<std::uint32_t> last_ttl_;
  std::unique_ptr<std::array<std::byte, greatest_rdata>> rdata_;
};

}  // namespace

void format(text_writer& out, const master_error& error) noexcept {
  if (!error.file.empty()) format_to(out, "{}:", error.file);
  if (error.line != 0) format_to(out, "{}:{}:", error.line, error.column);
  format_to(out, " {}", error.why);
}

result<void, master_error> read_master_file(std::string_view text, name_view origin, master_sink& sink,
                                            const master_options& options, std::string_view file) {
  master_reader reader(sink, options);
  return reader.read(text, file, name(origin), options.include_depth);
}

}  // namespace mirage::dns
