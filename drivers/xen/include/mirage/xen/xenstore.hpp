// SPDX-License-Identifier: ISC
// Xenstore: the tree of short texts through which a domain, its toolstack and its backends find each other.
// Several tasks may use it at once; each request has a number, and the answers may come in any order.
//
// How bytes go to xenstored is a parameter: by the page of a guest (xenstore_page.hpp), or by the Unix socket
// of a dom0 (drivers/xen_dom0).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/semaphore.hpp"
#include "mirage/core/task.hpp"
#include "mirage/xen/completion.hpp"
#include "mirage/xen/xenstore_wire.hpp"

namespace mirage::xen {

/// Bytes to and from xenstored. Nothing here waits.
class xenstore_transport {
 public:
  /// Who wants to know when there is something to read, or room to write.
  class user {
   public:
    virtual void ready() noexcept = 0;

   protected:
    ~user() = default;
  };
  /// From now on; null: nobody any more.
  virtual void attach(user* who) noexcept = 0;
  /// How many bytes were taken, from the front. Nothing: the connection is broken, for ever.
  [[nodiscard]] virtual std::optional<std::size_t> write(cbytes from) noexcept = 0;
  /// How many bytes have come. Nothing: the connection is broken, for ever.
  [[nodiscard]] virtual std::optional<std::size_t> read(bytes to) noexcept = 0;
  /// Tells xenstored, after a batch of reads and writes.
  virtual void flush() noexcept = 0;

 protected:
  ~xenstore_transport() = default;
};

/// What belongs to one transaction; the default is none.
struct transaction {
  std::uint32_t id = 0;
};

/// Paths are absolute, or relative to the home of the domain (`device/vif/0`); they are read before an
/// operation waits. Sixteen requests are under way at most, and more wait for their turn. When the connection
/// breaks, all that is asked gives `disconnected`.
///
/// Not implemented: other permissions, and directories of more than four kilobytes.
class xenstore final : xenstore_transport::user {
 public:
  explicit xenstore(xenstore_transport& over);
  xenstore(const xenstore&) = delete;
  xenstore& operator=(const xenstore&) = delete;
  /// Nobody may wait for it any more.
  ~xenstore();

  task<result<std::string, xenstore_error>> read(std::string_view path, transaction within = {});
  /// A value that is a number in decimal digits; `invalid` for any other.
  task<result<std::uint64_t, xenstore_error>> read_number(std::string_view path, transaction within = {});
  /// Makes the key, and those above it, where they are not there.
  task<result<void, xenstore_error>> write(std::string_view path, std::string_view value,
                                           transaction within = {});
  /// An empty key; no error if there is one already.
  task<result<void, xenstore_error>> make_directory(std::string_view path, transaction within = {});
  /// A key with all that is below it; no error if there is none but the one above it.
  task<result<void, xenstore_error>> remove(std::string_view path, transaction within = {});
  /// `owner`, who is a domain that we may speak for, keeps the key; `reader` may read it, and nobody else.
  task<result<void, xenstore_error>> permit(std::string_view path, std::uint16_t owner, std::uint16_t reader,
                                            transaction within = {});
  /// The names right below a key.
  task<result<std::vector<std::string>, xenstore_error>> directory(std::string_view path,
                                                                   transaction within = {});

  /// `work(transaction)`, a task of a `result<void, xenstore_error>`: all of what it wrote is done, or
  /// nothing; it is called again when somebody else changed what it read, a hundred times at most. An error
  /// of its own undoes what it wrote.
  template <class Work>
  task<result<void, xenstore_error>> atomically(Work work);

  /// After a resume from saved memory: xenstored has forgotten us. What is under way gives `disconnected`,
  /// the watches are set up anew, and each is told of a change.
  void reconnect() noexcept;

 private:
  friend class xenstore_watch;
  using answer = result<std::string, xenstore_error>;
  static constexpr std::uint16_t most_requests = 16;
  static constexpr std::uint16_t housekeeping = most_requests;  // the slot of requests that nobody waits for
  static constexpr std::size_t most_watches = 64;
  static constexpr int most_attempts = 100;

  struct slot {
    std::string message;
    std::size_t sent = 0;
    bool busy = false;
    message_type type{};
    std::uint32_t number = 0;
    completer<answer> who;
    std::optional<semaphore::permit> permit;
  };
  struct watched {
    enum class state_kind : std::uint8_t { free, wanted, asked, active, leaving } state = state_kind::free;
    std::string path;
    class xenstore_watch* who = nullptr;
  };
  // Undoes a transaction whose task was cancelled.
  class open_transaction {
   public:
    open_transaction(xenstore& of, transaction which) noexcept : of_(of), which_(which) {}
    open_transaction(const open_transaction&) = delete;
    open_transaction& operator=(const open_transaction&) = delete;
    ~open_transaction() {
      if (open_) of_.abandon(which_);
    }
    void ended() noexcept { open_ = false; }

   private:
    xenstore& of_;
    transaction which_;
    bool open_ = true;
  };

  void ready() noexcept override;
  task<answer> ask(message_type type, transaction within, std::string payload);
  task<result<void, xenstore_error>> tell(message_type type, transaction within, std::string payload);
  task<result<transaction, xenstore_error>> begin();
  task<result<void, xenstore_error>> end(transaction which, bool commit);
  void abandon(transaction which) noexcept;

  void submit(std::uint16_t index, message_type type, transaction within, std::string_view payload);
  void send() noexcept;
  void receive() noexcept;
  void take(const message_reader::message& one);
  void take_answer(const message_reader::message& one);
  void take_event(std::string_view payload);
  void finish(slot& one, answer how);
  void keep_house();
  void end_housekeeping(bool succeeded);
  void fail_all() noexcept;
  void break_off() noexcept;

  std::uint16_t enter(class xenstore_watch& who, std::string_view path);
  void leave(std::uint16_t token) noexcept;

  xenstore_transport& transport_;
  message_reader reader_;
  semaphore turns_{most_requests};
  std::array<slot, most_requests + 1> slots_;
  inline_vector<std::uint16_t, most_requests + 1> to_send_;  // in their order
  std::uint32_t last_number_ = 0;
  std::array<watched, most_watches> watches_;
  std::uint16_t kept_token_ = most_watches;  // what the slot of housekeeping is about
  std::vector<transaction> abandoned_;
  bool broken_ = false;

  counter requests_{"xenstore_requests_total", {}, "Requests to xenstored"};
  counter conflicts_{"xenstore_conflicts_total", {}, "Transactions that had to be done again"};
  counter faults_{"xenstore_faults_total", {}, "What xenstored did against its protocol"};
  counter stray_{"xenstore_stray_events_total", {}, "Events of watches that are no more"};
};

/// Sets an event whenever something at a path, or below it, may have changed; once as soon as it is watched.
/// Several changes may be told as one.
class xenstore_watch {
 public:
  /// The event and the store must outlive it. At the cap of 64 watches, or when xenstored refuses, it is
  /// `failed`, and the event is set.
  xenstore_watch(xenstore& store, std::string_view path, event& changed);
  xenstore_watch(const xenstore_watch&) = delete;
  xenstore_watch& operator=(const xenstore_watch&) = delete;
  ~xenstore_watch();

  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  friend xenstore;
  xenstore& store_;
  event& changed_;
  std::uint16_t token_;
  bool failed_ = false;
};

template <class Work>
task<result<void, xenstore_error>> xenstore::atomically(Work work) {
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    auto begun = co_await begin();
    MIRAGE_CO_TRY_VOID(begun);
    open_transaction undo(*this, *begun);
    result<void, xenstore_error> done = co_await work(*begun);
    if (done) {
      undo.ended();
      done = co_await end(*begun, true);
    }
    if (done || done.error() != xenstore_error::conflict) co_return done;
    ++conflicts_;
  }
  co_return fail(xenstore_error::conflict);
}

}  // namespace mirage::xen
