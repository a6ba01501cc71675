# builds
From nothing to a running unikernel, and back.

  $ mirage init hello
  Wrote hello/.gitignore
  Wrote hello/config.cpp
  Wrote hello/unikernel.hpp
  Next: cd hello && mirage configure && mirage build && mirage run
  $ cd hello
  $ mirage configure
  Configured hello for the target unix: mirage/main.cpp connects 0 devices
  $ mirage build
  Built dist/hello
  $ mirage run | sed 's/^[^ ]*: //'
  [INFO] [hello] Hello World!
  $ mirage run -- --hello='Good morning' | sed 's/^[^ ]*: //'
  [INFO] [hello] Good morning
  $ mirage run --hello='Good evening' | sed 's/^[^ ]*: //'
  [INFO] [hello] Good evening

The exit status of the unikernel is that of run:

  $ mirage run -- --help | head -2
  hello
  
  $ mirage run -- --version > /dev/null
  [63]
  $ mirage run -- --loud
  hello: unknown argument "--loud"; --help lists all arguments
  [64]

A changed config.cpp is configured again by build:

  $ sed -i 's/Hello World!/Hello again!/' config.cpp
  $ mirage build
  config.cpp has changed; configuring again
  Configured hello for the target unix: mirage/main.cpp connects 0 devices
  Built dist/hello
  $ mirage run | sed 's/^[^ ]*: //'
  [INFO] [hello] Hello again!

A build without a change does nothing new, and the same source gives the same bytes:

  $ cp dist/hello ../first && mirage build -q && cmp dist/hello ../first
  $ mirage clean && ls -A
  .gitignore
  config.cpp
  unikernel.hpp
  $ mirage configure -q && mirage build -q && cmp dist/hello ../first
  $ cd .. && cp -r hello elsewhere && rm -r elsewhere/mirage elsewhere/dist && cd elsewhere
  $ mirage configure -q && mirage build -q && cmp dist/hello ../first
  $ cd ../hello

Nothing of a person's is overwritten or removed:

  $ mirage clean --dry-run
  would remove dist/hello
  would remove mirage/build
  would remove mirage/CMakeLists.txt
  would remove mirage/main.cpp
  would remove mirage/manifest.json
  would remove mirage/context
  $ mirage clean && mkdir dist && echo mine > dist/hello
  $ mirage configure -q && mirage build
  mirage: dist/hello was not built by mirage; move it away, or choose another name with `mirage configure -o`
  [1]
  $ mirage configure -q -o other && mirage build
  Built dist/other
  $ mirage clean && ls -A . dist && cat dist/hello
  .:
  .gitignore
  config.cpp
  dist
  unikernel.hpp
  
  dist:
  hello
  mine

From another folder:

  $ rm -r dist && cd ..
  $ mirage configure -f hello/config.cpp && mirage build -f hello/config.cpp
  Configured hello for the target unix: mirage/main.cpp connects 0 devices
  Built hello/dist/hello
  $ mirage run -f hello/config.cpp -- --hello=x | sed 's/^[^ ]*: //'
  [INFO] [hello] x
  $ ls
  elsewhere
  first
  hello
