# The roots in which packages are built: one for each Debian and architecture. Sourced after root.sh.

# The packages of scripts/setup's build list that are for the machine that is built for; the others are the same on all.
libraries="libfmt-dev libssl-dev libsodium-dev libsqlite3-dev libhowardhinnant-date-dev libtomlplusplus-dev libmosquitto-dev libp11-kit-dev libcpp-httplib-dev libqrencode-dev libsdbus-c++-dev libsystemd-dev"
headers="libexpected-dev nlohmann-json3-dev libcli11-dev"
tools="cmake ninja-build pkg-config dpkg-dev file"

# build_root SUITE ARCH: the path of the root, made when it is not there.
build_root() {
  case $2 in
    amd64) root_tar "build-$1-amd64" "$1" amd64 "g++ $tools $headers $libraries" ;;
    arm64)
      # qemu-user runs aislectl, which says what its manual page and its completions are.
      root_tar "build-$1-arm64" "$1" amd64,arm64 "crossbuild-essential-arm64 qemu-user $tools $headers $(for library in $libraries libgtest-dev libgmock-dev; do echo "$library:arm64"; done)"
      ;;
  esac
  shared_root "build-$1-$2"
}

# The version of the package ends in it, so that the one for a newer Debian is newer.
release_of() { case $1 in bookworm) echo 1~deb12 ;; trixie) echo 1~deb13 ;; esac; }

# copy_source DIRECTORY: what is under version control, or all of it in an archive's tree.
copy_source() {
  mkdir -p "$1"
  if git rev-parse --git-dir >/dev/null 2>&1; then files="git ls-files -z"; else files="find . -path ./build -prune -o -type f -print0"; fi
  $files | tar --null -T - -cf - | tar -C "$1" -xf -
}
