# What `cmake --install` puts where, and the Debian package made of it (cpack -G DEB; scripts/package runs it in a clean root).
include(GNUInstallDirs)

# Version of the Debian that is built for: what its systemd knows.
if(SYSTEMD_VERSION VERSION_GREATER_EQUAL 254)
  set(AISLE_RESTART_STEPS "RestartSec=2\nRestartSteps=6\nRestartMaxDelaySec=120")
else()
  set(AISLE_RESTART_STEPS "RestartSec=10")
endif()
set(package ${CMAKE_BINARY_DIR}/package)
configure_file(systemd/aisle-agent.service.in ${package}/aisle-agent.service @ONLY)

# The manual page of the configuration is the documented example itself.
file(READ config/aisle.toml AISLE_TOML)
string(REPLACE "\\" "\\e" AISLE_TOML "${AISLE_TOML}")
string(REPLACE "-" "\\-" AISLE_TOML "${AISLE_TOML}")
string(REGEX REPLACE "(^|\n)([.'])" "\\1\\\\&\\2" AISLE_TOML "${AISLE_TOML}")
# Of the package itself there is nothing else to tell. The time is SOURCE_DATE_EPOCH's, where there is one.
set(AISLE_PACKAGE_RELEASE "1" CACHE STRING "Behind the version, as in 1~deb12")
set(AISLE_CONTACT "Aisle maintainers <maintainers@aisle.example>")
string(TIMESTAMP AISLE_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(config/package/changelog.Debian.in ${package}/changelog.Debian @ONLY)
configure_file(config/package/aisle.toml.5.in ${package}/aisle.toml.5 @ONLY)
configure_file(config/package/aisled.8.in ${package}/aisled.8 @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS config/aisle.toml)

# What aislectl says of itself.
foreach(kind bash zsh man)
  add_custom_command(OUTPUT ${package}/aislectl.${kind} COMMAND aislectl generate ${kind} > ${package}/aislectl.${kind} VERBATIM)
endforeach()
add_custom_command(OUTPUT ${package}/man.stamp
  COMMAND gzip -9nc ${package}/aisled.8 > ${package}/aisled.8.gz
  COMMAND gzip -9nc ${package}/aisle.toml.5 > ${package}/aisle.toml.5.gz
  COMMAND gzip -9nc ${package}/aislectl.man > ${package}/aislectl.1.gz
  COMMAND gzip -9nc ${CMAKE_SOURCE_DIR}/CHANGELOG.md > ${package}/changelog.gz
  COMMAND gzip -9nc ${package}/changelog.Debian > ${package}/changelog.Debian.gz
  COMMAND ${CMAKE_COMMAND} -E touch ${package}/man.stamp
  DEPENDS ${package}/aislectl.man ${package}/aisled.8 ${package}/aisle.toml.5 CHANGELOG.md VERBATIM)
add_custom_target(package_files DEPENDS aisled ${package}/aislectl.bash ${package}/aislectl.zsh ${package}/man.stamp)

install(TARGETS aisled DESTINATION ${CMAKE_INSTALL_SBINDIR})
install(TARGETS aislectl DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${package}/aisle-agent.service systemd/aisle-renew.service systemd/aisle-renew.timer systemd/aisle-fetch.path systemd/aisle-fetch.service
  systemd/aisle-update.path systemd/aisle-update.service systemd/aisle-update-recover.service DESTINATION lib/systemd/system)
install(FILES systemd/aisle.sysusers DESTINATION lib/sysusers.d RENAME aisle-agent.conf)
install(FILES systemd/aisle.tmpfiles DESTINATION lib/tmpfiles.d RENAME aisle-agent.conf)
install(FILES systemd/aisle-dbus.conf DESTINATION share/dbus-1/system.d RENAME aisle-agent.conf)
install(FILES config/aisle.toml DESTINATION /etc/aisle)
# The configuration as it comes, for the way back of an update, and its schema.
install(FILES config/aisle.toml config/aisle.schema.json systemd/tpm.conf DESTINATION share/aisle)
install(FILES ${package}/aislectl.bash DESTINATION share/bash-completion/completions RENAME aislectl)
install(FILES ${package}/aislectl.zsh DESTINATION share/zsh/vendor-completions RENAME _aislectl)
install(FILES ${package}/aisled.8.gz DESTINATION share/man/man8)
install(FILES ${package}/aisle.toml.5.gz DESTINATION share/man/man5)
install(FILES ${package}/aislectl.1.gz DESTINATION share/man/man1)
install(FILES systemd/mosquitto-acl.conf systemd/bluetooth-experimental.conf DESTINATION share/doc/aisle-agent/examples)
install(FILES ${package}/changelog.gz DESTINATION share/doc/aisle-agent RENAME changelog.gz)
install(FILES ${package}/changelog.Debian.gz DESTINATION share/doc/aisle-agent)
install(FILES config/package/copyright DESTINATION share/doc/aisle-agent)
install(FILES config/package/lintian-overrides DESTINATION share/lintian/overrides RENAME aisle-agent)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME aisle-agent)
set(CPACK_PACKAGE_VENDOR Aisle)
set(CPACK_PACKAGE_CONTACT ${AISLE_CONTACT})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# One package for each Debian: an upgrade of the system upgrades it.
set(CPACK_DEBIAN_PACKAGE_RELEASE ${AISLE_PACKAGE_RELEASE})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "https://aisle.example")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "in-store beacon and geolocation edge agent")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Aisle hears the retailer's app over Bluetooth Low Energy, works out who it is
(only if they agreed), where they are and for how long, picks the one offer
worth making, and sends the event to the cloud over MQTT. It goes on deciding
while the internet is down, and keeps every event until it is acknowledged.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd, dbus, tzdata")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "bluez (>= 5.66)")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libtpm2-pkcs11-1")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/config/package/conffiles
  ${CMAKE_SOURCE_DIR}/config/package/postinst ${CMAKE_SOURCE_DIR}/config/package/prerm ${CMAKE_SOURCE_DIR}/config/package/postrm)
set(CPACK_DEBIAN_DEBUGINFO_PACKAGE ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_THREADS 1)
include(CPack)
