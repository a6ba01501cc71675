// SPDX-License-Identifier: ISC
// The same work on lwIP, in Debian's library: a peer.
//
//   lwip ADDRESS send PEER PORT SECONDS    connects, and sends for that long; prints `BYTES SECONDS`
//   lwip ADDRESS receive PORT              takes one connection, reads it to its end; prints the same
//   lwip ADDRESS answer PORT               answers each request of HTTP with 1 KiB, until it is killed
//
// ADDRESS is its own, in a network of 24 bits, at tap0. Everything is done in callbacks of lwIP's own thread,
// its quickest interface. A thread of ours reads the tap: that of the library writes long frames beyond the
// buffers that it takes for them.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// Not all of its headers say themselves that they are of C.
extern "C" {
#include <lwip/etharp.h>
#include <lwip/ip_addr.h>
#include <lwip/netif.h>
#include <lwip/tcp.h>
#include <lwip/tcpip.h>
#include <netif/ethernet.h>
}

namespace {

using clock_type = std::chrono::steady_clock;

struct work {
  clock_type::time_point start{};
  std::chrono::seconds length{};
  std::uint64_t bytes = 0;
  std::string data;  // a piece of what is sent, or the answer
};

void report(const work& done) {
  const std::chrono::duration<double> took = clock_type::now() - done.start;
  std::printf("%llu %.6f\n", static_cast<unsigned long long>(done.bytes), took.count());
  std::fflush(stdout);
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "lwip: %s\n", what);
  std::_Exit(1);
}

// ---- Sending -------------------------------------------------------------------------------------------

// What is on the way, and the end behind it, still have to arrive.
void finish(work& sending, tcp_pcb* connection) {
  report(sending);
  tcp_sent(connection, nullptr);
  tcp_close(connection);
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::_Exit(0);
  }).detach();
}

void fill(work& sending, tcp_pcb* connection) {
  if (clock_type::now() - sending.start >= sending.length) return finish(sending, connection);
  while (tcp_sndbuf(connection) >= sending.data.size()) {
    const auto size = static_cast<u16_t>(sending.data.size());
    if (tcp_write(connection, sending.data.data(), size, 0) != ERR_OK) break;
    sending.bytes += size;
  }
  tcp_output(connection);
}

err_t sent(void* self, tcp_pcb* connection, u16_t) {
  fill(*static_cast<work*>(self), connection);
  return ERR_OK;
}

err_t connected(void* self, tcp_pcb* connection, err_t) {
  auto& sending = *static_cast<work*>(self);
  sending.start = clock_type::now();
  tcp_sent(connection, sent);
  fill(sending, connection);
  return ERR_OK;
}

void send_to(work& sending, const char* peer, std::uint16_t port) {
  sending.data.assign(8 * 1460, 'x');
  ip_addr_t to;
  require(ipaddr_aton(peer, &to) == 1, "the peer is no address");
  tcp_pcb* connection = tcp_new();
  tcp_arg(connection, &sending);
  require(tcp_connect(connection, &to, port, connected) == ERR_OK, "cannot connect");
}

// ---- Receiving -----------------------------------------------------------------------------------------

err_t take(void* self, tcp_pcb* connection, pbuf* came, err_t) {
  auto& receiving = *static_cast<work*>(self);
  if (came == nullptr) {
    report(receiving);
    std::_Exit(0);
  }
  receiving.bytes += came->tot_len;
  tcp_recved(connection, came->tot_len);
  pbuf_free(came);
  return ERR_OK;
}

// A request is a segment: wrk sends the next when it has the answer.
err_t answer(void* self, tcp_pcb* connection, pbuf* came, err_t) {
  const auto& answering = *static_cast<work*>(self);
  if (came == nullptr) {
    tcp_close(connection);
    return ERR_OK;
  }
  tcp_recved(connection, came->tot_len);
  pbuf_free(came);
  tcp_write(connection, answering.data.data(), static_cast<u16_t>(answering.data.size()), 0);
  tcp_output(connection);
  return ERR_OK;
}

template <tcp_recv_fn Handler>
err_t accepted(void* self, tcp_pcb* connection, err_t) {
  static_cast<work*>(self)->start = clock_type::now();
  tcp_arg(connection, self);
  tcp_nagle_disable(connection);
  tcp_recv(connection, Handler);
  return ERR_OK;
}

template <tcp_recv_fn Handler>
void serve(work& serving, std::uint16_t port) {
  tcp_pcb* listener = tcp_new();
  require(tcp_bind(listener, IP_ADDR_ANY, port) == ERR_OK, "the port is taken");
  listener = tcp_listen(listener);
  tcp_arg(listener, &serving);
  tcp_accept(listener, accepted<Handler>);
  std::printf("ready\n");
  std::fflush(stdout);
}

// ---- The tap -------------------------------------------------------------------------------------------

constexpr std::size_t longest_frame = 1514;

int tap_of(const netif* interface) { return *static_cast<const int*>(interface->state); }

err_t output(netif* interface, pbuf* frame) {
  std::array<char, longest_frame> flat;
  const u16_t size = pbuf_copy_partial(frame, flat.data(), flat.size(), 0);
  return ::write(tap_of(interface), flat.data(), size) == size ? ERR_OK : ERR_IF;
}

void read_frames(netif* interface) {
  std::array<char, longest_frame> flat;
  for (;;) {
    const ssize_t size = ::read(tap_of(interface), flat.data(), flat.size());
    require(size > 0, "the tap cannot be read");
    pbuf* frame = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(size), PBUF_RAM);
    if (frame == nullptr) continue;
    pbuf_take(frame, flat.data(), static_cast<u16_t>(size));
    if (interface->input(frame, interface) != ERR_OK) pbuf_free(frame);
  }
}

err_t set_up(netif* interface) {
  static int tap = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  ifreq request{};
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  std::string_view("tap0").copy(request.ifr_name, IFNAMSIZ - 1);
  require(::ioctl(tap, TUNSETIFF, &request) == 0, "tap0 cannot be opened");
  // A tap keeps what its last user said.
  require(::ioctl(tap, TUNSETOFFLOAD, 0) == 0, "the tap has no offloads to switch off");
  interface->state = &tap;
  interface->mtu = longest_frame - 14;
  interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
  interface->hwaddr_len = ETHARP_HWADDR_LEN;
  constexpr std::array<u8_t, ETHARP_HWADDR_LEN> mac{2, 0, 0, 0, 0, 9};
  std::copy(mac.begin(), mac.end(), interface->hwaddr);
  interface->output = etharp_output;
  interface->linkoutput = output;
  return ERR_OK;
}

void bring_up(netif& interface, const char* address) {
  ip4_addr_t ours;
  ip4_addr_t mask;
  ip4_addr_t gateway;
  require(ip4addr_aton(address, &ours) == 1, "its own address is none");
  IP4_ADDR(&mask, 255, 255, 255, 0);
  ip4_addr_set_zero(&gateway);
  require(netif_add(&interface, &ours, &mask, &gateway, nullptr, set_up, tcpip_input) != nullptr,
          "the interface is refused");
  netif_set_default(&interface);
  netif_set_up(&interface);
  std::thread(read_frames, &interface).detach();
}

}  // namespace

int main(int count, char** words) {
  const std::vector<const char*> arguments(words + 1, words + count);
  require(arguments.size() >= 3,
          "say ADDRESS send PEER PORT SECONDS, ADDRESS receive PORT or ADDRESS answer PORT");
  const std::string_view verb = arguments[1];
  const auto number = [&](std::size_t at) { return std::atoi(arguments.at(at)); };
  tcpip_init(nullptr, nullptr);
  static netif interface;
  static work job;
  LOCK_TCPIP_CORE();
  bring_up(interface, arguments[0]);
  if (verb == "send") {
    job.length = std::chrono::seconds(number(4));
    send_to(job, arguments[2], static_cast<std::uint16_t>(number(3)));
  } else if (verb == "receive") {
    serve<take>(job, static_cast<std::uint16_t>(number(2)));
  } else {
    job.data = "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n" + std::string(1024, 'x');
    serve<answer>(job, static_cast<std::uint16_t>(number(2)));
  }
  UNLOCK_TCPIP_CORE();
  for (;;) ::pause();
}
