# builds
Scenarios: what `mirage test` plays, and how it says what went wrong.

  $ cp -r "$ROOT/examples/hello/." . && rm -r scenarios
  $ mirage configure
  Configured hello for the target unix: mirage/main.cpp connects 0 devices
  $ mirage test
  mirage: scenarios are played by the target sim, and this project is configured for unix; run `mirage configure -t sim` first
  [1]
  $ mirage configure -t sim
  Configured hello for the target sim: mirage/main.cpp connects 0 devices
  $ mirage test
  mirage: there is no scenario; write one into scenarios/ (see `mirage help test`)
  [1]
  $ mkdir scenarios
  $ cat > scenarios/alone.toml <<'END'
  > summary = "it says hello and ends"
  > [nodes.one]
  > [[expect]]
  > node = "one"
  > exits = 0
  > END
  $ mirage -q test
  ok      alone: it says hello and ends (4.000 s, seed 1)
  $ mirage test -v 2>/dev/null | sed 's/digest [0-9a-f]*/digest .../'
  Built dist/hello.sim
      0.000000 one: TIME: [INFO] [hello] hello
      1.000001 one: TIME: [INFO] [hello] hello
      2.000001 one: TIME: [INFO] [hello] hello
      3.000002 one: TIME: [INFO] [hello] hello
      4.000002 one has ended with status 0
  ok      alone: it says hello and ends (4.000 s, seed 1)
          digest ...
  $ for i in 1 2; do mirage test -v --seed 5 2>/dev/null | grep digest; done | uniq | wc -l
  1
  $ for i in 1 2; do mirage test -v --seed $i 2>/dev/null | grep digest; done | uniq | wc -l
  2

What it prints of its console is shown when a scenario fails.

  $ cat > scenarios/wrong.toml <<'END'
  > seed = 9
  > [nodes.one]
  > [[expect]]
  > node = "one"
  > prints = "goodbye"
  > by = "2500 ms"
  > END
  $ mirage -q test
  ok      alone: it says hello and ends (4.000 s, seed 1)
  FAILED  wrong: one has not printed "goodbye" by 2.5 s; replay it with --seed 9
              0.000000 one: TIME: [INFO] [hello] hello
              1.000001 one: TIME: [INFO] [hello] hello
              2.000001 one: TIME: [INFO] [hello] hello
  mirage: 1 of 2 scenarios failed
  [1]
  $ mirage -q test alone
  ok      alone: it says hello and ends (4.000 s, seed 1)
  $ mirage -q test nowhere
  mirage: there is no scenario nowhere; name a file, or one of scenarios/ without its .toml
  [1]

Mistakes in a scenario have a place.

  $ cat > scenarios/wrong.toml <<'END'
  > [nodes.one]
  > [links.wire]
  > between = ["one", "two"]
  > END
  $ mirage -q test wrong
  mirage-simulator: scenarios/wrong.toml:3:11: links.wire: there is no node or switch `two`; there are: one
  mirage: 1 of 1 scenarios failed
  [1]
  $ sed -i 's/"two"/"one.second"/; $a loss = "a lot"' scenarios/wrong.toml && mirage -q test wrong
  mirage-simulator: scenarios/wrong.toml:4:8: links.wire: loss is `a lot`; write it as in `0.1 %`
  mirage: 1 of 1 scenarios failed
  [1]
  $ sed -i 's/loss = .*/los = "1 %"/' scenarios/wrong.toml && mirage -q test wrong
  mirage-simulator: scenarios/wrong.toml:4:7: links.wire: there is no `los` here; there are: bandwidth, between, burst_frames, burst_loss, corrupt, delay, duplicate, jitter, loss, mtu, queue, reorder and reorder_by
  mirage: 1 of 1 scenarios failed
  [1]
  $ sed -i 's/los = .*/los = /' scenarios/wrong.toml && mirage -q test wrong
  mirage-simulator: scenarios/wrong.toml:4:7: Error while parsing key-value pair: expected value, saw '\n'
  mirage: 1 of 1 scenarios failed
  [1]

Captures are written for each link.

  $ sed -i 's/los = .*/mtu = 9000/' scenarios/wrong.toml && mirage -q test wrong --pcap captures && ls captures
  ok      wrong (4.000 s, seed 1)
  wrong.wire.pcap
  $ ln -sf /dev/full captures/wrong.wire.pcap && mirage -q test wrong --pcap captures
  ok      wrong (4.000 s, seed 1)
  mirage-simulator: cannot write all of captures/wrong.wire.pcap: No space left on device
  mirage: 1 of 1 scenarios failed
  [1]
  $ mirage run
  TIME: [INFO] [hello] hello
  TIME: [INFO] [hello] hello
  TIME: [INFO] [hello] hello
  TIME: [INFO] [hello] hello

A node that crashes fails its scenario, and says when and why.

  $ sed -i 's/hello_log.info("hello");/mirage::require(i < 2, "it counts too far");/' unikernel.hpp
  $ mirage -q test alone
  FAILED  alone: after 2.000 s one crashed: it counts too far (unikernel.hpp:13); replay it with --seed 1
  mirage: 1 of 1 scenarios failed
  [1]
