// SPDX-License-Identifier: ISC
// A connection of the server while it has something to do: the only place with effects around `server_core`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/buffer_list.hpp"
#include "mirage/http/connection.hpp"
#include "mirage/http/exchange.hpp"
#include "mirage/http/head_writer.hpp"
#include "mirage/http/interruptible.hpp"
#include "mirage/http/server.hpp"
#include "mirage/http/server_core.hpp"

namespace mirage::http {

/// What waits to be written: heads, one behind the other in one buffer, and bodies between them. Nothing here
/// waits or fails but for want of memory.
class outgoing {
 public:
  /// Memory for at least `size` bytes of text, to be followed by `commit`; empty at the cap of the pool.
  [[nodiscard]] std::span<char> reserve(std::size_t size) noexcept;
  void commit(std::size_t size) noexcept;
  [[nodiscard]] bool add_text(std::string_view text) noexcept;
  /// A body; a short one is copied behind its head.
  [[nodiscard]] bool add(buffer body) noexcept;

  [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }
  /// Whether another answer may not fit: the parts must be written first.
  [[nodiscard]] bool nearly_full() const noexcept { return parts_.size() + 3 > buffer_list::capacity(); }
  /// Takes what one write is to take: all, unless a body is so long that it needs several.
  [[nodiscard]] buffer_list take() noexcept;

 private:
  static constexpr std::size_t first_room = 1024;
  static constexpr std::size_t text_room = 4096;
  static constexpr std::size_t copied_body = 256;
  static constexpr std::size_t most_a_write = 256 * 1024;

  buffer_list parts_;
  buffer text_;  // its memory; parts refer to what has been filled of it
  char* space_ = nullptr;
  std::size_t filled_ = 0;
  std::size_t room_ = 0;
  std::size_t total_ = 0;
  bool last_is_text_ = false;  // the last part ends where the text does, and can grow with it
};

class busy_connection {
 public:
  explicit busy_connection(connection& on) noexcept;
  busy_connection(const busy_connection&) = delete;
  busy_connection& operator=(const busy_connection&) = delete;
  ~busy_connection() { connection_.busy_ = nullptr; }

  /// No further request; a wait for one ends.
  void stop() noexcept;

  // What an exchange asks.
  task<result<buffer, v1::http_error>> read_body();
  exchange::outcome respond(v1::http_response&& answer) noexcept;
  exchange::outcome begin(v1::http_response&& answer, std::optional<std::uint64_t> length) noexcept;
  exchange::outcome respond_with_lines(status code, std::string_view lines, buffer body) noexcept;
  exchange::outcome begin_with_lines(status code, std::string_view lines, std::uint64_t length) noexcept;
  task<exchange::outcome> write(buffer part);
  exchange::outcome end() noexcept;
  [[nodiscard]] bool answered() const noexcept { return answer_ != progress_of_answer::none; }
  [[nodiscard]] seconds_time now() const noexcept { return server_.date_.seconds(); }

 private:
  friend class connection;
  using reading = interruptible::awaiter<eventual<result<buffer, v1::flow_error>>>;
  using writing = interruptible::awaiter<eventual<result<void, v1::flow_error>>>;
  enum class progress_of_answer : std::uint8_t { none, streaming, complete, broken };

  [[nodiscard]] reading read() noexcept { return wait_.run(stream_.read(), core_.deadline()); }
  [[nodiscard]] writing write() noexcept;
  task<bool> flush();
  task<> refuse();
  task<> leave(bool quiet);
  [[nodiscard]] bool received(std::optional<result<buffer, v1::flow_error>>& got) noexcept;
  [[nodiscard]] bool wrote(const std::optional<result<void, v1::flow_error>>& written) noexcept;
  [[nodiscard]] bool append(buffer more) noexcept;

  [[nodiscard]] server_core::need next() noexcept;
  /// Whether another answer may be gathered before what there is gets written.
  [[nodiscard]] bool more_fits() const noexcept { return !core_.must_write() && !output_.nearly_full(); }
  [[nodiscard]] task<> begin_exchange();
  [[nodiscard]] bool decode_path() noexcept;
  void refuse_exchange(refusal reason) noexcept;
  void failed_exchange() noexcept;
  void finish_exchange() noexcept;
  void answer_without_handler(status code, std::string_view why) noexcept;
  exchange::outcome start_answer(const v1::http_response& answer,
                                 std::optional<std::uint64_t> length) noexcept;
  exchange::outcome end_head(head_writer& writer, status code, std::optional<std::uint64_t> length) noexcept;
  exchange::outcome start_with_lines(status code, std::string_view lines, std::uint64_t length) noexcept;
  [[nodiscard]] bool add_content(buffer part) noexcept;
  exchange::outcome broken() noexcept;

  connection& connection_;
  service& service_;
  server_base& server_;
  stream& stream_;
  interruptible& wait_;
  server_core core_;
  exchange exchange_;
  buffer input_;         // received and not consumed
  buffer head_storage_;  // keeps the views of the request
  buffer path_storage_;  // a path that had to be decoded
  outgoing output_;
  std::uint64_t left_to_write_ = 0;  // of content with a length
  progress_of_answer answer_ = progress_of_answer::none;
  framing sent_framing_ = framing::none;
  refusal body_refusal_ = refusal::none;
  bool first_chunk_ = true;
  bool interruptible_ = false;  // waits for the rest of a request, or for the peer to close
};

}  // namespace mirage::http
