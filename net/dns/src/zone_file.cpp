// SPDX-License-Identifier: ISC
#include "mirage/dns/zone_file.hpp"

#include <limits>
#include <utility>

namespace mirage::dns {

std::string_view zone_reader::add(const master_record& record) {
  if (record.in_class != record_class::in) return describe(zone_error::wrong_class);
  const auto added = builder_.add(record.owner, record.type, record.ttl, record.rdata);
  return added ? std::string_view() : describe(added.error());
}

std::optional<std::string_view> zone_reader::include(std::string_view file) {
  return includes_ == nullptr ? std::nullopt : includes_->find(file);
}

std::optional<result<std::unique_ptr<const zone>, master_error>> zone_reader::read(std::size_t records) {
  if (!all_read_) {
    const auto done = text_.read(records);
    if (done && !*done) return fail(done->error());
    all_read_ = done.has_value();
    return std::nullopt;
  }
  auto made = builder_.finish(records);
  if (!made) return std::nullopt;
  if (!*made) return fail(master_error{describe(made->error()), file_, 0, 0});
  return **std::move(made);
}

result<std::unique_ptr<const zone>, master_error> read_zone(std::string_view text, name_view origin,
                                                            std::string_view file, include_source* includes) {
  zone_reader reader(text, origin, file, includes);
  while (true)
    if (auto made = reader.read(std::numeric_limits<std::size_t>::max())) return *std::move(made);
}

}  // namespace mirage::dns
