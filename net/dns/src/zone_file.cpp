// SPDX-License-Identifier: ISC
#include "mirage/dns/zone_file.hpp"

namespace mirage::dns {

namespace {

class builder_sink final : public master_sink {
 public:
  builder_sink(name_view origin, include_source* includes) : builder_(origin), includes_(includes) {}

  std::string_view add(const master_record& record) override {
    if (record.in_class != record_class::in) return describe(zone_error::wrong_class);
    const auto added = builder_.add(record.owner, record.type, record.ttl, record.rdata);
    return added ? std::string_view() : describe(added.error());
  }
  std::optional<std::string_view> include(std::string_view file) override {
    return includes_ == nullptr ? std::nullopt : includes_->find(file);
  }
  auto finish() { return builder_.finish(); }

 private:
  zone_builder builder_;
  include_source* includes_;
};

}  // namespace

result<std::unique_ptr<const zone>, master_error> read_zone(std::string_view text, name_view origin,
                                                            std::string_view file, include_source* includes) {
  builder_sink sink(origin, includes);
  MIRAGE_TRY_VOID(read_master_file(text, origin, sink, {}, file));
  auto made = sink.finish();
  if (!made) return fail(master_error{describe(made.error()), file, 0, 0});
  return *std::move(made);
}

}  // namespace mirage::dns
