// SPDX-License-Identifier: ISC
#include "mirage/xen/block.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "mirage/core/endian.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/core/when.hpp"

namespace mirage::xen {

namespace {

// io/blkif.h: an entry of the ring with eleven segments, and what of a response is looked at.
constexpr std::size_t entry_size = 112;
constexpr std::size_t response_size = 12;
constexpr std::size_t segment_size = 8;
constexpr std::size_t direct_segments_at = 24;
constexpr std::size_t indirect_pages_at = 28;
// The unit of every sector number, whatever the size of the device's sectors.
constexpr std::uint32_t unit = 512;

// Bits of the back end's `info`.
constexpr std::uint64_t is_read_only = 4;

constexpr std::int16_t status_ok = 0;
constexpr std::uint16_t least_pages = 12;
constexpr duration stop_limit = 3s;

}  // namespace

block::block(std::string_view name, xenbus& on, const block_options& options) noexcept
    : name_(name), options_(options), front_(name, on, *this, xenbus_state::initialised) {
  require(options_.pages >= least_pages, "a disk of fewer pages than one request takes");
}

block::~block() { require(!front_.started(), "a disk is destroyed: await stop() first"); }

// ---- The handshake -------------------------------------------------------------------------------------

task<result<void, device_error>> block::start() { return front_.start("vbd", std::string(options_.which)); }

task<> block::stop() {
  auto all_done = [](block& self) -> task<> {
    while (self.up_ && self.numbers_->free() != most_requests) co_await self.freed_;
  };
  static_cast<void>(co_await with_timeout(stop_limit, all_done(*this)));
  co_await front_.stop();
}

task<result<void, device_error>> block::negotiate() {
  virtual_device_ = co_await front_.given_number("virtual-device", 0);
  auto made = make_ring();
  MIRAGE_CO_TRY_VOID(made);
  auto named = co_await front_.give("protocol", "x86_64-abi");
  MIRAGE_CO_TRY_VOID(named);
  // The grants stay for as long as the ring, whether the back end keeps the pages mapped or not; Linux tells
  // of that, and of all else that it offers, only when it has connected.
  std::vector<frontend::number_key> keys{
      {"ring-ref", ring_page_.reference}, {"event-channel", port_}, {"feature-persistent", 1}};
  co_return co_await front_.publish(std::move(keys));
}

result<void, device_error> block::make_ring() noexcept {
  hypervisor& xen = front_.xen();
  const domain_id backend = front_.backend();
  const auto port = xen.allocate_unbound(backend);
  if (!port) return fail(device_error::no_memory);
  port_ = *port;
  const auto page = xen.share(backend, access::read_write);
  if (!page) return fail(device_error::no_memory);
  ring_page_ = *page;
  if (!pages_.share(xen, backend, options_.pages, access::read_write)) return fail(device_error::no_memory);
  ring_.emplace(ring_page_.memory, entry_size);
  numbers_.emplace(most_requests);
  requests_ = std::make_unique<request[]>(most_requests);
  xen.watch(*this, port_);
  return {};
}

task<result<void, device_error>> block::connect() {
  auto layout = co_await read_layout();
  MIRAGE_CO_TRY_VOID(layout);
  if (known_ && *layout != info_) co_return fail(device_error::bad_layout);
  const auto indirect = co_await front_.offered("feature-max-indirect-segments");
  const auto segments = static_cast<std::uint16_t>(std::clamp<std::uint64_t>(
      indirect, direct_segments, std::min<std::uint64_t>(most_segments, options_.pages - 1U)));
  if (known_ && segments < segments_) co_return fail(device_error::not_offered);
  if (!known_) segments_ = segments;
  info_ = *layout;
  const auto flushes = co_await front_.offered("feature-flush-cache");
  const auto barriers = co_await front_.offered("feature-barrier");
  flush_by_ = flushes != 0 ? operation::flush : barriers != 0 ? operation::barrier : operation::read;
  if (!ring_) co_return fail(device_error::no_answer);
  known_ = up_ = true;
  interrupted_ = false;
  static_cast<void>(ring_->arm());
  freed_.notify();
  co_return {};
}

task<result<v1::block_info, device_error>> block::read_layout() {
  const auto sector = co_await front_.offered("sector-size", unit);
  const auto units = co_await front_.offered("sectors");
  const auto bits = co_await front_.offered("info");
  const auto discards = co_await front_.offered("feature-discard");
  if (!std::has_single_bit(sector) || sector < unit || sector > page_size)
    co_return fail(device_error::bad_layout);
  if (units > std::numeric_limits<std::uint64_t>::max() / unit) co_return fail(device_error::bad_layout);
  const bool sealed = (bits & is_read_only) != 0;
  co_return v1::block_info{.sector_size = static_cast<std::uint32_t>(sector),
                           .sectors = units / (sector / unit),
                           .read_only = sealed,
                           .can_discard = discards != 0 && !sealed};
}

void block::lost() noexcept {
  interrupted_ = false;
  end_all(outcome::kind::disconnected);
}

void block::interrupted() noexcept {
  interrupted_ = true;
  end_all(outcome::kind::interrupted);
}

void block::end_all(outcome::kind how) noexcept {
  up_ = polling_ = false;
  event_source::unlink();
  doorbell::unlink();
  for (std::uint16_t i = 0; numbers_ && i < most_requests; ++i) {
    if (!numbers_->is_in_flight(i)) continue;
    requests_[i].pages.clear();  // the back end may still write there: they are taken back as a whole
    requests_[i].who.finish({.what = how, .into = std::move(requests_[i].into)});
  }
  freed_.notify();
}

void block::release() noexcept {
  hypervisor& xen = front_.xen();
  if (ring_) xen.unwatch(port_);
  event_source::unlink();
  ring_.reset();
  numbers_.reset();
  requests_.reset();
  pages_.unshare(xen);
  if (ring_page_.memory != nullptr) xen.unshare(std::exchange(ring_page_, {}));
  if (port_ != 0) xen.close(std::exchange(port_, 0));
}

// ---- Requests ------------------------------------------------------------------------------------------

std::size_t block::pages_for(const part& one) const noexcept {
  if (one.what != operation::read && one.what != operation::write) return 0;
  const std::size_t data = (one.size + page_size - 1) / page_size;
  return data > direct_segments ? data + 1 : data;
}

// `from` is read before this waits for the back end, from `one.offset` on.
task<result<buffer, v1::block_error>> block::run(part one, const buffer_list* from) {
  while (true) {
    auto turn = co_await gate_.acquire();
    while (interrupted_ || (up_ && (numbers_->free() == 0 || pages_.free() < pages_for(one))))
      co_await freed_;
    if (!up_) co_return mirage::fail(v1::block_error::disconnected);
    const std::uint16_t number = numbers_->take();
    completion<outcome> finished(requests_[number].who, "xen block");
    submit(number, one, from);
    turn.release();
    outcome came = co_await finished;
    one.into = std::move(came.into);
    switch (came.what) {
      case outcome::kind::done: co_return std::move(one.into);
      case outcome::kind::failed: co_return mirage::fail(v1::block_error::device_failed);
      case outcome::kind::disconnected: co_return mirage::fail(v1::block_error::disconnected);
      case outcome::kind::interrupted: break;
    }
  }
}

// Takes the buffer of `one`, and nothing else.
void block::submit(std::uint16_t number, part& one, const buffer_list* from) noexcept {
  request& mine = requests_[number];
  mine.what = one.what;
  mine.into = std::move(one.into);
  mine.offset = one.offset;
  mine.size = one.size;
  for (std::size_t left = pages_for(one); left > 0; --left) mine.pages.push_back(pages_.take());
  if (from != nullptr) copy_in(mine, *from, one.offset);
  std::byte* const entry = ring_->add().entry;
  std::memset(entry, 0, entry_size);
  entry[0] = static_cast<std::byte>(one.what);
  store_le16(entry + 2, static_cast<std::uint16_t>(virtual_device_));
  store_le64(entry + 8, number);
  store_le64(entry + 16, one.sector);
  if (one.what == operation::discard) store_le64(entry + 24, one.size / unit);
  if (!mine.pages.empty()) put_segments(entry, mine, one.sector);
  os::here->tasks.ring_later(*this);
}

void block::put_segments(std::byte* entry, request& one, std::uint64_t sector) noexcept {
  const std::size_t data_pages = (one.size + page_size - 1) / page_size;
  std::byte* to = entry + direct_segments_at;
  if (data_pages > direct_segments) {
    entry[0] = static_cast<std::byte>(operation::indirect);
    entry[1] = static_cast<std::byte>(one.what);
    store_le16(entry + 2, static_cast<std::uint16_t>(data_pages));
    store_le64(entry + 16, sector);
    store_le16(entry + 24, static_cast<std::uint16_t>(virtual_device_));
    store_le32(entry + indirect_pages_at, pages_.reference(one.pages.back()));
    to = pages_.memory(one.pages.back()).data();
  } else {
    entry[1] = static_cast<std::byte>(data_pages);
  }
  std::size_t left = one.size;
  for (std::size_t i = 0; i < data_pages; ++i, to += segment_size) {
    const std::size_t here = std::min(left, page_size);
    left -= here;
    store_le32(to, pages_.reference(one.pages[i]));
    store_le32(to + 4, static_cast<std::uint32_t>((here / unit - 1) << 8U));  // first sector, last sector
  }
}

// What of the list lies from `offset` on, as much as the request carries.
void block::copy_in(request& one, const buffer_list& from, std::size_t offset) noexcept {
  std::size_t done = 0;
  for (const buffer& each : from) {
    cbytes rest = each.view();
    const std::size_t skipped = std::min(offset, rest.size());
    rest = rest.subspan(skipped);
    offset -= skipped;
    while (!rest.empty() && done < one.size) {
      const std::size_t within = done % page_size;
      const std::size_t count = std::min({rest.size(), page_size - within, one.size - done});
      std::memcpy(pages_.memory(one.pages[done / page_size]).data() + within, rest.data(), count);
      rest = rest.subspan(count);
      done += count;
    }
  }
}

void block::ring() noexcept {
  if (!up_ || !ring_->publish()) return;
  ++counters_.doorbells;
  front_.xen().notify(port_);
}

bool block::poll() noexcept {
  if (!up_) return false;
  std::size_t taken = 0;
  for (; taken < most_requests; ++taken) {
    std::array<std::byte, response_size> response;
    const auto next = ring_->take(response);
    if (next.what == front_ring::response::kind::none) break;
    const ring_fault fault =
        next.what == front_ring::response::kind::one ? take(response) : ring_fault::index_jumped;
    if (fault != ring_fault::none) {
      front_.fail(fault);
      return false;
    }
  }
  os::here->tasks.found(taken);
  if (taken != 0) freed_.notify();
  polling_ = taken != 0 || !ring_->arm();
  return polling_;
}

ring_fault block::take(cbytes response) noexcept {
  const std::uint64_t number = load_le64(response.data());
  const auto status = static_cast<std::int16_t>(load_le16(response.data() + 10));
  if (const ring_fault fault = numbers_->give_back(number); fault != ring_fault::none) return fault;
  request& one = requests_[number];
  if (status != status_ok) {
    ++counters_.failed;
    finish(one, outcome::kind::failed);
    return ring_fault::none;
  }
  if (one.what == operation::read) {
    std::byte* const to = one.into.writable().data() + one.offset;
    for (std::size_t done = 0; done < one.size; done += page_size)
      std::memcpy(to + done, pages_.memory(one.pages[done / page_size]).data(),
                  std::min(one.size - done, page_size));
  }
  finish(one, outcome::kind::done);
  return ring_fault::none;
}

void block::finish(request& one, outcome::kind how) noexcept {
  for (const std::uint16_t page : one.pages) static_cast<void>(pages_.give_back(page));
  one.pages.clear();
  one.who.finish({.what = how, .into = std::move(one.into)});
}

// ---- Operations ----------------------------------------------------------------------------------------

bool block::is_inside(std::uint64_t first, std::uint64_t count) const noexcept {
  return first <= info_.sectors && count <= info_.sectors - first;
}

std::uint64_t block::in_units(std::uint64_t sectors) const noexcept {
  return sectors * (info_.sector_size / unit);
}

std::size_t block::most_bytes() const noexcept { return segments_ * page_size; }

task<result<buffer, v1::block_error>> block::read(std::uint64_t first, std::uint32_t count) {
  if (!is_inside(first, count)) co_return mirage::fail(v1::block_error::out_of_range);
  const std::uint64_t size = std::uint64_t{count} * info_.sector_size;
  if (size == 0) co_return buffer();
  ++counters_.reads;
  buffer room = size <= std::numeric_limits<std::uint32_t>::max()
                    ? buffer::allocate(static_cast<std::size_t>(size))
                    : buffer();
  if (!room) {
    ++counters_.refused;
    co_return mirage::fail(v1::block_error::no_memory);
  }
  for (std::size_t done = 0; done < size; done += most_bytes()) {
    part one{.what = operation::read,
             .sector = in_units(first) + done / unit,
             .size = std::min<std::uint64_t>(size - done, most_bytes()),
             .into = std::move(room),
             .offset = done};
    auto filled = co_await run(std::move(one), nullptr);
    MIRAGE_CO_TRY(room, std::move(filled));
  }
  co_return room;
}

task<result<void, v1::block_error>> block::write(std::uint64_t first, buffer data) {
  buffer_list list;
  list.push_back(std::move(data));
  return write(first, std::move(list));
}

task<result<void, v1::block_error>> block::write(std::uint64_t first, buffer_list data) {
  const std::uint64_t size = total_size(data);
  if (info_.read_only) co_return mirage::fail(v1::block_error::read_only);
  if (size % info_.sector_size != 0) co_return mirage::fail(v1::block_error::misaligned);
  if (!is_inside(first, size / info_.sector_size)) co_return mirage::fail(v1::block_error::out_of_range);
  if (size == 0) co_return {};
  ++counters_.writes;
  for (std::size_t done = 0; done < size; done += most_bytes()) {
    part one{.what = operation::write,
             .sector = in_units(first) + done / unit,
             .size = std::min<std::uint64_t>(size - done, most_bytes()),
             .offset = done};
    auto written = co_await run(std::move(one), &data);
    MIRAGE_CO_TRY_VOID(std::move(written));
  }
  co_return {};
}

task<result<void, v1::block_error>> block::flush() {
  if (info_.read_only || flush_by_ == operation::read) co_return {};
  part one{.what = flush_by_};
  auto flushed = co_await run(std::move(one), nullptr);
  MIRAGE_CO_TRY_VOID(std::move(flushed));
  co_return {};
}

task<result<void, v1::block_error>> block::discard(std::uint64_t first, std::uint64_t count) {
  if (info_.read_only) co_return mirage::fail(v1::block_error::read_only);
  if (!is_inside(first, count)) co_return mirage::fail(v1::block_error::out_of_range);
  if (!info_.can_discard || count == 0) co_return {};
  part one{.what = operation::discard, .sector = in_units(first), .size = in_units(count) * unit};
  auto discarded = co_await run(std::move(one), nullptr);
  MIRAGE_CO_TRY_VOID(std::move(discarded));
  co_return {};
}

}  // namespace mirage::xen
