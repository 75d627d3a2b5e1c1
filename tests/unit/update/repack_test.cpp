// What counts as altered, and what a package says of itself.
#include <gtest/gtest.h>

#include "agent/update/repack.hpp"

namespace aisle::update {
namespace {

TEST(Repack, TheAdministratorsConfigurationIsNotAltered) {
  EXPECT_EQ(altered(""), "");
  EXPECT_EQ(altered("??5?????? c /etc/aisle/aisle.toml\nmissing     /usr/share/doc/aisle-agent/copyright\n"), "");
  EXPECT_EQ(altered("??5??????   /usr/sbin/aisled\n"), "/usr/sbin/aisled");
  EXPECT_EQ(altered("missing     /usr/bin/aislectl\nmissing     /usr/share/aisle/aisle.toml\n"),
            "/usr/bin/aislectl, /usr/share/aisle/aisle.toml");
}

TEST(Repack, TheControlFileIsWithoutWhatDpkgKeepsForItself) {
  EXPECT_EQ(control_of("Package: aisle-agent\nStatus: install ok installed\nVersion: 1.0-1\nConffiles:\n "
                       "/etc/aisle/aisle.toml 0123\nDescription: hears\n what is there\n .\n more\n"),
            "Package: aisle-agent\nVersion: 1.0-1\nDescription: hears\n what is there\n .\n more\n");
}

TEST(Repack, ConfigurationFilesStayOnes) {
  EXPECT_EQ(conffiles_of("Package: aisle-agent\nConffiles:\n /etc/aisle/aisle.toml 0123\n /etc/old 45 obsolete\n"
                         "Description: hears\n what is there\n"),
            "/etc/aisle/aisle.toml\n");
}

}  // namespace
}  // namespace aisle::update
