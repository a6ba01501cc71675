// SPDX-License-Identifier: ISC
// One question on its way: which server is asked when, until one has answered or all have failed. Messages
// and the passing of time in, questions out. No I/O, no clock, no heap.
//
// The servers are asked in turn, each round with more patience than the one before (RFC 1035 §7.2). The
// letters of the name are sent in a case that nobody can foretell, and must come back so; an answer in
// another case is asked for again over TCP, where it cannot be forged so easily. So are truncated answers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dns_client/answer.hpp"
#include "mirage/dns_client/options.hpp"

namespace mirage {

class dns_question_core {
 public:
  /// `servers`: how many there are, at most 16, of which `first` is asked first. `random` makes the id and
  /// the letters' case: nobody must be able to guess it.
  dns_question_core(const dns_client_options& options, dns::name_view name, dns::record_type type,
                    std::size_t servers, std::size_t first, std::uint64_t random) noexcept;
  /// One to the link.
  dns_question_core(const dns_client_options& options, dns::name_view name, dns::record_type type,
                    std::uint16_t id) noexcept;

  struct action {
    enum class kind : std::uint8_t { none, send, connect, done } what = kind::none;
    std::size_t server = 0;
  };
  /// The next thing to do; call until `none`. `send`: put the question to that server. `connect`: put it to
  /// that server over TCP, and tell what came of it. `done`: `answer()` is there.
  [[nodiscard]] action poll(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept;
  [[nodiscard]] std::size_t emit(bytes to) const noexcept;

  /// A datagram from a server.
  dns_verdict input(std::size_t server, cbytes message) noexcept;
  /// There is no way to the server that was to be asked.
  void not_sent() noexcept;
  /// The whole message that the server gave over TCP; an empty one: none came.
  dns_verdict stream_ended(cbytes message) noexcept;

  [[nodiscard]] const dns_answer& answer() const noexcept { return answer_; }
  /// Who gave it, or was asked last.
  [[nodiscard]] std::size_t server() const noexcept { return server_; }

 private:
  enum class state : std::uint8_t { to_ask, asked, to_connect, connected, answered, over };
  [[nodiscard]] static std::uint32_t bit(std::size_t server) noexcept { return std::uint32_t{1} << server; }
  [[nodiscard]] bool choose_next() noexcept;
  [[nodiscard]] duration patience() const noexcept;
  void finish() noexcept;

  const dns_client_options& options_;
  dns_question question_;
  std::size_t servers_;
  std::size_t rounds_;
  std::size_t first_;
  std::size_t server_;
  std::size_t tries_ = 0;
  std::uint32_t asked_ = 0;    // a bit a server
  std::uint32_t refused_ = 0;  // the same
  state state_ = state::to_ask;
  instant deadline_{};
  dns_answer answer_;
};

}  // namespace mirage
