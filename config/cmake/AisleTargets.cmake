# The one place for the language standard, warnings and sanitizers, and the helpers that declare modules and tests.

add_library(aisle_options INTERFACE)
target_compile_features(aisle_options INTERFACE cxx_std_20)
target_include_directories(aisle_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(aisle_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wnull-dereference -Wimplicit-fallthrough -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 to 14 report false positives of these inside the standard library when optimizing.
  target_compile_options(aisle_options INTERFACE -Wno-error=null-dereference -Wno-null-dereference -Wno-restrict
    -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds -Wno-dangling-reference)
endif()
if(AISLE_SANITIZE)
  target_compile_options(aisle_options INTERFACE -fsanitize=${AISLE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(aisle_options INTERFACE -fsanitize=${AISLE_SANITIZE})
endif()

# The presets for tests compile a target's files together (CMAKE_UNITY_BUILD), a quarter of the time; the release build and
# clang-tidy see each file by itself. Not these: names in their files' unnamed namespaces repeat,
# or a program needs a part of a library alone (aisle_sync without the store).
set(AISLE_FILE_BY_FILE aisle_bluez aisle_decode aisle_fake_bluez aisle_hci_reports aisle_recording aisle_sync unit_identity
  bluez_guest fuzz_decode fuzz_recording)
function(aisle_file_by_file target)
  if(target IN_LIST AISLE_FILE_BY_FILE)
    set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
  endif()
endfunction()

# aisle_module(NAME SOURCES a.cpp ... [LINKS public libs] [PRIVATE_LINKS libs]): a static library aisle_NAME.
function(aisle_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(aisle_${name} STATIC ${ARG_SOURCES})
  aisle_file_by_file(aisle_${name})
  target_link_libraries(aisle_${name} PUBLIC aisle_options ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

# The tests that run without programs of ours beside them, and the fuzz targets: what the short run under sanitizers builds.
add_custom_target(tests_in_process)

# aisle_test(NAME SOURCES a.cpp ... LINKS libs [TIMEOUT seconds] [LABELS l] [SHARDS n]): a GoogleTest program run by CTest as
# one test, or as n of them that share its cases, for programs that mostly wait.
function(aisle_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT;SHARDS" "SOURCES;LINKS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  aisle_file_by_file(${name})
  target_link_libraries(${name} PRIVATE aisle_options ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE AISLE_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
  if(AISLE_SANITIZE AND CMAKE_CURRENT_SOURCE_DIR MATCHES "/tests/unit/")
    # The sanitizers make an optimized test take clang a minute to compile; what is tested stays as optimized as ever.
    target_compile_options(${name} PRIVATE -O0)
  endif()
  if(NOT ARG_LABELS)
    add_dependencies(tests_in_process ${name})
  endif()
  if(NOT ARG_SHARDS)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
    return()
  endif()
  math(EXPR last "${ARG_SHARDS} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}_${shard} COMMAND ${name})
    set_tests_properties(${name}_${shard} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()

# aisle_test_sealed(NAME): the same program once more, over a sealed store (tests/fakes/sealed.hpp).
function(aisle_test_sealed name)
  add_test(NAME ${name}_sealed COMMAND ${name})
  get_test_property(${name} TIMEOUT timeout)
  set_tests_properties(${name}_sealed PROPERTIES TIMEOUT ${timeout} ENVIRONMENT AISLE_SEALED=yes)
endfunction()
