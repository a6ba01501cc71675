// SPDX-License-Identifier: ISC
#include "mirage/xen/network.hpp"

#include <algorithm>
#include <cstring>

#include "mirage/core/endian.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/core/sleep.hpp"

namespace mirage::xen {

namespace {

// Entries of the rings, io/netif.h.
constexpr std::size_t send_entry = 12;
constexpr std::size_t send_response = 4;
constexpr std::size_t receive_entry = 8;

// Flags of a request to send, and of a response to one to receive.
namespace send_flag {
constexpr std::uint16_t checksum_blank = 1;
constexpr std::uint16_t data_validated = 2;
constexpr std::uint16_t more_data = 4;
constexpr std::uint16_t extra_info = 8;
}  // namespace send_flag
namespace receive_flag {
constexpr std::uint16_t data_validated = 1;
constexpr std::uint16_t checksum_blank = 2;
constexpr std::uint16_t more_data = 4;
constexpr std::uint16_t extra_info = 8;
}  // namespace receive_flag

// The status of a response to a sent extra information, and the least one of an error.
constexpr std::int16_t status_null = 1;

namespace extra {
constexpr std::uint8_t segmentation = 1;
constexpr std::uint8_t last_known = 4;
constexpr std::uint8_t more = 1;
constexpr std::uint8_t tcp4 = 1;
constexpr std::uint8_t tcp6 = 2;
}  // namespace extra

constexpr std::size_t ethernet_header = 14;
// The size of a frame is a field of sixteen bits.
constexpr std::size_t longest_frame = 65535;
// What is left of that behind an Ethernet header with a tag, an IPv6 header and a TCP header with options.
constexpr std::uint32_t segment_bytes = longest_frame - 18 - 40 - 60;
// What every IPv6 host must take, and what a frame can hold.
constexpr std::uint64_t least_mtu = 1280;
constexpr std::uint64_t most_mtu = 65535 - 18;
constexpr duration look_again_after = 5ms;
constexpr duration stop_limit = 100ms;

std::size_t pages_of(std::size_t size) noexcept { return (size + page_size - 1) / page_size; }

std::uint8_t segmentation_of(v1::transmit::cut kind) noexcept {
  return kind == v1::transmit::cut::tcp6 ? extra::tcp6 : extra::tcp4;
}

// Whether the second does at least what the first does.
bool covers(const v1::capabilities& first, const v1::capabilities& second) noexcept {
  return second.mtu >= first.mtu && second.segment_bytes >= first.segment_bytes &&
         second.transmit_checksum >= first.transmit_checksum;
}

}  // namespace

network::network(std::string_view name, xenbus& on, const network_options& options) noexcept
    : name_(name),
      options_(options),
      front_(name, on, *this, xenbus_state::connected),
      later_([](void* self) noexcept { static_cast<network*>(self)->look_again(); }, this) {}

network::~network() { require(!front_.started(), "a network is destroyed: await stop() first"); }

// ---- The handshake -------------------------------------------------------------------------------------

task<result<void, device_error>> network::start() { return front_.start("vif", std::string(options_.which)); }

task<> network::stop() {
  if (up_) ring();
  for (duration waited{}; up_ && waited < stop_limit; waited += 1ms) {
    take_sent();
    if (!up_ || sending_->in_flight() == 0) break;
    co_await sleep_for(1ms);
  }
  co_await front_.stop();
}

task<result<void, device_error>> network::negotiate() {
  auto agreed = co_await agree_on_capabilities();
  MIRAGE_CO_TRY_VOID(agreed);
  auto made = make_rings();
  MIRAGE_CO_TRY_VOID(made);
  std::vector<frontend::number_key> keys{{"tx-ring-ref", send_page_.reference},
                                         {"rx-ring-ref", receive_page_.reference},
                                         {"event-channel", port_},
                                         {"request-rx-copy", 1},
                                         {"feature-rx-notify", 1},
                                         {"feature-sg", 1},
                                         {"feature-gso-tcpv4", 1},
                                         {"feature-gso-tcpv6", 1},
                                         {"feature-ipv6-csum-offload", 1}};
  co_return co_await front_.publish(std::move(keys));
}

task<result<void, device_error>> network::agree_on_capabilities() {
  auto mac = co_await front_.given("mac");
  const auto address = mac ? mac_address::parse(*mac) : std::nullopt;
  if (!address) co_return fail(device_error::bad_layout);
  mac_ = *address;
  const auto copies = co_await front_.offered("feature-rx-copy");
  if (copies == 0) co_return fail(device_error::not_offered);
  // Slices are copied, but only once; without them TCP would copy into the head first.
  v1::capabilities can{.batch = options_.batch, .slices = buffer_list::capacity() - 2};
  const auto mtu = co_await front_.given_number("mtu", can.mtu);
  if (mtu < least_mtu || mtu > most_mtu) co_return fail(device_error::bad_layout);
  can.mtu = static_cast<std::uint32_t>(mtu);
  const auto gathers = co_await front_.offered("feature-sg");
  const auto no_checksum4 = co_await front_.offered("feature-no-csum-offload");
  const auto checksum6 = co_await front_.offered("feature-ipv6-csum-offload");
  const auto cuts4 = co_await front_.offered("feature-gso-tcpv4");
  const auto cuts6 = co_await front_.offered("feature-gso-tcpv6");
  if (gathers == 0 && can.mtu + ethernet_header > page_size) co_return fail(device_error::not_offered);
  can.transmit_checksum = no_checksum4 == 0 && checksum6 != 0;
  if (can.transmit_checksum && gathers != 0 && cuts4 != 0 && cuts6 != 0) can.segment_bytes = segment_bytes;
  can.receive_checksum = can.receive_coalescing = true;
  if (agreed_ && !covers(*agreed_, can)) co_return fail(device_error::not_offered);
  if (!agreed_) capabilities_ = *(agreed_ = can);
  co_return {};
}

result<void, device_error> network::make_rings() noexcept {
  hypervisor& xen = front_.xen();
  const domain_id backend = front_.backend();
  const auto ports = xen.allocate_unbound(backend);
  if (!ports) return fail(device_error::no_memory);
  port_ = *ports;
  for (shared_page* const page : {&send_page_, &receive_page_}) {
    const auto shared = xen.share(backend, access::read_write);
    if (!shared) return fail(device_error::no_memory);
    *page = *shared;
  }
  if (!send_pages_.share(xen, backend, options_.send_pages, access::read_only) ||
      !receive_pages_.share(xen, backend, options_.receive_pages, access::read_write))
    return fail(device_error::no_memory);
  sending_.emplace(send_page_.memory, send_entry);
  receiving_.emplace(receive_page_.memory, receive_entry);
  xen.watch(*this, port_);
  return {};
}

task<result<void, device_error>> network::connect() {
  up_ = true;
  refill();
  static_cast<void>(receiving_->arm());
  if (std::exchange(was_up_, true) && sink_) sink_.link_restored();
  tell_writable();
  co_return {};
}

void network::lost() noexcept {
  up_ = polling_ = false;
  event_source::unlink();
  doorbell::unlink();
  later_.clear();
}

void network::release() noexcept {
  hypervisor& xen = front_.xen();
  if (sending_) xen.unwatch(port_);
  event_source::unlink();
  sending_.reset();
  receiving_.reset();
  incoming_ = {};
  extras_in_flight_ = 0;
  send_pages_.unshare(xen);
  receive_pages_.unshare(xen);
  for (shared_page* const page : {&send_page_, &receive_page_})
    if (page->memory != nullptr) xen.unshare(std::exchange(*page, {}));
  if (port_ != 0) xen.close(std::exchange(port_, 0));
}

// ---- Sending -------------------------------------------------------------------------------------------

result<bytes, v1::net_error> network::prepare(const v1::transmit& how, const buffer_list& slices) noexcept {
  const std::size_t size = how.header + total_size(slices);
  const std::size_t longest = how.segment == 0 ? capabilities_.mtu + ethernet_header : longest_frame;
  const bool cannot_cut =
      how.segment != 0 && (capabilities_.segment_bytes == 0 || how.kind == v1::transmit::cut::udp);
  if (size > longest || cannot_cut) return mirage::fail(v1::net_error::too_long);
  if (!up_) {
    refused_ = true;
    ++counters_.down;
    return mirage::fail(v1::net_error::down);
  }
  const std::size_t pages = std::max<std::size_t>(pages_of(size), 1);
  const auto has_room = [&] { return send_pages_.free() >= pages && sending_->room() > pages; };
  if (!has_room()) take_sent();
  if (!up_) return mirage::fail(v1::net_error::down);
  const bool is_long = how.header > page_size;
  if (is_long && has_room()) long_head_ = buffer::allocate(how.header);
  if (!has_room() || (is_long && !long_head_)) {
    refused_ = true;
    ++counters_.full;
    // Half of them done is worth an event. Without one in flight it was memory that lacked.
    if (!sending_->arm(sending_->in_flight() / 2) || sending_->in_flight() == 0)
      later_.set(os::now() + look_again_after);
    return mirage::fail(v1::net_error::full);
  }
  outgoing_.clear();
  if (is_long) return long_head_.writable();
  const std::uint16_t first = send_pages_.take();
  outgoing_.push_back({.number = first, .offset = 0, .size = 0});
  return send_pages_.memory(first).first(how.header);
}

void network::send(const v1::transmit& how, std::size_t filled, buffer_list&& slices) noexcept {
  if (long_head_)
    append(std::exchange(long_head_, {}).view().first(filled));
  else
    outgoing_.back().size = static_cast<std::uint16_t>(filled);
  for (const buffer& slice : buffer_list(std::move(slices))) append(slice.view());
  put_requests(how);
  ++counters_.sent;
  os::here->tasks.ring_later(*this);
}

void network::append(cbytes part) noexcept {
  while (!part.empty()) {
    if (outgoing_.empty() || outgoing_.back().size == page_size)
      outgoing_.push_back({.number = send_pages_.take(), .offset = 0, .size = 0});
    piece& last = outgoing_.back();
    const std::size_t count = std::min(part.size(), page_size - last.size);
    std::memcpy(send_pages_.memory(last.number).data() + last.size, part.data(), count);
    last.size = static_cast<std::uint16_t>(last.size + count);
    part = part.subspan(count);
  }
}

// The first request tells the size of the whole frame, the others that of their own part.
void network::put_requests(const v1::transmit& how) noexcept {
  std::size_t total = 0;
  for (const piece& each : outgoing_) total += each.size;
  for (std::size_t i = 0; i < outgoing_.size(); ++i) {
    const piece& each = outgoing_[i];
    std::uint16_t flags = i + 1 < outgoing_.size() ? send_flag::more_data : std::uint16_t{0};
    if (i == 0 && how.checksum_offset != 0) flags |= send_flag::checksum_blank | send_flag::data_validated;
    if (i == 0 && how.segment != 0) flags |= send_flag::extra_info;
    std::byte* const entry = sending_->add().entry;
    store_le32(entry, send_pages_.reference(each.number));
    store_le16(entry + 4, each.offset);
    store_le16(entry + 6, flags);
    store_le16(entry + 8, each.number);
    store_le16(entry + 10, static_cast<std::uint16_t>(i == 0 ? total : each.size));
    if ((flags & send_flag::extra_info) == 0) continue;
    std::byte* const more = sending_->add().entry;
    std::memset(more, 0, send_entry);
    more[0] = std::byte{extra::segmentation};
    store_le16(more + 2, how.segment);
    more[4] = std::byte{segmentation_of(how.kind)};
    ++extras_in_flight_;
  }
}

void network::ring() noexcept {
  if (!up_ || !sending_->publish()) return;
  ++counters_.doorbells;
  front_.xen().notify(port_);
}

void network::take_sent() noexcept {
  while (up_) {
    std::array<std::byte, send_response> response;
    const auto done = sending_->take(response);
    if (done.what == front_ring::response::kind::none) return;
    if (done.what == front_ring::response::kind::broken) return front_.fail(ring_fault::index_jumped);
    const auto status = static_cast<std::int16_t>(load_le16(response.data() + 2));
    if (status == status_null) {  // where the extra information was; its number is none
      if (extras_in_flight_ == 0) return front_.fail(ring_fault::bad_order);
      --extras_in_flight_;
      continue;
    }
    if (const ring_fault fault = send_pages_.give_back(load_le16(response.data())); fault != ring_fault::none)
      return front_.fail(fault);
    if (status < 0) ++refused_by_backend_;
  }
}

void network::tell_writable() noexcept {
  if (!refused_ || !up_ || !sink_) return;
  if (send_pages_.free() < std::min<std::size_t>(most_pieces, send_pages_.size())) return;
  if (sending_->room() <= most_pieces) return;
  refused_ = false;
  sink_.writable();
}

// Where no event is worth it: for memory that lacked.
void network::look_again() noexcept {
  if (!up_) return;
  take_sent();
  tell_writable();
  if (up_ && refused_) later_.set(os::now() + look_again_after);
}

// ---- Receiving -----------------------------------------------------------------------------------------

bool network::poll() noexcept {
  if (!up_) return false;
  take_sent();
  handed_up_ = false;
  std::uint32_t frames = 0;
  while (frames < options_.batch && up_ && receive(frames)) {
  }
  os::here->tasks.found(frames);
  if (sink_ && handed_up_) sink_.batch_end();
  if (!up_) return false;
  refill();
  tell_writable();
  if (!up_) return false;
  polling_ = frames != 0 || !receiving_->arm();
  if (!polling_ && refused_) polling_ = !sending_->arm(sending_->in_flight() / 2);
  return polling_;
}

// One response; false when there is none.
bool network::receive(std::uint32_t& frames) noexcept {
  std::array<std::byte, receive_entry> response;
  const auto done = receiving_->take(response);
  if (done.what == front_ring::response::kind::none) return false;
  ring_fault fault = ring_fault::index_jumped;
  if (done.what == front_ring::response::kind::one) {
    const std::uint16_t number = posted_[done.place];
    // An extra information lies where a number would be; its page comes back all the same.
    if (incoming_.more_extra) {
      fault = take_extra(response);
      if (fault == ring_fault::none) fault = receive_pages_.give_back(number);
    } else {
      fault = take_piece(number, response);
    }
  }
  if (fault != ring_fault::none) {
    front_.fail(fault);
    return false;
  }
  if (!incoming_.more && !incoming_.more_extra) {
    ++frames;
    hand_up();
  }
  return true;
}

ring_fault network::take_extra(cbytes response) noexcept {
  const auto type = std::to_integer<std::uint8_t>(response[0]);
  if (type == 0 || type > extra::last_known) return ring_fault::bad_order;
  incoming_.more_extra = (std::to_integer<std::uint8_t>(response[1]) & extra::more) != 0;
  if (type != extra::segmentation) return ring_fault::none;
  const auto kind = std::to_integer<std::uint8_t>(response[4]);
  incoming_.known.segment = load_le16(response.data() + 2);
  if (incoming_.known.segment == 0 || (kind != extra::tcp4 && kind != extra::tcp6)) incoming_.failed = true;
  return ring_fault::none;
}

ring_fault network::take_piece(std::uint16_t number, cbytes response) noexcept {
  const std::uint16_t answered = load_le16(response.data());
  const std::uint16_t offset = load_le16(response.data() + 2);
  const std::uint16_t flags = load_le16(response.data() + 4);
  const auto status = static_cast<std::int16_t>(load_le16(response.data() + 6));
  if (answered >= receive_pages_.size()) return ring_fault::id_out_of_range;
  if (answered != number) return ring_fault::not_in_flight;
  if (status > 0 && std::size_t{offset} + static_cast<std::size_t>(status) > page_size)
    return ring_fault::bad_length;
  if (incoming_.pieces.full()) return ring_fault::bad_order;
  if (incoming_.pieces.empty()) {
    incoming_.known.checksum_verified =
        (flags & (receive_flag::data_validated | receive_flag::checksum_blank)) != 0;
    incoming_.more_extra = (flags & receive_flag::extra_info) != 0;
  }
  incoming_.more = (flags & receive_flag::more_data) != 0;
  if (status <= 0) incoming_.failed = true;
  incoming_.pieces.push_back({.number = number,
                              .offset = offset,
                              .size = static_cast<std::uint16_t>(std::max<std::int16_t>(status, 0))});
  return ring_fault::none;
}

// Copies the frame out of the pages, which can take the next one then.
void network::hand_up() noexcept {
  incoming whole = std::exchange(incoming_, {});
  ++counters_.received;
  if (whole.pieces.size() > 1) ++counters_.merged;
  std::size_t size = 0;
  for (const piece& each : whole.pieces) size += each.size;
  const bool wanted = !whole.failed && size <= longest_frame && sink_;
  buffer frame = wanted ? buffer::allocate(size) : buffer();
  std::size_t done = 0;
  for (const piece& each : whole.pieces) {
    if (frame)
      std::memcpy(frame.writable().data() + done, receive_pages_.memory(each.number).data() + each.offset,
                  each.size);
    done += each.size;
    static_cast<void>(receive_pages_.give_back(each.number));
  }
  if (whole.failed || size > longest_frame) {
    ++counters_.malformed;
  } else if (!sink_) {
    ++counters_.nobody_listens;
  } else if (!frame) {
    ++counters_.no_memory;
  } else {
    handed_up_ = true;
    sink_.input(std::move(frame), whole.known);
  }
}

void network::refill() noexcept {
  while (receive_pages_.free() != 0 && receiving_->room() != 0) {
    const std::uint16_t number = receive_pages_.take();
    const auto request = receiving_->add();
    posted_[request.place] = number;
    store_le16(request.entry, number);
    store_le16(request.entry + 2, 0);
    store_le32(request.entry + 4, receive_pages_.reference(number));
  }
  if (receiving_->publish()) front_.xen().notify(port_);
}

}  // namespace mirage::xen
