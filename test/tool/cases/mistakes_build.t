# builds
Mistakes that only show when the image is compiled.

  $ mirage init . > /dev/null && mirage configure -q

A slip of the pen in unikernel.hpp:

  $ sed -i 's/co_return;/co_retrun;/' unikernel.hpp && mirage build
  unikernel.hpp:12: use of undeclared identifier 'co_retrun'
  (mirage -v shows the whole message)
  [1]
  $ sed -i 's/co_retrun;/co_return;/' unikernel.hpp

A function that takes something else:

  $ sed -i 's/std::string_view greeting/int greeting/' unikernel.hpp && mirage build
  config.cpp:7: project of unikernel.hpp cannot be called with (hello): no viable conversion from 'std::basic_string_view<char>' to 'int'
  (mirage -v shows the whole message)
  [1]
  $ sed -i 's/int greeting/std::string_view greeting/' unikernel.hpp

No function at all:

  $ sed -i 's/task<> project(/task<> another(/' unikernel.hpp && mirage build
  config.cpp:7: there is no function project in unikernel.hpp; define `mirage::task<> project(...)` there, or correct the name
  (mirage -v shows the whole message)
  [1]
  $ sed -i 's/task<> another(/task<> project(/' unikernel.hpp

A function that is declared and nowhere defined:

  $ cat > unikernel.hpp <<'END'
  > #include <mirage/v1.hpp>
  > mirage::task<> project(std::string_view);
  > END
  $ mirage build
  mirage: nothing defines `project(std::basic_string_view<char, std::char_traits<char>>)`; define it in the project, or name its folder with local_library
  (mirage -v shows the whole message)
  [1]

A device that does not do what its type promises:

  $ cat > config.cpp <<'END'
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) {
  >   auto mine = implementation<console>({.name = "mine", .type = "my_console", .header = "my_console.hpp"})();
  >   auto talk = unikernel<console>("talk", "unikernel.hpp");
  >   return configure(argc, argv, "talk", talk(mine));
  > }
  > END
  $ echo 'struct my_console {};' > my_console.hpp
  $ cat > unikernel.hpp <<'END'
  > #include <mirage/v1.hpp>
  > template <mirage::v1::console Console>
  > mirage::task<> talk(Console&) { co_return; }
  > END
  $ mirage configure -q && mirage build
  config.cpp:6: talk needs a console; my_console is none
  (mirage -v shows the whole message)
  [1]
