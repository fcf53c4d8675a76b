#!/usr/bin/env bash
# Builds mediasoup's worker from the sources in its npm package and the distribution's libraries.
#
#   build.sh MEDIASOUP_PACKAGE_DIR OUTPUT_FILE
#
# For Debian 12 or later and its relatives. About five minutes on two cores. Root is needed only
# where packages are missing. On stdout: "step: ..." before each part, ninja's "[n/m] ..." while
# it compiles, and "fix: ..." with what a person can do when it fails.
# Exit status: 0 built, 1 failed, 3 root is needed, 4 not a Debian-like distribution.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

[ $# = 2 ] || { echo "usage: $0 MEDIASOUP_PACKAGE_DIR OUTPUT_FILE" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
package=$(cd "$1" && pwd)
output=$(realpath -m "$2")
work=$(mktemp -d)

step() { echo "step: $*"; }
give_up() { echo "$2" >&2; [ -z "${3-}" ] || echo "fix: $3"; exit "$1"; }

# The directory goes whatever ends the script. Long commands run in the background so that a
# signal is heard at once, and are told to stop as well; all but the installation of packages,
# which is let finish, because dpkg must not be cut off in the middle.
children=()
stoppable() { "$@" & children+=($!); wait $!; }
leave() {
  local status=$?
  trap '' INT TERM HUP
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
  exit "$status"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# A caller that holds our stdin open can be killed without a word. That closes the pipe, and then
# the build has to stop too.
if [ -n "${MESHLIFT_STOP_AT_EOF-}" ]; then
  exec 3<&0
  (while read -r _ <&3; do :; done; kill -TERM "$$") </dev/null >/dev/null 2>&1 &
  children+=($!)
fi

# ---- what the machine has ----

. /etc/os-release 2>/dev/null || true
command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
  give_up 4 "this recipe builds on Debian and its relatives only, not on ${PRETTY_NAME:-this system}"

wanted=() missing=()
while read -r name; do
  case $name in '' | '#'*) continue ;; esac
  wanted+=("$name")
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] || missing+=("$name")
done <"$here/packages"

if [ ${#missing[@]} -gt 0 ]; then
  install="apt-get install -y --no-install-recommends ${missing[*]}"
  [ "$(id -u)" = 0 ] || give_up 3 "these packages are missing and installing them needs root: ${missing[*]}" \
    "sudo apt-get update && sudo $install"
  step "installing ${#missing[@]} of ${#wanted[@]} packages"
  # An earlier run that was interrupted may have left packages unpacked and not set up.
  dpkg --configure -a
  stoppable apt-get update -qq || give_up 1 "apt-get update failed" "mend the package sources, then run: apt-get update && $install"
  apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 ${install#apt-get} ||
    give_up 1 "installing packages failed" "see why with: apt-get update && $install"
fi

# ---- the sources ----

step "preparing the sources"
cp -r "$package/worker" "$work/worker"
subprojects=$work/worker/subprojects
directory_of() { sed -n 's/^directory *= *//p' "$1"; }
# meson takes a directory of this name, where there is one, in place of the download.
for wrap in "$subprojects"/*.wrap; do
  name=$(basename "$wrap" .wrap)
  if [ -d "$here/overlay/$name" ]; then
    cp -r "$here/overlay/$name" "$subprojects/$(directory_of "$wrap")"
  else
    rm "$wrap"
  fi
done

# libsrtp 2 from the distribution's source package, to build it on OpenSSL: Debian's packaged
# library does its AES and SHA-1 through NSS, five times slower per packet. A private source list
# and state leave the machine's own untouched and need no root.
apt_dir=$work/apt
mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial"
signed_by=
for keyring in "/usr/share/keyrings/${ID-}-archive-keyring".{pgp,gpg}; do
  [ ! -e "$keyring" ] || signed_by="[signed-by=$keyring] "
done
apt-get indextargets --format '$(ORIGIN)|$(REPO_URI)|$(CODENAME)|$(COMPONENT)' 'Created-By: Packages' |
  sed -nE "s#^(Debian|Ubuntu)\|([^|]+)\|([^|]+)\|(main|universe)\$#deb-src $signed_by\2 \3 \4#p" |
  sort -u >"$apt_dir/list"
[ -s "$apt_dir/list" ] || give_up 1 "apt knows no package source of Debian or Ubuntu" "run: sudo apt-get update"
private_apt() {
  apt-get -o "Dir::Etc::SourceList=$apt_dir/list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$apt_dir/lists" \
    -o "Dir::Cache=$apt_dir/cache" -o APT::Sandbox::User=root "$@"
}
cd "$work"
stoppable private_apt update -qq || give_up 1 "the distribution's source index cannot be read"
stoppable private_apt source -qq libsrtp2 || give_up 1 "the source package libsrtp2 cannot be fetched"
mv "$work"/libsrtp2-*/ "$subprojects/libsrtp2"
srtp3=$subprojects/$(directory_of "$subprojects/libsrtp3.wrap")
mkdir -p "$srtp3/include/srtp2"
cp "$subprojects/libsrtp2/include/srtp.h" "$srtp3/include/srtp2/"

# Debian's OpenSSL has kernel TLS: a BIO callback that answers 1 to every control question makes
# OpenSSL believe that the kernel encrypts, and crash at the first handshake for want of a buffer.
dtls=$work/worker/src/RTC/DtlsTransport.cpp
sed -i 's/(operationType == BIO_CB_RETURN)/(operationType \& BIO_CB_RETURN)/' "$dtls"
grep -q 'operationType & BIO_CB_RETURN' "$dtls" ||
  give_up 1 "DtlsTransport.cpp is not the one this recipe knows how to mend (mediasoup was updated?)"

# The worker asks for a newer meson than Debian 12's, which does all that is used here.
meson_version=$(meson --version)
meson_wanted=$(sed -n "s/.*meson_version: *'>= *\([0-9.]*\)'.*/\1/p" "$work/worker/meson.build")
if dpkg --compare-versions "$meson_version" lt "${meson_wanted:-0}"; then
  sed -i "s/meson_version: *'>= *[0-9.]*'/meson_version: '>= 1.0.0'/" "$work/worker/meson.build"
fi

# ---- the build ----

step "compiling"
meson setup --buildtype release -Db_ndebug=true "$work/out" "$work/worker"
stoppable ninja -C "$work/out" -j "$(nproc)" mediasoup-worker || give_up 1 "compiling failed"

# Started with an empty environment, a good worker leaves with status 41.
status=0
env -i "$work/out/mediasoup-worker" >/dev/null 2>&1 || status=$?
[ "$status" = 41 ] || give_up 1 "the built worker does not run here (status $status, not 41)"
install -D -m 755 "$work/out/mediasoup-worker" "$output.part"
mv "$output.part" "$output"
step "done"
