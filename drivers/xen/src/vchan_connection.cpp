// SPDX-License-Identifier: ISC
#include "vchan_connection.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "mirage/core/endian.hpp"
#include "shared.hpp"

namespace mirage::xen::detail {

namespace {

// The shared page. Left is what the client writes.
constexpr std::size_t left_at = 0;
constexpr std::size_t right_at = 8;
constexpr std::size_t consumer = 0;
constexpr std::size_t producer = 4;
constexpr std::size_t left_order_at = 16;
constexpr std::size_t right_order_at = 18;
constexpr std::size_t client_live = 20;
constexpr std::size_t server_live = 21;
constexpr std::size_t client_notify = 22;
constexpr std::size_t server_notify = 23;
constexpr std::size_t grants_at = 24;

constexpr std::uint16_t small_order = 10;
constexpr std::uint16_t page_order = 12;
constexpr std::uint16_t most_order = 20;

// Values of a `live`; the last is ours alone.
constexpr std::uint8_t gone = 0;
constexpr std::uint8_t here = 1;
constexpr std::uint8_t not_yet = 2;
constexpr std::uint8_t writes_no_more = 3;

// Bits of a `notify`; the last is ours alone, and stands in the byte of the end that was reset.
constexpr std::uint8_t when_written = 1;
constexpr std::uint8_t when_read = 2;
constexpr std::uint8_t was_reset = 0x80;

}  // namespace

// ---- The end -------------------------------------------------------------------------------------------

vchan_connection::~vchan_connection() {
  if (!closed) close(false);
  give_back();
}

void vchan_connection::give_back() noexcept {
  page_ = nullptr;
  if (port_ != 0) {
    xen_.unwatch(port_);
    xen_.close(std::exchange(port_, 0));
  }
  for (const shared_page& page : std::exchange(shared_, {})) xen_.unshare(page);
  for (const bytes memory : std::exchange(mapped_, {})) xen_.unmap(memory);
}

void vchan_connection::resumed() noexcept {
  event_source::unlink();
  give_back();
  reset();
  changed.notify();
}

// ---- The layout ----------------------------------------------------------------------------------------

bool vchan_connection::lay_out(std::uint16_t left, std::uint16_t right) {
  const auto possible = [](std::uint16_t order) { return order >= small_order && order <= most_order; };
  if (!possible(left) || !possible(right) || (left == right && left < page_order)) return false;
  byte_ring& of_left = serves_ ? in_ : out_;
  byte_ring& of_right = serves_ ? out_ : in_;
  of_left.at = left_at;
  of_right.at = right_at;
  for (const auto& [ring, order] : {std::pair{&of_left, left}, std::pair{&of_right, right}}) {
    ring->size = std::uint32_t{1} << order;
    ring->part_size = std::min<std::size_t>(ring->size, page_size);
    // In the page itself, a ring lies as far from its beginning as it is long.
    if (order < page_order) ring->parts.push_back(page_ + ring->size);
  }
  return true;
}

bool vchan_connection::share_ring(byte_ring& ring, std::size_t& grant_at) {
  while (ring.parts.size() * ring.part_size < ring.size) {
    const auto page = xen_.share(other_, access::read_write);
    if (!page) return false;
    shared_.push_back(*page);
    ring.parts.push_back(page->memory);
    store_le32(page_ + grant_at, page->reference);
    grant_at += 4;
  }
  return true;
}

result<void, vchan_error> vchan_connection::share(const vchan_options& options) {
  const auto page = xen_.share(other_, access::read_write);
  if (!page) return fail(vchan_error::no_memory);
  shared_.push_back(*page);
  page_ = page->memory;
  reference_ = page->reference;
  if (!lay_out(options.to_server, options.to_client)) return fail(vchan_error::bad_layout);
  std::size_t grant_at = grants_at;
  if (!share_ring(in_, grant_at) || !share_ring(out_, grant_at)) return fail(vchan_error::no_memory);
  store_le16(page_ + left_order_at, options.to_server);
  store_le16(page_ + right_order_at, options.to_client);
  page_[client_live] = std::byte{not_yet};
  page_[server_live] = std::byte{here};
  page_[client_notify] = std::byte{when_written};
  const auto port = xen_.allocate_unbound(other_);
  if (!port) return fail(vchan_error::no_memory);
  port_ = *port;
  xen_.watch(*this, port_);
  return {};
}

bool vchan_connection::attach_ring(byte_ring& ring, std::size_t& grant_at) {
  while (ring.parts.size() * ring.part_size < ring.size) {
    const std::array reference{shared(page_ + grant_at).load(std::memory_order_relaxed)};
    const auto memory = xen_.map(other_, reference, access::read_write);
    if (!memory) return false;
    mapped_.push_back(*memory);
    ring.parts.push_back(memory->data());
    grant_at += 4;
  }
  return true;
}

// Everything in the page is the server's word: it is read once, and held against what can be.
result<void, vchan_error> vchan_connection::attach(grant_reference page, event_port port) {
  const std::array reference{page};
  const auto memory = xen_.map(other_, reference, access::read_write);
  if (!memory) return fail(vchan_error::no_memory);
  mapped_.push_back(*memory);
  page_ = memory->data();
  const auto left = shared<std::uint16_t>(page_ + left_order_at).load(std::memory_order_relaxed);
  const auto right = shared<std::uint16_t>(page_ + right_order_at).load(std::memory_order_relaxed);
  // Left's grants come first. A ring in the page leaves room for those of the other before it.
  std::size_t grant_at = grants_at;
  if (!lay_out(left, right)) return fail(vchan_error::bad_layout);
  if (!attach_ring(out_, grant_at) || !attach_ring(in_, grant_at)) return fail(vchan_error::no_memory);
  const auto bound = xen_.bind_interdomain(other_, port);
  if (!bound) return fail(vchan_error::no_memory);
  port_ = *bound;
  // A client that follows another goes on where that was.
  in_.ours = shared(page_ + in_.at + consumer).load(std::memory_order_relaxed);
  out_.ours = shared(page_ + out_.at + producer).load(std::memory_order_relaxed);
  shared<std::uint8_t>(page_ + client_live).store(here);
  shared<std::uint8_t>(page_ + server_notify).fetch_or(when_written);
  xen_.watch(*this, port_);
  xen_.notify(port_);
  return {};
}

bool vchan_connection::client_has_come() const noexcept {
  return shared<std::uint8_t>(page_ + client_live).load() != not_yet;
}

// ---- The other end -------------------------------------------------------------------------------------

bool vchan_connection::poll() noexcept {
  changed.notify();
  return false;
}

bool vchan_connection::other_has_gone() const noexcept {
  return was_lost() || shared<std::uint8_t>(page_ + (serves_ ? client_live : server_live)).load() == gone;
}

vchan_connection::side vchan_connection::other_side() noexcept {
  if (was_lost()) return side::reset;
  const std::uint8_t live = shared<std::uint8_t>(page_ + (serves_ ? client_live : server_live)).load();
  const std::uint8_t marks = shared<std::uint8_t>(page_ + (serves_ ? client_notify : server_notify)).load();
  if (live == gone && (marks & was_reset) != 0) reset();
  if (reset_) return side::reset;
  return live == gone || live == writes_no_more ? side::ended : side::open;
}

// We ask by the byte of the other end, and are asked by ours.
void vchan_connection::ask_for(std::uint8_t what) noexcept {
  shared<std::uint8_t>(page_ + (serves_ ? client_notify : server_notify)).fetch_or(what);
}

void vchan_connection::tell(std::uint8_t what) noexcept {
  auto asked = shared<std::uint8_t>(page_ + (serves_ ? server_notify : client_notify));
  if ((asked.fetch_and(static_cast<std::uint8_t>(~what)) & what) != 0) xen_.notify(port_);
}

void vchan_connection::end_writing() noexcept {
  writing_ended = true;
  if (was_lost()) return;
  auto live = shared<std::uint8_t>(page_ + (serves_ ? server_live : client_live));
  if (live.load() == here) live.store(writes_no_more);
  xen_.notify(port_);
}

void vchan_connection::close(bool in_order) noexcept {
  closed = true;
  changed.notify();
  if (was_lost()) return;
  if (!in_order) shared<std::uint8_t>(page_ + (serves_ ? server_notify : client_notify)).fetch_or(was_reset);
  shared<std::uint8_t>(page_ + (serves_ ? server_live : client_live)).store(gone);
  if (port_ != 0) xen_.notify(port_);
}

// ---- Bytes ---------------------------------------------------------------------------------------------

std::size_t vchan_connection::waiting() noexcept {
  const std::uint32_t end = shared(page_ + in_.at + producer).load(std::memory_order_acquire);
  if (end - in_.ours <= in_.size) return end - in_.ours;
  if (!reset_) ++faults_;
  reset();
  return 0;
}

std::size_t vchan_connection::room() noexcept {
  const std::uint32_t taken = shared(page_ + out_.at + consumer).load(std::memory_order_acquire);
  if (out_.ours - taken <= out_.size) return out_.size - (out_.ours - taken);
  if (!reset_) ++faults_;
  reset();
  return 0;
}

std::size_t vchan_connection::readable() noexcept {
  if (was_lost()) return 0;
  if (const std::size_t some = waiting(); some != 0) return some;
  ask_for(when_written);
  return waiting();
}

std::size_t vchan_connection::writable() noexcept {
  if (was_lost()) return 0;
  if (const std::size_t some = room(); some != 0) return some;
  ask_for(when_read);
  return room();
}

std::span<std::byte> vchan_connection::part_of(const byte_ring& ring, std::uint32_t index,
                                               std::size_t wanted) noexcept {
  const std::size_t place = index & (ring.size - 1);
  const std::size_t within = place % ring.part_size;
  return {ring.parts[place / ring.part_size] + within, std::min(wanted, ring.part_size - within)};
}

void vchan_connection::read(bytes to) noexcept {
  while (!to.empty()) {
    const auto part = part_of(in_, in_.ours, to.size());
    std::memcpy(to.data(), part.data(), part.size());
    to = to.subspan(part.size());
    in_.ours += static_cast<std::uint32_t>(part.size());
  }
  shared(page_ + in_.at + consumer).store(in_.ours, std::memory_order_release);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  tell(when_read);
}

void vchan_connection::write(cbytes from) noexcept {
  while (!from.empty()) {
    const auto part = part_of(out_, out_.ours, from.size());
    std::memcpy(part.data(), from.data(), part.size());
    from = from.subspan(part.size());
    out_.ours += static_cast<std::uint32_t>(part.size());
  }
  shared(page_ + out_.at + producer).store(out_.ours, std::memory_order_release);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  tell(when_written);
}

}  // namespace mirage::xen::detail
