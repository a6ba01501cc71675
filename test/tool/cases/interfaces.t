A stack over several networks.

  $ project() {
  >   cat > config.cpp <<END
  > // config.cpp: needs mirage >= 1.0
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) {
  >   auto serve = unikernel<stack>("serve", "unikernel.hpp");
  >   group inside{"inside"}, outside{"outside"};
  >   return configure(argc, argv, "gate", serve(direct_stack($1)));
  > }
  > END
  > }
  $ touch unikernel.hpp
  $ project '{{netif("tap0", inside), inside}, {netif("tap1", outside), outside}}' && mirage configure
  Configured gate for the target unix: mirage/main.cpp connects 21 devices
  $ mirage describe | grep -v packages:
  gate for the target unix
  
  serve (unikernel.hpp)
  └─ stack: stack  mirage::multihomed_stack<udp_0, tcp_0, interface_0, interface_1>
     ├─ udp: udp  mirage::udp<all_ipv4_0, all_ipv6_0>
     │  ├─ ip: all_ipv4  mirage::multihomed_ip<ipv4_0, ipv4_1>
     │  │  ├─ ip: ipv40  mirage::ipv4<ethernet_0, arp_0>
     │  │  │  ├─ ethernet: ethernet0  mirage::ethernet<network_0>
     │  │  │  │  └─ network: network0  mirage::tap
     │  │  │  └─ arp: arp0  mirage::arp<ethernet_0>
     │  │  │     └─ ethernet: ethernet0 (as above)
     │  │  └─ ip: ipv41  mirage::ipv4<ethernet_1, arp_1>
     │  │     ├─ ethernet: ethernet1  mirage::ethernet<network_1>
     │  │     │  └─ network: network1  mirage::tap
     │  │     └─ arp: arp1  mirage::arp<ethernet_1>
     │  │        └─ ethernet: ethernet1 (as above)
     │  └─ ip: all_ipv6  mirage::multihomed_ip<ipv6_0, ipv6_1>
     │     ├─ ip: ipv60  mirage::ipv6<ethernet_0>
     │     │  └─ ethernet: ethernet0 (as above)
     │     └─ ip: ipv61  mirage::ipv6<ethernet_1>
     │        └─ ethernet: ethernet1 (as above)
     ├─ tcp: tcp  mirage::tcp<all_ipv4_0, all_ipv6_0>
     │  ├─ ip: all_ipv4 (as above)
     │  └─ ip: all_ipv6 (as above)
     ├─ network_interface: interface0  mirage::network_interface<network_0, ethernet_0, arp_0, ipv4_0, icmp_0, ipv6_0, icmpv6_0>
     │  ├─ network: network0 (as above)
     │  ├─ ethernet: ethernet0 (as above)
     │  ├─ arp: arp0 (as above)
     │  ├─ ip: ipv40 (as above)
     │  ├─ icmp: icmp0  mirage::icmp<ipv4_0>
     │  │  └─ ip: ipv40 (as above)
     │  ├─ ip: ipv60 (as above)
     │  └─ icmp: icmpv60  mirage::icmpv6<ipv6_0>
     │     └─ ip: ipv60 (as above)
     └─ network_interface: interface1  mirage::network_interface<network_1, ethernet_1, arp_1, ipv4_1, icmp_1, ipv6_1, icmpv6_1>
        ├─ network: network1 (as above)
        ├─ ethernet: ethernet1 (as above)
        ├─ arp: arp1 (as above)
        ├─ ip: ipv41 (as above)
        ├─ icmp: icmp1  mirage::icmp<ipv4_1>
        │  └─ ip: ipv41 (as above)
        ├─ ip: ipv61 (as above)
        └─ icmp: icmpv61  mirage::icmpv6<ipv6_1>
           └─ ip: ipv61 (as above)
  
  keys: --inside-network=tap --ip=both --outside-network=tap --target=unix
  boot arguments: --inside-ipv4=10.0.0.2/24 --inside-ipv4-gateway --outside-ipv4=10.0.1.2/24 --outside-ipv4-gateway --inside-ipv6 --inside-ipv6-gateway --inside-accept-router-advertisements=true --outside-ipv6 --outside-ipv6-gateway --outside-accept-router-advertisements=true
  $ grep -E "multihomed|network_interface|ipv4_1|interface_1|ipv61" mirage/main.cpp
  #include <mirage/ip/multihomed.hpp>
  #include <mirage/stack/network_interface.hpp>
  #include <mirage/stack/multihomed.hpp>
  struct ipv4_1 final : mirage::ipv4<ethernet_1, arp_1> { using ipv4::ipv4; };
  struct all_ipv4_0 final : mirage::multihomed_ip<ipv4_0, ipv4_1> { using multihomed_ip::multihomed_ip; };
  struct all_ipv6_0 final : mirage::multihomed_ip<ipv6_0, ipv6_1> { using multihomed_ip::multihomed_ip; };
  struct interface_0 final : mirage::network_interface<network_0, ethernet_0, arp_0, ipv4_0, icmp_0, ipv6_0, icmpv6_0> { using network_interface::network_interface; };
  struct icmp_1 final : mirage::icmp<ipv4_1> { using icmp::icmp; };
  struct interface_1 final : mirage::network_interface<network_1, ethernet_1, arp_1, ipv4_1, icmp_1, ipv6_1, icmpv6_1> { using network_interface::network_interface; };
  struct stack_0 final : mirage::multihomed_stack<udp_0, tcp_0, interface_0, interface_1> { using multihomed_stack::multihomed_stack; };
  static_assert(mirage::v1::ip<ipv4_1>, "config.cpp:7: all_ipv4 needs an ip; mirage::ipv4<ethernet_1, arp_1> is none");
  static_assert(mirage::v1::ip<all_ipv4_0>, "config.cpp:7: udp needs an ip; mirage::multihomed_ip<ipv4_0, ipv4_1> is none");
  static_assert(mirage::v1::ip<all_ipv6_0>, "config.cpp:7: udp needs an ip; mirage::multihomed_ip<ipv6_0, ipv6_1> is none");
  static_assert(mirage::v1::icmp<icmp_1>, "config.cpp:7: interface needs an icmp; mirage::icmp<ipv4_1> is none");
  static_assert(mirage::v1::stack<stack_0>, "config.cpp:7: serve needs a stack; mirage::multihomed_stack<udp_0, tcp_0, interface_0, interface_1> is none");
    auto& ipv41 = devices.make([&] { return ipv4_1{
        "ipv4_1", ethernet1, arp1, {.address = *arguments.outside_ipv4,
    auto& ipv61 = devices.make([&] { return ipv6_1{
    if (!co_await devices.start("ipv61", ipv61)) co_return co_await devices.give_up();
    auto& all_ipv6 = devices.make([&] { return all_ipv6_0{"all_ipv6_0", ipv60, ipv61}; });
    auto& icmpv61 = devices.make([&] { return icmpv6_1{"icmpv6_1", ipv61}; });
    auto& interface1 = devices.make([&] { return interface_1{
        "interface_1", network1, ethernet1, arp1, ipv41, icmp1, ipv61, icmpv61}; });

Without IPv6:

  $ mirage configure --ip=ipv4
  Configured gate for the target unix: mirage/main.cpp connects 16 devices
  $ grep -E "^struct .*(ipv6|using (udp|tcp|network_interface)::)" mirage/main.cpp
  struct udp_0 final : mirage::udp<all_ipv4_0> { using udp::udp; };
  struct tcp_0 final : mirage::tcp<all_ipv4_0> { using tcp::tcp; };
  struct interface_0 final : mirage::network_interface<network_0, ethernet_0, arp_0, ipv4_0, icmp_0> { using network_interface::network_interface; };
  struct interface_1 final : mirage::network_interface<network_1, ethernet_1, arp_1, ipv4_1, icmp_1> { using network_interface::network_interface; };
  $ mirage configure --ip=ipv5
  config.cpp:7: there is no stack for --ip=ipv5 on the target unix; choose one of: both or ipv4
  [1]

  $ project '{{netif("tap0", inside), inside}}' && mirage configure --dry-run
  would write mirage/CMakeLists.txt
  would write mirage/main.cpp
  would write mirage/manifest.json
  would write mirage/context

A mistake is one sentence:

  $ project '{}' && mirage configure
  config.cpp:7: direct_stack is given no network; hand it one, or {network, group{"NAME"}} for each of several
  [1]
  $ project 'std::vector<stack_network>{}' && mirage configure
  config.cpp:7: direct_stack is given no network; hand it one, or {network, group{"NAME"}} for each of several
  [1]
  $ project '{{netif("tap0"), {}}, {netif("tap1"), {}}}' && mirage configure
  config.cpp:7: two networks of direct_stack are in no group, so their boot arguments would be the same; give each a group of its own
  [1]
  $ project '{{netif("tap0"), inside}, {netif("tap1"), inside}}' && mirage configure
  config.cpp:7: two networks of direct_stack are in the group inside, so their boot arguments would be the same; give each a group of its own
  [1]

Two stacks on one network, each with a port of its own:

  $ twins() {
  >   cat > config.cpp <<END
  > // config.cpp: needs mirage >= 1.0
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) {
  >   auto serve = unikernel<stack, stack>("serve", "unikernel.hpp");
  >   auto watch = unikernel<network, stack>("watch", "unikernel.hpp");
  >   group a{"a"}, b{"b"};
  >   auto both = shared(default_network, 2);
  >   return configure(argc, argv, "twins", $1);
  > }
  > END
  > }
  $ twins 'serve(direct_stack(default_network, a), direct_stack(default_network, b))' && mirage configure
  Configured twins for the target unix: mirage/main.cpp connects 22 devices
  $ grep -E "share|port_" mirage/main.cpp
  #include <mirage/share.hpp>
  struct share_0 final : mirage::share<network_0> { using share::share; };
  struct port_0 final : mirage::share_port<share_0> { using share_port::share_port; };
  struct port_1 final : mirage::share_port<share_0> { using share_port::share_port; };
  struct ethernet_0 final : mirage::ethernet<port_0> { using ethernet::ethernet; };
  struct stack_0 final : mirage::stack<port_0, ethernet_0, arp_0, ipv4_0, icmp_0, udp_0, tcp_0, ipv6_0, icmpv6_0> { using stack::stack; };
  struct ethernet_1 final : mirage::ethernet<port_1> { using ethernet::ethernet; };
  struct stack_1 final : mirage::stack<port_1, ethernet_1, arp_1, ipv4_1, icmp_1, udp_1, tcp_1, ipv6_1, icmpv6_1> { using stack::stack; };
  static_assert(mirage::v1::network<network_0>, "config.cpp:9: share needs a network; mirage::tap is none");
  static_assert(mirage::v1::network<port_0>, "config.cpp:9: ethernet needs a network; mirage::share_port<share_0> is none");
  static_assert(mirage::v1::ethernet<ethernet_0>, "config.cpp:9: arp needs an ethernet; mirage::ethernet<port_0> is none");
  static_assert(mirage::v1::network<port_1>, "config.cpp:9: ethernet needs a network; mirage::share_port<share_0> is none");
  static_assert(mirage::v1::ethernet<ethernet_1>, "config.cpp:9: arp needs an ethernet; mirage::ethernet<port_1> is none");
  static_assert(mirage::v1::stack<stack_0>, "config.cpp:9: serve needs a stack; mirage::stack<port_0, ethernet_0, arp_0, ipv4_0, icmp_0, udp_0, tcp_0, ipv6_0, icmpv6_0> is none");
  static_assert(mirage::v1::stack<stack_1>, "config.cpp:9: serve needs a stack; mirage::stack<port_1, ethernet_1, arp_1, ipv4_1, icmp_1, udp_1, tcp_1, ipv6_1, icmpv6_1> is none");
      {"share", "1.0.0"},
    auto& share = devices.make([&] { return share_0{"share_0", network}; });
    if (!co_await devices.start("share", share)) co_return co_await devices.give_up();
    auto& port0 = devices.make([&] { return port_0{"port_0", share}; });
    auto& port1 = devices.make([&] { return port_1{"port_1", share}; });

The same of a unikernel that takes a network beside a stack on it, which must be said; and on a network that is shared
already nothing is put:

  $ twins 'watch(both[0], direct_stack(both[1]))' && mirage configure
  Configured twins for the target unix: mirage/main.cpp connects 13 devices
  $ grep -E "struct (share|port|ethernet)_" mirage/main.cpp
  struct share_0 final : mirage::share<network_0> { using share::share; };
  struct port_0 final : mirage::share_port<share_0> { using share_port::share_port; };
  struct port_1 final : mirage::share_port<share_0> { using share_port::share_port; };
  struct ethernet_0 final : mirage::ethernet<port_1> { using ethernet::ethernet; };
  $ twins 'serve(generic_stack(default_network, a), generic_stack(default_network, b))' && mirage configure --a-net=direct --b-net=host
  Configured twins for the target unix: mirage/main.cpp connects 11 devices
  $ grep -c share mirage/main.cpp
  0
  [1]
  $ twins 'serve(generic_stack(default_network, a), generic_stack(default_network, b))' && mirage configure --a-net=direct --b-net=direct --b-dhcp
  Configured twins for the target unix: mirage/main.cpp connects 23 devices
  $ mirage describe | grep -E "network(_share)?: "
  │  ├─ network: port0  mirage::share_port<share_0>
  │  │  └─ network_share: share  mirage::share<network_0>
  │  │     └─ network: network  mirage::tap
  │  │  └─ network: port0 (as above)
     │  ├─ network: port1  mirage::share_port<share_0>
     │  │  └─ network_share: share (as above)
     │  │  └─ network: port1 (as above)
     ├─ network: port1 (as above)

What cannot be shared by itself:

  $ twins '[&] {
  >     auto link = ethernet_on(default_network);
  >     auto near = arp_on(link);
  >     auto far = arp_on(link);
  >     return serve(stack_over(default_network, link, near, ipv4_on(link, near, a), a),
  >                  stack_over(default_network, link, far, ipv4_on(link, far, b), b));
  >   }()' && mirage configure
  config.cpp:10: two users of one network, stack and stack, stand on the same ethernet; give each its own
  [1]
