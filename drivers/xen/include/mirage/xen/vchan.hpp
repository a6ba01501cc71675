// SPDX-License-Identifier: ISC
// `vchan`: a stream of bytes between two domains, by memory that one of them shares (Xen's public header
// io/libxenvchan.h); the other end may be a C program with libxenvchan.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/shared.hpp"
#include "mirage/core/task.hpp"
#include "mirage/v1.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "mirage/xen/xenstore.hpp"

namespace mirage::xen {

enum class vchan_error : std::uint8_t { no_xenstore, no_memory, bad_layout };
[[nodiscard]] constexpr std::string_view describe(vchan_error error) noexcept {
  constexpr std::array<std::string_view, 3> words{"xenstore does not answer, or does not permit the vchan",
                                                  "no event channel, grant or memory is left for the vchan",
                                                  "the server of the vchan tells of a layout that cannot be"};
  return words[static_cast<std::size_t>(error)];
}

struct vchan_options {
  /// Bytes of each direction, as powers of two: 10 or 11, but not both 10 nor both 11, in the shared page
  /// itself; 12 to 20, pages of their own. The server's to say.
  std::uint16_t to_client = 14;
  std::uint16_t to_server = 14;
};

namespace detail {
class vchan_connection;
}

/// `v1::flow`. The other end is not trusted: an index that jumps resets the flow, and no byte is looked at
/// where the other end could still change it.
///
/// A resume from saved memory resets it.
///
/// Two things go beyond what libxenvchan knows, and do not disturb it: an end that has only ended writing
/// says so by its `live`, and one that was destroyed without `close` marks that as a reset. An end of
/// libxenvchan that goes is always an orderly end.
class vchan {
 public:
  vchan(vchan&&) noexcept = default;
  vchan& operator=(vchan&& other) noexcept;
  ~vchan();

  task<result<buffer, v1::flow_error>> read() { return read_from(connection_); }
  task<result<void, v1::flow_error>> write(buffer one);
  task<result<void, v1::flow_error>> write(buffer_list several) {
    return write_to(connection_, std::move(several));
  }
  task<> shutdown() { return end_writing(connection_); }
  task<> close() { return end(connection_); }

 private:
  friend class vchan_server;
  friend task<result<vchan, vchan_error>> connect_vchan(hypervisor& xen, xenstore& store, domain_id server,
                                                        std::string path);
  using shared = mirage::shared<detail::vchan_connection>;
  explicit vchan(shared connection) noexcept : connection_(std::move(connection)) {}

  // They hold the connection themselves, so that a flow may move while a task that is to be cancelled waits.
  static task<result<buffer, v1::flow_error>> read_from(shared connection);
  static task<result<void, v1::flow_error>> write_to(shared connection, buffer_list data);
  static task<> end_writing(shared connection);
  static task<> end(shared connection);

  shared connection_;
};
static_assert(v1::flow<vchan>);

/// Where clients of one domain find us: a path of ours in xenstore.
class vchan_server {
 public:
  /// `path` is ours to write, as in `data/vchan/echo`; only `client` can connect. That domain must be there
  /// before `accept`: xenstored forgets what is permitted to one that comes later.
  vchan_server(hypervisor& xen, xenstore& store, domain_id client, std::string path,
               const vchan_options& options = {})
      : xen_(xen), store_(store), client_(client), path_(std::move(path)), options_(options) {}
  vchan_server(const vchan_server&) = delete;
  vchan_server& operator=(const vchan_server&) = delete;

  /// Makes a new connection, says in xenstore where it is, and waits for the client.
  task<result<vchan, vchan_error>> accept();

 private:
  // A new connection, and xenstore says where it is.
  task<result<vchan::shared, vchan_error>> offer();

  hypervisor& xen_;
  xenstore& store_;
  domain_id client_;
  std::string path_;
  vchan_options options_;
};

/// Connects to a server, and waits until it is there. `path` is absolute, or the server's own as it wrote it.
task<result<vchan, vchan_error>> connect_vchan(hypervisor& xen, xenstore& store, domain_id server,
                                               std::string path);

}  // namespace mirage::xen
