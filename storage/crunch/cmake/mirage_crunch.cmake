# SPDX-License-Identifier: ISC
# mirage_crunch(TARGET NAME FOLDER [MODIFIED]): puts the files below FOLDER into TARGET as the store `generated::NAME` of the
# header NAME.hpp (storage/crunch). A relative FOLDER is one of the project (MIRAGE_PROJECT) or of the current
# source folder. The store is made again when a file in it changes, comes or goes.
#
# MODIFIED is the time of last modification of all values, in seconds of Unix time; without it that is
# MIRAGE_SOURCE_DATE_EPOCH, or SOURCE_DATE_EPOCH as it was when CMake configured, or not known. The times of the files are not looked at, so that
# two checkouts of one source give the same bytes.

include_guard(GLOBAL)

function(mirage_crunch target name folder)
  if(NOT IS_ABSOLUTE "${folder}")
    if(MIRAGE_PROJECT)
      set(folder "${MIRAGE_PROJECT}/${folder}")
    else()
      set(folder "${CMAKE_CURRENT_SOURCE_DIR}/${folder}")
    endif()
  endif()
  if(NOT IS_DIRECTORY "${folder}")
    message(FATAL_ERROR "there is no folder ${folder} to put into the image; make it, or name another one")
  endif()

  # In Mirage's own build the generator is a target; for a project it lies beside the tool.
  if(TARGET mirage-crunch)
    set(program "$<TARGET_FILE:mirage-crunch>")
    set(depends mirage-crunch)
  else()
    find_program(MIRAGE_CRUNCH mirage-crunch HINTS "${MIRAGE_PROGRAMS}" DOC "The generator of crunch stores")
    if(NOT MIRAGE_CRUNCH)
      message(FATAL_ERROR "mirage-crunch is not on the PATH; it is installed with mirage")
    endif()
    set(program "${MIRAGE_CRUNCH}")
    set(depends "${MIRAGE_CRUNCH}")
  endif()

  set(modified ${ARGN})
  if(NOT modified)
    set(modified "${MIRAGE_SOURCE_DATE_EPOCH}")
  endif()
  if(NOT modified)
    set(modified "$ENV{SOURCE_DATE_EPOCH}")
  endif()
  if(modified)
    set(program "${CMAKE_COMMAND}" -E env "SOURCE_DATE_EPOCH=${modified}" "${program}")
  else()
    set(program "${CMAKE_COMMAND}" -E env --unset=SOURCE_DATE_EPOCH "${program}")
  endif()

  set(output "${CMAKE_CURRENT_BINARY_DIR}/crunch")
  file(MAKE_DIRECTORY "${output}")
  add_custom_command(OUTPUT "${output}/${name}.cpp" "${output}/${name}.hpp" "${output}/${name}.bin"
                     COMMAND ${program} --depfile "${name}" "${folder}" "${output}"
                     DEPENDS "${depends}" DEPFILE "${output}/${name}.d" VERBATIM
                     COMMENT "Packing ${name}")
  # The assembler takes the bytes in when this is compiled: a linker that compiles would not find them.
  set_source_files_properties("${output}/${name}.cpp" PROPERTIES OBJECT_DEPENDS "${output}/${name}.bin"
                              COMPILE_OPTIONS -fno-lto)
  target_sources("${target}" PRIVATE "${output}/${name}.cpp" "${output}/${name}.hpp")
  target_include_directories("${target}" PRIVATE "${output}")
  target_link_libraries("${target}" PRIVATE mirage::crunch)
endfunction()
