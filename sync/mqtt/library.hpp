// libmosquitto's process-wide state: one of these in main, before any transport and outliving all.
#pragma once

namespace aisle::sync {

class MosquittoLibrary {
 public:
  MosquittoLibrary();
  ~MosquittoLibrary();
  MosquittoLibrary(const MosquittoLibrary&) = delete;
  MosquittoLibrary& operator=(const MosquittoLibrary&) = delete;
};

}  // namespace aisle::sync
