// SPDX-License-Identifier: ISC
// Xen without Xen, for tests: domains that share pages and event channels, xenstored with its tree, and the
// part of the handshake that every back end has.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/endian.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "mirage/xen/xenbus.hpp"
#include "mirage/xen/xenstore.hpp"

namespace mirage::test {

using xen::domain_id;
using xen::event_port;
using xen::grant_reference;

/// What all domains have in common.
class fake_machine {
 public:
  explicit fake_machine(virtual_node& on) : node(on) {}

  struct port {
    event_source* source = nullptr;
    std::function<void()> told{};  // a back end of a test
    domain_id remote = 0;
    event_port peer = 0;
  };
  struct grant {
    std::byte* page = nullptr;
    xen::access how{};
    domain_id to = 0;
    unsigned mapped = 0;
  };
  virtual_node& node;
  std::map<std::pair<domain_id, event_port>, port> ports;
  std::map<std::pair<domain_id, grant_reference>, grant> grants;
  event_port last_port = 0;
  grant_reference last_grant = 8;

  /// A page that the domain has granted; null for any other reference.
  std::byte* page(domain_id of, std::uint64_t reference) {
    const auto found = grants.find({of, static_cast<grant_reference>(reference)});
    return found == grants.end() ? nullptr : found->second.page;
  }
  /// The same, and until `unmap` it stays where it is.
  std::byte* map(domain_id of, std::uint64_t reference) {
    const auto found = grants.find({of, static_cast<grant_reference>(reference)});
    if (found == grants.end()) return nullptr;
    ++found->second.mapped;
    return found->second.page;
  }
  void unmap(const std::byte* memory) {
    for (auto& [key, each] : grants) {
      if (each.page != memory || each.mapped == 0) continue;
      --each.mapped;
      return;
    }
  }
  /// Tells whoever is at that port.
  void tell(domain_id whom, event_port at) {
    const auto found = ports.find({whom, at});
    if (found == ports.end()) return;
    if (found->second.source != nullptr) node.report(*found->second.source);
    if (found->second.told) found->second.told();
  }
};

/// What one domain sees. Memory that is shared comes from the heap, so that a sanitizer sees what goes
/// beyond.
class fake_hypervisor final : public xen::hypervisor {
 public:
  explicit fake_hypervisor(fake_machine& on, domain_id own = 1) : machine_(on), own_(own) {}
  fake_hypervisor(const fake_hypervisor&) = delete;
  ~fake_hypervisor() {
    for (std::byte* const page : lost_) std::free(page);
    for (std::byte* const page : outlived_) std::free(page);
  }

  unsigned grants_left = 10'000;  ///< what a test may set
  xen::prepared_ring store_ring;
  /// The domain was restored from saved memory.
  void resume() {
    std::erase_if(machine_.ports, [this](const auto& each) { return each.first.first == own_; });
    std::erase_if(machine_.grants, [this](const auto& each) { return each.first.first == own_; });
    has_nothing_ = true;
    tell_resumed();
    has_nothing_ = false;
  }
  [[nodiscard]] std::size_t shared() const { return shared_; }
  [[nodiscard]] std::size_t lost() const { return lost_.size(); }

  [[nodiscard]] domain_id own_domain() const noexcept override { return own_; }
  [[nodiscard]] result<event_port, xen::hypervisor_error> allocate_unbound(
      domain_id remote) noexcept override {
    machine_.ports[{own_, ++machine_.last_port}].remote = remote;
    return machine_.last_port;
  }
  [[nodiscard]] result<event_port, xen::hypervisor_error> bind_interdomain(
      domain_id remote, event_port port) noexcept override {
    const auto found = machine_.ports.find({remote, port});
    if (found == machine_.ports.end() || found->second.remote != own_)
      return fail(xen::hypervisor_error::refused);
    found->second.peer = ++machine_.last_port;
    machine_.ports[{own_, machine_.last_port}] = {.remote = remote, .peer = port};
    return machine_.last_port;
  }
  void notify(event_port port) noexcept override {
    const auto& mine = machine_.ports[{own_, port}];
    if (mine.told) mine.told();
    if (mine.peer != 0) machine_.tell(mine.remote, mine.peer);
  }
  void close(event_port port) noexcept override {
    if (!has_nothing_) machine_.ports.erase({own_, port});
  }
  void watch(event_source& source, event_port port) noexcept override {
    machine_.ports[{own_, port}].source = &source;
    machine_.node.report(source);
  }
  void unwatch(event_port port) noexcept override {
    if (!has_nothing_) machine_.ports[{own_, port}].source = nullptr;
  }

  [[nodiscard]] result<grant_reference, xen::hypervisor_error> grant(domain_id remote, const void* memory,
                                                                     xen::access how) noexcept override {
    if (grants_left == 0) return fail(xen::hypervisor_error::exhausted);
    --grants_left;
    auto* const page = static_cast<std::byte*>(const_cast<void*>(memory));
    machine_.grants[{own_, ++machine_.last_grant}] = {.page = page, .how = how, .to = remote};
    return machine_.last_grant;
  }
  [[nodiscard]] bool end_access(grant_reference reference) noexcept override {
    if (has_nothing_) return true;
    const auto found = machine_.grants.find({own_, reference});
    if (found == machine_.grants.end() || found->second.mapped != 0) return false;
    machine_.grants.erase(found);
    ++grants_left;
    return true;
  }
  [[nodiscard]] result<xen::shared_page, xen::hypervisor_error> share(domain_id remote,
                                                                      xen::access how) noexcept override {
    auto* const page = static_cast<std::byte*>(std::aligned_alloc(xen::page_size, xen::page_size));
    std::memset(page, 0, xen::page_size);
    const auto reference = grant(remote, page, how);
    if (!reference) {
      std::free(page);
      return fail(reference.error());
    }
    ++shared_;
    return xen::shared_page{.memory = page, .reference = *reference};
  }
  void unshare(xen::shared_page page) noexcept override {
    --shared_;
    if (has_nothing_)
      outlived_.push_back(page.memory);
    else if (end_access(page.reference))
      std::free(page.memory);
    else
      lost_.push_back(page.memory);
  }
  // Only a single page can be had where it is.
  [[nodiscard]] result<bytes, xen::hypervisor_error> map(domain_id remote,
                                                         std::span<const grant_reference> references,
                                                         xen::access) noexcept override {
    if (references.size() != 1) return fail(xen::hypervisor_error::unsupported);
    const auto found = machine_.grants.find({remote, references[0]});
    if (found == machine_.grants.end() || found->second.to != own_)
      return fail(xen::hypervisor_error::refused);
    return bytes(machine_.map(remote, references[0]), xen::page_size);
  }
  void unmap(bytes memory) noexcept override {
    if (!has_nothing_) machine_.unmap(memory.data());
  }

  [[nodiscard]] xen::prepared_ring xenstore() const noexcept override { return store_ring; }
  [[nodiscard]] xen::prepared_ring console() const noexcept override { return {}; }

 private:
  fake_machine& machine_;
  domain_id own_;
  bool has_nothing_ = false;
  std::size_t shared_ = 0;
  std::vector<std::byte*> lost_;
  std::vector<std::byte*> outlived_;  // what others may still have mapped after a resume
};

/// xenstored: the tree, and what one connection asks and hears.
class fake_xenstored {
 public:
  using tree = std::map<std::string, std::string, std::less<>>;

  /// What the toolstack and the back ends do.
  void set(const std::string& path, const std::string& value) {
    add(tree_, path) = value;
    ++generation_;
    fire(path);
  }
  void erase(const std::string& path) {
    std::erase_if(tree_, [&](const auto& each) { return is_below(each.first, path); });
    ++generation_;
    fire(path);
    for (const auto& each : std::vector(watches_))
      if (each.path != path && is_below(each.path, path)) each.tell(path);
  }
  [[nodiscard]] std::string get(const std::string& path) const {
    const auto found = tree_.find(path);
    return found == tree_.end() ? "" : found->second;
  }
  [[nodiscard]] bool has(const std::string& path) const { return tree_.contains(path); }
  [[nodiscard]] std::size_t watches() const { return watches_.size(); }
  [[nodiscard]] std::size_t transactions() const { return transactions_.size(); }
  /// `told(path)` with every change at or below a path.
  void on_change(const std::string& path, std::function<void(const std::string&)> told) {
    watches_.push_back({.path = path, .tell = std::move(told)});
  }
  std::map<std::string, std::string> permissions;
  unsigned conflicts = 0;  ///< so many commits fail
  unsigned most_watches = 128;

  /// One message of a domain whose home is `home`; `answer` takes what goes back, now and later.
  void handle(const std::string& home, std::string_view message,
              const std::function<void(std::string)>& answer);

 private:
  struct watch_entry {
    std::string path;
    std::string token{};
    std::string home{};
    std::function<void(const std::string&)> tell;
  };
  struct open {
    tree copy;
    std::uint64_t generation;
  };
  static bool is_below(std::string_view path, std::string_view above) {
    return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
  }
  static std::string& add(tree& to, const std::string& path) {
    for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
      to.try_emplace(path.substr(0, at));
    return to[path];
  }
  void fire(const std::string& path) {
    for (const auto& each : std::vector(watches_))
      if (is_below(path, each.path)) each.tell(path);
  }

  tree tree_;
  std::vector<watch_entry> watches_;
  std::map<std::uint32_t, open> transactions_;
  std::uint32_t last_transaction_ = 0;
  std::uint64_t generation_ = 0;
};

inline void fake_xenstored::handle(const std::string& home, std::string_view message,
                                   const std::function<void(std::string)>& answer) {
  using xen::message_type;
  const std::byte* const head = as_bytes(message).data();
  const auto type = static_cast<message_type>(load_le32(head));
  const std::uint32_t number = load_le32(head + 4);
  const std::uint32_t within = load_le32(head + 8);
  const std::string_view payload = message.substr(xen::message_header::size);
  const auto reply = [&](std::string_view text, message_type as) {
    answer(xen::make_message({.type = as, .request = number, .transaction = within}, {text}));
  };
  const auto done = [&](std::string_view text = std::string_view("OK\0", 3)) { reply(text, type); };
  const auto refuse = [&](std::string_view word) { reply(std::string(word) + '\0', message_type::error); };
  const std::size_t end = payload.find('\0');
  if (end == std::string_view::npos) return refuse("EINVAL");
  const std::string relative(payload.substr(0, end));
  const std::string path = relative.starts_with('/') ? relative : home + "/" + relative;
  if (within != 0 && !transactions_.contains(within)) return refuse("ENOENT");
  tree& in = within != 0 ? transactions_[within].copy : tree_;
  const auto changed = [&] {
    if (within != 0) return;
    ++generation_;
    fire(path);
  };
  switch (type) {
    case message_type::read: return in.contains(path) ? done(in[path]) : refuse("ENOENT");
    case message_type::write:
      add(in, path) = payload.substr(end + 1);
      done();
      return changed();
    case message_type::make_directory:
      add(in, path);
      done();
      return changed();
    case message_type::remove:
      if (!in.contains(path) && !in.contains(path.substr(0, path.rfind('/')))) return refuse("ENOENT");
      std::erase_if(in, [&](const auto& each) { return is_below(each.first, path); });
      done();
      return changed();
    case message_type::set_permissions:
      if (!in.contains(path)) return refuse("ENOENT");
      permissions[path] = payload.substr(end + 1);
      return done();
    case message_type::directory: {
      if (!in.contains(path)) return refuse("ENOENT");
      std::string names;
      for (const auto& each : in)
        if (is_below(each.first, path) && each.first.size() > path.size() &&
            each.first.find('/', path.size() + 1) == std::string::npos)
          names += each.first.substr(path.size() + 1) + '\0';
      return done(names);
    }
    case message_type::transaction_start:
      transactions_[++last_transaction_] = {.copy = tree_, .generation = generation_};
      return done(std::to_string(last_transaction_) + '\0');
    case message_type::transaction_end: {
      const open ended = std::move(transactions_[within]);
      transactions_.erase(within);
      if (relative == "F") return done();
      if (ended.generation != generation_ || conflicts != 0) {
        conflicts -= std::min(conflicts, 1U);
        return refuse("EAGAIN");
      }
      tree_ = ended.copy;
      ++generation_;
      done();
      for (const auto& each : std::vector(watches_)) each.tell(each.path);
      return;
    }
    case message_type::watch: {
      if (watches_.size() >= most_watches) return refuse("E2BIG");
      const std::string token(payload.substr(end + 1, payload.size() - end - 2));
      const auto tell = [answer, token, shown = relative](const std::string&) {
        answer(xen::make_message({.type = message_type::watch_event},
                                 {shown, std::string_view("\0", 1), token, std::string_view("\0", 1)}));
      };
      watches_.push_back({.path = path, .token = token, .home = home, .tell = tell});
      done();
      return tell(path);
    }
    case message_type::unwatch: {
      const std::string token(payload.substr(end + 1, payload.size() - end - 2));
      const auto gone = std::erase_if(watches_, [&](const watch_entry& each) {
        return each.path == path && each.token == token && each.home == home;
      });
      return gone != 0 ? done() : refuse("ENOENT");
    }
    default: return refuse("ENOSYS");
  }
}

/// The connection of a domain, without a ring.
class fake_connection final : public xen::xenstore_transport, event_source {
 public:
  fake_connection(virtual_node& node, fake_xenstored& to, std::string home = "/local/domain/1")
      : node_(node), to_(to), home_(std::move(home)) {}

  bool broken = false;
  bool mute = false;             ///< nobody hears what is asked
  std::size_t at_a_time = 4096;  ///< bytes that a write takes
  std::string to_read;           ///< what has come for us

  void attach(user* who) noexcept override { user_ = who; }
  [[nodiscard]] std::optional<std::size_t> write(cbytes from) noexcept override {
    if (broken) return std::nullopt;
    const std::size_t taken = std::min(at_a_time, from.size());
    written_ += as_text(from.first(taken));
    if (taken < from.size()) node_.report(*this);
    return taken;
  }
  [[nodiscard]] std::optional<std::size_t> read(bytes to) noexcept override {
    if (broken) return std::nullopt;
    const std::size_t count = std::min(to.size(), to_read.size());
    std::memcpy(to.data(), to_read.data(), count);
    to_read.erase(0, count);
    return count;
  }
  void flush() noexcept override {
    while (written_.size() >= xen::message_header::size) {
      const std::size_t size = xen::message_header::size + load_le32(as_bytes(written_).data() + 12);
      if (written_.size() < size) return;
      const std::string message = written_.substr(0, size);
      written_.erase(0, size);
      last_number_ = load_le32(as_bytes(message).data() + 4);
      if (mute) continue;
      to_.handle(home_, message, [this](const std::string& answer) {
        to_read += answer;
        node_.report(*this);
      });
    }
  }
  void tell() { node_.report(*this); }
  /// Of the last whole request.
  [[nodiscard]] std::uint32_t last_number() const { return last_number_; }

 private:
  bool poll() noexcept override {
    if (user_ != nullptr) user_->ready();
    return false;
  }
  virtual_node& node_;
  fake_xenstored& to_;
  std::string home_;
  user* user_ = nullptr;
  std::string written_;
  std::uint32_t last_number_ = 0;
};

/// The back end's side of a shared ring.
class fake_back_ring {
 public:
  fake_back_ring(std::byte* page, std::size_t entry)
      : page_(page), entry_(entry), size_(static_cast<std::uint32_t>(std::bit_floor(4032 / entry))) {}

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::uint32_t waiting() const { return load_le32(page_) - taken_; }
  std::byte* at(std::uint32_t index) const { return page_ + 64 + entry_ * (index & (size_ - 1)); }
  /// The next request; there must be one.
  std::string take() {
    std::string entry(as_text(cbytes(at(taken_), entry_)));
    store_le32(page_ + 4, ++taken_ + 1);  // tell of the next one
    return entry;
  }
  void put(std::string_view response) {
    std::memcpy(at(done_), response.data(), response.size());
    ++done_;
  }
  /// Shows what was put; true when the front end wants an event.
  bool show() {
    const std::uint32_t before = load_le32(page_ + 8);
    store_le32(page_ + 8, done_);
    return done_ - load_le32(page_ + 12) < done_ - before;
  }
  void set_index(std::uint32_t index) { store_le32(page_ + 8, index); }
  [[nodiscard]] std::byte* page() const { return page_; }

 private:
  std::byte* page_;
  std::size_t entry_;
  std::uint32_t size_;
  std::uint32_t taken_ = 0;
  std::uint32_t done_ = 0;
};

/// The handshake of a back end in domain 0, for domain 1.
class fake_backend {
 public:
  fake_backend(fake_machine& on, fake_xenstored& in, std::string kind, unsigned number,
               std::map<std::string, std::string> offers)
      : machine(on), store(in), kind_(std::move(kind)), number_(number), offers_(std::move(offers)) {
    store.on_change(frontend_path(), [this](const std::string& path) {
      if (path == frontend_path() || path == frontend_path() + "/state") look();
    });
    plug_in();
  }
  fake_backend(const fake_backend&) = delete;
  virtual ~fake_backend() = default;

  /// What the toolstack does when it gives the domain the device, and takes it away.
  void plug_in() {
    for (const auto& [key, value] : offers_) store.set(backend_path() + "/" + key, value);
    store.set(backend_path() + "/online", "1");
    set_state(2);
    store.set(frontend_path() + "/backend-id", "0");
    store.set(frontend_path() + "/state", "1");
    for (const auto& [key, value] : given) store.set(frontend_path() + "/" + key, value);
    store.set(frontend_path() + "/backend", backend_path());
  }
  void unplug() {
    store.set(backend_path() + "/online", "0");
    set_state(5);
  }
  void remove() {
    disconnect();
    store.erase(backend_path());
    store.erase(frontend_path());
  }
  /// The back end goes away by itself, and will come back.
  void go_away() {
    disconnect();
    set_state(6);
  }
  /// What the toolstack does with a domain that it restores: both ends are as in the beginning.
  void begin_anew() {
    disconnect();
    set_state(2);
    store.set(frontend_path() + "/state", "1");
  }

  [[nodiscard]] std::string frontend_path() const {
    return "/local/domain/1/device/" + kind_ + "/" + std::to_string(number_);
  }
  [[nodiscard]] std::string backend_path() const {
    return "/local/domain/0/backend/" + kind_ + "/1/" + std::to_string(number_);
  }
  [[nodiscard]] std::string offered_by_us(const std::string& key) const {
    return store.get(frontend_path() + "/" + key);
  }
  [[nodiscard]] std::uint64_t number_of(const std::string& key) const {
    return std::strtoull(offered_by_us(key).c_str(), nullptr, 10);
  }
  void offer(const std::string& key, const std::string& value) { offers_[key] = value; }
  void set_state(unsigned state) {
    state_ = state;
    store.set(backend_path() + "/state", std::to_string(state));
  }
  [[nodiscard]] bool is_connected() const { return connected_; }
  bool silent = false;  ///< does not answer
  bool refuses_to_let_go = false;

  fake_machine& machine;
  fake_xenstored& store;
  std::map<std::string, std::string> given;  ///< by the toolstack, in the front end's place
  event_port port = 0;

  void tell_frontend() { machine.tell(1, port); }

 protected:
  virtual void connect() = 0;  // the front end has published its rings
  virtual void notified() = 0;
  virtual void forget() = 0;  // its rings
  void disconnect() {
    if (!std::exchange(connected_, false)) return;
    if (const auto found = machine.ports.find({1, port}); found != machine.ports.end())
      found->second.told = {};
    forget();
  }

 private:
  void look() {
    if (silent) return;
    const std::string theirs = offered_by_us("state");
    const unsigned ready = kind_ == "vbd" ? 3 : 4;
    if (theirs == std::to_string(ready) && state_ == 2) {
      port = static_cast<event_port>(number_of("event-channel"));
      connected_ = true;
      connect();
      machine.ports[{1, port}].told = [this] {
        if (connected_) notified();
      };
      set_state(4);
      notified();
    }
    if (theirs == "5") disconnect(), set_state(5);
    if (theirs == "6") disconnect(), set_state(6);
    if (theirs == "1" && state_ == 6) set_state(2);
  }

  std::string kind_;
  unsigned number_;
  std::map<std::string, std::string> offers_;
  unsigned state_ = 0;
  bool connected_ = false;
};

/// A node in a domain with xenstore.
struct fake_domain {
  virtual_node node;
  fake_machine machine{node};
  fake_hypervisor hypervisor{machine};
  fake_xenstored daemon;
  fake_connection connection{node, daemon};
  xen::xenstore store{connection};
  xen::xenbus bus{hypervisor, store};
};

}  // namespace mirage::test
