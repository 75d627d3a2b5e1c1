#include "sync/mqtt/library.hpp"

#include <mosquitto.h>

namespace aisle::sync {

MosquittoLibrary::MosquittoLibrary() {
  mosquitto_lib_init();
}
MosquittoLibrary::~MosquittoLibrary() {
  mosquitto_lib_cleanup();
}

}  // namespace aisle::sync
