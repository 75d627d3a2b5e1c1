# Writes OUT, a C++ table of every .sql file in SQL_DIR: file name without ".sql", text. Sorted by name.
file(GLOB files ${SQL_DIR}/*.sql)
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(APPEND rows "    {\"${name}\", R\"SQL(${text})SQL\"},\n")
endforeach()
file(WRITE ${OUT} "// Generated from agent/store/sql by embed_sql.cmake.
#include \"agent/store/sql.hpp\"

namespace aisle::store {
namespace {
constexpr SqlFile kFiles[] = {
${rows}};
}  // namespace

std::span<const SqlFile> sql_files() {
  return kFiles;
}

}  // namespace aisle::store
")
