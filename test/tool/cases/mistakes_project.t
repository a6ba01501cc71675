Mistakes about the project: one sentence names the cause and the way out.

No config.cpp:

  $ mirage configure
  mirage: there is no config.cpp in this folder; go to a project, name one with -f, or start one with `mirage init`
  [1]
  $ mirage build
  mirage: there is no config.cpp in this folder; go to a project, name one with -f, or start one with `mirage init`
  [1]
  $ mirage configure -f other.cpp
  mirage: there is no file other.cpp; name the project's configuration with -f
  [1]

Build and run before configure:

  $ mirage init . > /dev/null
  $ mirage build
  mirage: this project is not configured; run `mirage configure` first
  [1]
  $ mirage run
  mirage: this project is not configured; run `mirage configure` first
  [1]

Run before build:

  $ mirage configure -q
  $ mirage run
  mirage: dist/project is not built; run `mirage build` first
  [1]
  $ mirage query size
  mirage: dist/project is not built; run `mirage build` first
  [1]

A second init:

  $ mirage init
  mirage: ./.gitignore is there already; `mirage init` writes into a folder without it
  [1]
  $ mirage init --template nonsense new
  mirage: there is no template nonsense; the templates are: hello and website
  [1]

A folder that cannot be written (a file stands in its place):

  $ mirage clean && echo mine > mirage
  $ mirage configure
  mirage: cannot make the folder mirage: Not a directory; is something in its way, or the place not writable?
  [1]
  $ cat mirage
  mine
  $ rm mirage

A file of somebody else's in mirage/:

  $ mkdir mirage && echo 'int main() {}' > mirage/main.cpp
  $ mirage configure
  mirage: mirage/main.cpp was not written by mirage; move it away, mirage/ and dist/ are for generated files
  [1]
  $ ls mirage && cat mirage/main.cpp
  main.cpp
  int main() {}
  $ rm -r mirage

A generated file that was changed by hand:

  $ mirage configure -q && echo '// mine' >> mirage/main.cpp
  $ mirage configure
  mirage: mirage/main.cpp was changed by hand since mirage wrote it; keep what you need of it and delete it
  [1]
  $ mirage clean
  mirage: kept mirage/main.cpp, changed by hand since mirage wrote it; delete it yourself
  [1]
  $ tail -1 mirage/main.cpp
  // mine
  $ rm -r mirage

The file that has the function is not there:

  $ rm unikernel.hpp
  $ mirage configure
  config.cpp:7: there is no file unikernel.hpp, which should have project; write it, or correct its name
  [1]
