#!/usr/bin/env bash
# Builds mediasoup's worker from the sources in its npm package and the distribution's libraries.
#
#   build.sh MEDIASOUP_PACKAGE_DIR OUTPUT_FILE WORK_DIR
#
# What is in WORK_DIR when the build is interrupted is kept, and the next build goes on from there: it has to be of
# the same recipe and package. It goes with a build that is finished, or that fails after it had gone on.
#
# For Debian 12 or later and its relatives. About five minutes on two cores. Root is needed only
# where packages are missing. On stdout: "step: ..." before each part, ninja's "[n/m] ..." while
# it compiles, and "fix: ..." with what a person can do when it fails.
# Exit status: 0 built, 1 failed, 3 root is needed, 4 not a Debian-like distribution.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

[ $# = 3 ] || { echo "usage: $0 MEDIASOUP_PACKAGE_DIR OUTPUT_FILE WORK_DIR" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
package=$(cd "$1" && pwd)
output=$(realpath -m "$2")
work=$(realpath -m "$3")

step() { echo "step: $*"; }
give_up() { echo "$2" >&2; [ -z "${3-}" ] || echo "fix: $3"; exit "$1"; }

# Long commands run in the background so that a signal is heard at once, and are told to stop as
# well; all but the installation of packages, which is let finish, because dpkg must not be cut off
# in the middle.
children=()
stoppable() { "$@" & children+=($!); wait $!; }
leave() {
  local status=$?
  trap '' INT TERM HUP
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait 2>/dev/null || true
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

# The lock lasts until the last process that was started here has ended, whatever ends this script.
mkdir -p "$work"
exec 9>"$work.lock"
flock -n 9 || {
  step "waiting for another build to end"
  stoppable flock 9
}

resumed=
if [ -d "$work/worker" ]; then
  resumed=1
  step "going on with a build that was interrupted"
else
  step "preparing the sources"
  dir=$work/preparing
  rm -rf "$dir" "$work/out" "$work/configured"
  mkdir -p "$dir"
  . "$here/sources.sh"
  cd "$here"
  mv "$dir/worker" "$work/worker"
  rm -rf "$dir"
fi

# ---- the build ----

step "compiling"
if [ ! -e "$work/configured" ]; then
  rm -rf "$work/out"
  stoppable meson setup --buildtype release -Db_ndebug=true "$work/out" "$work/worker" || give_up 1 "meson failed"
  touch "$work/configured"
fi
# What an interrupted compiler has left behind ninja does not take for finished. Should a file be broken all the same,
# the next build begins from nothing.
stoppable ninja -C "$work/out" -j "$(nproc)" mediasoup-worker || {
  [ -z "$resumed" ] || rm -rf "$work"
  give_up 1 "compiling failed"
}

# Started with an empty environment, a good worker leaves with status 41.
status=0
env -i "$work/out/mediasoup-worker" >/dev/null 2>&1 || status=$?
[ "$status" = 41 ] || {
  rm -rf "$work"
  give_up 1 "the built worker does not run here (status $status, not 41)"
}
install -D -m 755 "$work/out/mediasoup-worker" "$output.part"
mv "$output.part" "$output"
rm -rf "$work"
step "done"
