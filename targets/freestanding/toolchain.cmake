# SPDX-License-Identifier: ISC
# Toolchain: x86-64 with nothing below. Debian's clang-19, the headers and archives of its libstdc++-12, and no
# start-up files, C library or dynamic linker. A target includes it and adds what its loader wants.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
foreach(language C CXX ASM)
  set(CMAKE_${language}_COMPILER_TARGET x86_64-linux-gnu)
endforeach()
set(CMAKE_C_COMPILER clang-19)
set(CMAKE_ASM_COMPILER clang-19)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_AR llvm-ar-19 CACHE FILEPATH "")
set(CMAKE_RANLIB llvm-ranlib-19 CACHE FILEPATH "")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(MIRAGE_BARE ON)
option(MIRAGE_EXCEPTIONS "Compile with exceptions" OFF)

# Small is what these images are for. The link sees all C++ at once, which saves another tenth, and keeps one of
# several functions with the same code.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-Oz -g -DNDEBUG" CACHE STRING "")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-Os -g -DNDEBUG" CACHE STRING "")
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-flto>)

# An interrupt may overwrite what lies below the stack pointer, addresses are known when the image is linked,
# the crash report walks the frame pointers, and there is one thread.
add_compile_options(
  -ffunction-sections -fdata-sections -fno-pic -fno-pie -mno-red-zone -fcf-protection=none
  -ftls-model=local-exec -fstack-protector-strong -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer
  $<$<COMPILE_LANGUAGE:CXX>:-stdlib=libstdc++> $<$<COMPILE_LANGUAGE:CXX>:-fno-threadsafe-statics>
  $<$<COMPILE_LANGUAGE:CXX>:-fno-c++-static-destructors>
  "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${CMAKE_CURRENT_LIST_DIR}/assertions.hpp>"
  "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-isystem ${CMAKE_CURRENT_LIST_DIR}/refused>")
add_compile_definitions(_GLIBCXX_ASSERTIONS MIRAGE_BARE=1)
if(NOT MIRAGE_EXCEPTIONS)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions> $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>
                      -fno-unwind-tables -fno-asynchronous-unwind-tables)
endif()

# Eight bytes for each value of a switch are more than a few comparisons. The machine outliner would save some more,
# but what it moves out stands in the paths of packets, too, and calling it costs.
add_link_options(-nostdlib -static -no-pie -fuse-ld=lld -Wl,--gc-sections -Wl,--icf=all -Wl,-O2
                 -Wl,-mllvm,-min-jump-table-entries=100 -Wl,--build-id=none
                 -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack)
set(CMAKE_CXX_STANDARD_LIBRARIES "-lstdc++ -lgcc_eh -lgcc")
