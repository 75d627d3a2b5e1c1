// The figures as a Markdown table for people, and what the targets say of them.
#pragma once

#include <vector>

#include "tests/bench/radio/native.hpp"

namespace aisle::radio {

struct Row {
  Cell cell;
  Figures figures;
};

void print_head();
void print_row(const Row& row);
// Source bluez against the bare client, source hci against the D-Bus way, at each rate and crowd.
void print_comparison(const std::vector<Row>& rows);

}  // namespace aisle::radio
