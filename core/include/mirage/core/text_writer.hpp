// SPDX-License-Identifier: ISC
// Where text is written to: a piece of memory of fixed size, or a sink that takes it in chunks. It never
// allocates and never overflows.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace mirage {

/// Writes into memory of the caller's, which must outlive it. Without a flush function it is bounded: what
/// does not fit is left out and `cut()` says so. With one it is unbounded: a full space is handed over and
/// reused. Nothing here can fail or block beyond what the flush function does.
class text_writer {
 public:
  /// Takes a chunk of the text; it must use it up before it returns.
  using flush_function = void (*)(void* context, std::string_view chunk) noexcept;

  explicit text_writer(std::span<char> space) noexcept : space_(space) {}
  text_writer(std::span<char> space, flush_function flush, void* context) noexcept
      : space_(space), flush_(flush), context_(context) {}
  text_writer(const text_writer&) = delete;
  text_writer& operator=(const text_writer&) = delete;

  void append(std::string_view text) noexcept;
  void append(char character) noexcept;
  void append(std::size_t count, char character) noexcept;

  /// What lies in the space: the whole text if bounded, what is not flushed yet otherwise.
  [[nodiscard]] std::string_view text() const noexcept { return {space_.data(), used_}; }
  /// How many characters were appended, those that were cut included; an empty space thus measures a text.
  [[nodiscard]] std::size_t total() const noexcept { return total_; }
  /// Whether anything was left out.
  [[nodiscard]] bool cut() const noexcept { return cut_; }
  /// Hands over what has gathered; without a flush function it does nothing.
  void flush() noexcept;

 private:
  std::span<char> space_;
  std::size_t used_ = 0;
  std::size_t total_ = 0;
  flush_function flush_ = nullptr;
  void* context_ = nullptr;
  bool cut_ = false;
};

/// An unbounded writer: `text_stream out{[&](std::string_view chunk) { ... }};` calls the sink, which must
/// not throw, with chunks of at most `Chunk` characters (a longer `append` may pass in one piece), the last
/// of them from the destructor or `flush()`.
template <class Sink, std::size_t Chunk = 256>
class text_stream : public text_writer {
 public:
  explicit text_stream(Sink sink) noexcept
      : text_writer(std::span<char>(chunk_, Chunk), pass, this), sink_(std::move(sink)) {}
  ~text_stream() { flush(); }

 private:
  static void pass(void* self, std::string_view chunk) noexcept {
    static_cast<text_stream*>(self)->sink_(chunk);
  }
  char chunk_[Chunk];
  Sink sink_;
};

/// Appends `text` with control characters written as `\n`, `\t`, `\x1b`, and `"` and `\` behind a backslash,
/// so that what came from outside cannot forge a line or steer a terminal. Bytes from 0x80 pass unchanged.
void append_escaped(text_writer& out, std::string_view text) noexcept;

}  // namespace mirage
