# Debian roots for packages and their tests, made by mmdebstrap from the mirror that this machine uses, without its own
# packages. As root or as a user with subordinate ids (uidmap). Sourced, after `set -eu`.
# The cache: $AISLE_PACKAGE_CACHE, else ${XDG_CACHE_HOME:-$HOME/.cache}/aisle-package. Remove it to fetch newer packages.

root_cache=${AISLE_PACKAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/aisle-package}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The first URI of this machine's sources that ends in $1 ("debian", "debian-security").
configured_mirror() {
  { grep -rhoE "^URIs: *[^ ]*/$1/?\$" /etc/apt/sources.list.d 2>/dev/null | sed 's/^URIs: *//'
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -nE "s/^deb +(\[[^]]*\] +)?([^ ]+\/$1\/?) .*/\2/p"
  } | head -1
}

debian_sources() { # suite
  mirror=$(configured_mirror debian)
  [ -n "$mirror" ] || { echo "no Debian mirror is configured in /etc/apt" >&2; return 1; }
  echo "deb [signed-by=$keyring] $mirror $1 main"
  security=$(configured_mirror debian-security)
  [ -z "$security" ] || echo "deb [signed-by=$keyring] $security $1-security main"
}

# root_tar NAME SUITE ARCHITECTURES PACKAGES: makes $root_cache/NAME.tar unless one with just these packages is there.
root_tar() {
  wanted="$2 $3 $(echo "$4" | tr -s ' \n' ' ')"
  [ "$(cat "$root_cache/$1.wanted" 2>/dev/null || true)" != "$wanted" ] || return 0
  mkdir -p "$root_cache"
  echo "fetching the packages of $1 ($2, $3)" >&2
  # Not under the final name until it is whole.
  debian_sources "$2" | mmdebstrap --format=tar --mode="$(mmdebstrap_mode)" --variant=minbase --architectures="$3" \
    --include="$(echo "$4" | tr -s ' \n' ',' | sed 's/^,//;s/,$//')" --aptopt='Acquire::Languages "none"' \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/locale/*' ${root_hooks:-} "$2" "$root_cache/$1.part" - >"$root_cache/$1.log" 2>&1 ||
    { tail -20 "$root_cache/$1.log" >&2; echo "the root $1 could not be made; see $root_cache/$1.log" >&2; return 1; }
  mv "$root_cache/$1.part" "$root_cache/$1.tar"
  rm_root "$root_cache/$1"
  echo "$wanted" >"$root_cache/$1.wanted"
}

mmdebstrap_mode() { if [ "$(id -u)" -eq 0 ]; then echo root; else echo unshare; fi; }

# Runs a command as root of a mount and process namespace, where files may belong to every user of Debian's.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    unshare --mount --pid --fork --kill-child -- "$@"
  else
    unshare --map-root-user --map-auto --mount --pid --fork --kill-child -- "$@"
  fi
}

rm_root() { [ ! -d "$1" ] || as_root rm -rf "$1"; }

# unpack_root NAME DIRECTORY: a fresh copy.
unpack_root() {
  rm_root "$2"
  mkdir -p "$2"
  as_root tar -C "$2" --exclude='./dev/*' --numeric-owner -xf "$root_cache/$1.tar"
}

# The unpacked root of the cache, which nobody writes into.
shared_root() { # NAME
  [ -e "$root_cache/$1/etc/debian_version" ] || unpack_root "$1" "$root_cache/$1.unpacking" >&2
  [ ! -d "$root_cache/$1.unpacking" ] || mv "$root_cache/$1.unpacking" "$root_cache/$1"
  echo "$root_cache/$1"
}

# in_root ROOT ro|rw WORK COMMAND...: runs the command in the root, without network, with WORK at /aisle and a /tmp of its own.
in_root() {
  # shellcheck disable=SC2016
  as_root unshare --net -- sh -euc '
    root=$1 access=$2 work=$3
    shift 3
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mkdir -p "$root/aisle"
    mount --bind "$work" "$root/aisle"
    mount -t tmpfs tmpfs "$root/tmp"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for node in null zero full random urandom; do : >"$root/dev/$node"; mount --bind "/dev/$node" "$root/dev/$node"; done
    mkdir "$root/dev/shm"
    chmod 1777 "$root/dev/shm" "$root/tmp"
    ln -s /proc/self/fd "$root/dev/fd"
    mount -t proc proc "$root/proc"
    [ "$access" = rw ] || mount -o remount,bind,ro "$root"
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 TZ=UTC DEBIAN_FRONTEND=noninteractive \
      ${SOURCE_DATE_EPOCH:+SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH} chroot "$root" "$@"
  ' sh "$@"
}
