// SPDX-License-Identifier: ISC
#include "mirage/dns/master_file.hpp"

#include <array>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

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

}  // namespace

class master_reader::state {
 public:
  state(std::string_view text, name_view origin, master_sink& sink, const master_options& options,
        std::string_view file)
      : sink_(sink), options_(options), ttl_(options.ttl), rdata_(new std::array<std::byte, greatest_rdata>) {
    files_.reserve(options.include_depth + std::size_t{1});  // what is in it is referred to
    files_.push_back({master_words(text), file, name(origin), {}});
  }

  std::optional<outcome> read(std::size_t records) {
    for (; records > 0; --records) {
      open_file& at = files_.back();
      if (generation_) {
        if (auto done = generate_next(at.words, at.file, at.origin); !done) return done;
      } else if (at.words.next_line()) {
        if (auto done = line(at.words, at.file, at.origin); !done) return done;
      } else {
        owner_ = at.owner_before;
        files_.pop_back();
        if (files_.empty()) return outcome();
      }
    }
    return std::nullopt;
  }

 private:
  struct open_file {
    master_words words;
    std::string_view file;
    name origin;
    name owner_before;  // RFC 1035 §5.1: an include never changes what comes behind it
  };
  struct generation {
    generate_range range;
    std::uint64_t next;
    std::string_view pattern;
    std::uint32_t line;
  };

  static std::unexpected<master_error> wrong(const master_words& at, std::string_view file,
                                             std::string_view why) noexcept {
    return fail(master_error{why, file, at.line(), at.column()});
  }

  outcome line(master_words& words, std::string_view file, name& origin) {
    if (!words.malformed().empty()) return wrong(words, file, words.malformed());
    auto done = words_of_line(words, file, origin);
    if (!words.malformed().empty()) return wrong(words, file, words.malformed());
    return done;
  }

  outcome words_of_line(master_words& words, std::string_view file, name& origin) {
    word first;
    if (!words.next(first)) return {};
    if (!words.indented() && !first.quoted && first.text.starts_with('$'))
      return directive(first.text, words, file, origin);
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

  outcome directive(std::string_view what, master_words& words, std::string_view file, name& origin) {
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
      return include(argument.text, words, file, origin);
    } else if (equal_ignoring_case(what, "$GENERATE")) {
      return generate_records(argument.text, words, file);
    } else {
      return wrong(words, file, "there are $ORIGIN, $TTL, $INCLUDE and $GENERATE, and no others");
    }
    if (words.next(argument)) return wrong(words, file, "the directive has a word too many");
    return {};
  }

  outcome include(std::string_view included, master_words& words, std::string_view file, const name& origin) {
    if (files_.size() > options_.include_depth)
      return wrong(words, file, "files are included in files too deeply");
    const auto text = sink_.include(included);
    if (!text) return wrong(words, file, "the file to include is not there");
    name inner = origin;
    word argument;
    if (words.next(argument)) {
      const auto parsed = name::parse(argument.text, origin);
      if (!parsed) return wrong(words, file, describe(parsed.error()));
      inner = *parsed;
    }
    if (words.malformed().empty()) files_.push_back({master_words(*text), included, inner, owner_});
    return {};
  }

  outcome generate_records(std::string_view range_text, master_words& words, std::string_view file) {
    const auto range = generate_range::parse(range_text);
    if (!range) return wrong(words, file, "a range was expected, as 1-10 or 1-10/2");
    if (range->count() > options_.most_generated)
      return wrong(words, file, "the range makes more records than are allowed");
    const std::uint32_t line_number = words.line();
    generation_ = {*range, range->first, words.rest_of_line(), line_number};
    return {};
  }

  outcome generate_next(const master_words& words, std::string_view file, const name& origin) {
    std::array<char, 1024> space;
    const auto text = generate(generation_->pattern, static_cast<std::uint32_t>(generation_->next), space);
    if (!text) return wrong(words, file, "what is to be generated is malformed or too long");
    master_words generated(*text, generation_->line);
    if (!generated.next_line() || !generated.malformed().empty())
      return wrong(words, file, "what is to be generated is malformed");
    const auto done = entry(generated, file, origin);
    if (!generated.malformed().empty()) return wrong(words, file, generated.malformed());
    if (!done) return wrong(words, file, done.error().why);
    generation_->next += generation_->range.step;
    if (generation_->next > generation_->range.last) generation_.reset();
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
  const master_options options_;
  std::vector<open_file> files_;  // the innermost last
  std::optional<generation> generation_;
  name owner_;
  bool has_owner_ = false;
  std::optional<std::uint32_t> ttl_;
  std::optional<std::uint32_t> last_ttl_;
  std::unique_ptr<std::array<std::byte, greatest_rdata>> rdata_;
};

void format(text_writer& out, const master_error& error) noexcept {
  if (!error.file.empty()) format_to(out, "{}:", error.file);
  if (error.line != 0) format_to(out, "{}:{}:", error.line, error.column);
  format_to(out, " {}", error.why);
}

master_reader::master_reader(std::string_view text, name_view origin, master_sink& sink,
                             const master_options& options, std::string_view file)
    : state_(new state(text, origin, sink, options, file)) {}
master_reader::~master_reader() = default;

std::optional<result<void, master_error>> master_reader::read(std::size_t records) {
  return state_->read(records);
}

result<void, master_error> read_master_file(std::string_view text, name_view origin, master_sink& sink,
                                            const master_options& options, std::string_view file) {
  master_reader reader(text, origin, sink, options, file);
  return *reader.read(std::numeric_limits<std::size_t>::max());
}

}  // namespace mirage::dns
