Keys of a project's own, choices between devices, and what describe and query show of them.

  $ cat > config.cpp <<'END'
  > // config.cpp: needs mirage >= 1.0
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) {
  >   auto speed = key<std::string>("speed", "How fast", "slow");
  >   auto count = key<int>("count", "How many", 3);
  >   auto tracing = key<bool>("tracing", "Whether it is traced");
  >   auto slow = implementation<console>({.name = "slow", .type = "slow_console<$count>", .header = "slow.hpp", .keys = {count}})();
  >   auto fast = implementation<console>({.name = "fast", .type = "fast_console", .header = "fast.hpp"})();
  >   auto traced = implementation<console, console>({.name = "traced", .type = "traced<$0>", .header = "traced.hpp", .construct = "$0, $name"});
  >   auto chosen = match_key<console>(speed, {{"slow", slow}, {"fast", fast}});
  >   auto elsewhere = implementation<console>({.name = "remote", .type = "remote", .header = "remote.hpp", .targets = {"virtio"}})();
  >   auto talk = unikernel<console, console>("talk::talk", "talk.hpp");
  >   return configure(argc, argv, "talk", talk(if_key(tracing, traced(chosen), chosen), if_target("unix", chosen, elsewhere)));
  > }
  > END
  $ touch slow.hpp fast.hpp traced.hpp talk.hpp
  $ mirage describe
  talk for the target unix
  
  talk::talk (talk.hpp)
  ├─ console: slow  slow_console<3>
  └─ console: slow (as above)
  
  keys: --count=3 --speed=slow --target=unix --tracing=false
  packages: core 1.0.0, datagram_groups 1.0.0, linux 1.0.0, pcap 1.0.0, types 1.0.0, unix 1.0.0, virtio_net_header 1.0.0
  $ mirage describe --speed=fast --tracing
  talk for the target unix
  
  talk::talk (talk.hpp)
  ├─ console: traced  traced<fast_0>
  │  └─ console: fast  fast_console
  └─ console: fast (as above)
  
  keys: --count=3 --speed=fast --target=unix --tracing=true
  packages: core 1.0.0, datagram_groups 1.0.0, linux 1.0.0, pcap 1.0.0, types 1.0.0, unix 1.0.0, virtio_net_header 1.0.0
  $ mirage describe --dot --tracing --count=7
  digraph "talk" {
    node [shape=box, style=rounded, fontname="sans-serif"];
    edge [fontname="sans-serif", fontsize=12];
    "talk::talk" [label="talk::talk\ntalk.hpp", style="rounded,bold"];
    "talk::talk" -> "traced_0" [label="console"];
    "talk::talk" -> "slow_0" [label="console"];
    "slow_0" [label="slow\nslow_console<7>"];
    "traced_0" [label="traced\ntraced<slow_0>"];
    "traced_0" -> "slow_0" [label="console"];
  }
  $ mirage query keys --speed fast
  --count=3                        How many
  --speed=fast (slow|fast)         How fast
  --target=unix                    Where the image will run
  --tracing=false (true|false)     Whether it is traced
  $ mirage query devices --count 12
  slow_0 console slow_console<12>

Values that cannot be:

  $ mirage configure --speed=medium
  config.cpp:14: there is no console for --speed=medium on the target unix; choose one of: slow or fast
  [1]
  $ mirage configure --count=many
  mirage: --count is a whole number, not `many`
  [1]
  $ mirage configure --tracing=perhaps
  mirage: --tracing is true or false, not `perhaps`
  [1]

Without arguments describe and query take what configure was given:

  $ mirage configure -q --speed=fast
  $ mirage query devices
  fast_0 console fast_console
  $ mirage query devices --speed=slow
  slow_0 console slow_console<3>

A device that the target does not have:

  $ sed -i 's/if_target("unix", chosen, elsewhere)/elsewhere/' config.cpp
  $ mirage configure
  config.cpp:14: remote is a device of the target virtio, and the target here is unix; choose another device or another target
  [1]
  $ sed -i 's/, elsewhere)/, match_target<console>({{"virtio", chosen}}))/' config.cpp
  $ mirage configure
  config.cpp:14: config.cpp chooses no console for the target unix, only for virtio
  [1]
  $ sed -i 's/match_target<.*>({{"virtio", chosen}})/default_console/; s/console, console>("talk/console, network>("talk/; s/default_console/generic<network>{"radio", "What a radio is"}()/' config.cpp
  $ mirage configure
  config.cpp:14: the target unix has no network; choose another target with -t or do without it
  [1]
