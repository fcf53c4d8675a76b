# A Docker engine and its compose plugin, for docker/test: those of the machine where it has them, else an engine of
# its own for as long as the test runs. Expects $cache, $work and lib/checks.sh; sourced, not run.

engine_pid=

# One test at a time on a machine: two would share an engine's images, or change the machine's network under each
# other. An engine that outlives a killed test holds the lock as well, until it has stopped.
wait_for_turn() {
  local file=/run/lock/meshlift-docker-test
  [ -e "$file" ] || (umask 0 && mkdir -p /run/lock && : >>"$file")
  exec 9<"$file"
  flock --nonblock 9 && return
  say 'waiting for another docker/test on this machine'
  stoppable flock 9
}

install_packages() {
  [ "$(id -u)" = 0 ] || { echo "installing $* needs root; run: sudo apt-get install $*" >&2; return 1; }
  say "installing $*"
  # In the foreground: a stop waits, because dpkg must not be cut off in the middle.
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 update
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
    install -y --no-install-recommends "$@" >/dev/null
}

engine_answers() { docker info >/dev/null 2>&1; }

start_engine() {
  if ! engine_answers && ! { command -v dockerd && command -v iptables && command -v ip; } >/dev/null; then
    install_packages docker.io iptables iproute2
  fi
  # On most machines its package starts it.
  if engine_answers; then
    say "using the engine that runs here"
    return
  fi
  note_network
  mkdir -p "$cache/docker" "$cache/logs"
  export DOCKER_HOST=unix://$work/docker.sock
  # Its images stay in the cache, so that a later run builds only what has changed. It has a process group of its
  # own, which a terminal's Ctrl-C does not reach, and does not outlive a test that is killed.
  set -m
  setpriv --pdeathsig TERM dockerd --host "$DOCKER_HOST" --data-root "$cache/docker" --exec-root "$work/exec" \
    --pidfile "$work/dockerd.pid" </dev/null >"$cache/logs/dockerd.log" 2>&1 &
  engine_pid=$!
  set +m
  local deadline=$((SECONDS + 60))
  until engine_answers; do
    if ! kill -0 "$engine_pid" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 20 "$cache/logs/dockerd.log" >&2
      echo "the engine did not start (log: $cache/logs/dockerd.log)" >&2
      return 1
    fi
    sleep 0.2
  done
  say "an engine runs: $(docker info -f '{{.ServerVersion}}, {{.Driver}}, cgroup {{.CgroupVersion}}')"
  # Of a test that was killed.
  docker ps --all --quiet | xargs -r docker rm --force --volumes >/dev/null
  docker network prune --force >/dev/null
  docker volume prune --force >/dev/null
}

stop_engine() {
  [ -n "$engine_pid" ] || return 0
  # Of earlier builds only what the newest images are made of stays.
  docker image prune --force >/dev/null 2>&1 || true
  kill "$engine_pid" 2>/dev/null || true
  wait "$engine_pid" 2>/dev/null || true
  engine_pid=
  restore_network
  awk -v below="$work/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | xargs -r umount --lazy
}

# What an engine changes of the machine's network is put back at the end.
note_network() {
  local family
  for family in iptables ip6tables; do "$family-save" >"$work/$family" 2>/dev/null || true; done
  cat /proc/sys/net/ipv4/ip_forward >"$work/ip_forward"
  links >"$work/links"
}

links() { ip -o link | awk '{ sub("[@:].*", "", $2); print $2 }' | sort; }

restore_network() {
  local family table link
  for link in $(links | comm -23 - "$work/links"); do ip link delete "$link" 2>/dev/null || true; done
  for family in iptables ip6tables; do
    "$family" -P FORWARD ACCEPT
    for table in nat filter raw; do
      "$family" -t "$table" -F
      "$family" -t "$table" -X
    done
    # Where there was no rule none is needed, nor a chain: even empty ones are passed by every packet, and sending
    # takes some percent longer from then on.
    if grep -qE '^(-A |:[A-Z]+ DROP)' "$work/$family"; then "$family-restore" <"$work/$family"; fi
  done >/dev/null 2>&1 || true
  cat "$work/ip_forward" >/proc/sys/net/ipv4/ip_forward
}

# Compose 2. Where the distribution's own is older, the next stable one's package has it in one program that needs
# no other package; it is unpacked into the cache, and the machine's package sources stay as they are.
get_compose() {
  docker compose version >/dev/null 2>&1 && return
  local plugin=$cache/docker-compose/usr/libexec/docker/cli-plugins/docker-compose
  if [ ! -x "$plugin" ]; then
    say "getting the compose plugin"
    local apt_dir=$work/apt uri
    mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial" "$cache/docker-compose"
    uri=$(debian_mirror)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri trixie main" >"$apt_dir/list"
    local options=(-qq -o "Dir::Etc::SourceList=$apt_dir/list" -o Dir::Etc::SourceParts=-
      -o "Dir::State::Lists=$apt_dir/lists" -o "Dir::Cache=$apt_dir/cache" -o APT::Sandbox::User=root)
    stoppable apt-get "${options[@]}" update
    (cd "$apt_dir" && apt-get "${options[@]}" download docker-compose)
    dpkg-deb -x "$apt_dir"/docker-compose_*.deb "$cache/docker-compose"
  fi
  export DOCKER_CONFIG=$work/docker-config
  mkdir -p "$DOCKER_CONFIG/cli-plugins"
  ln -s "$plugin" "$DOCKER_CONFIG/cli-plugins/docker-compose"
  docker compose version >/dev/null
}

# The mirror that this machine's own packages come from.
debian_mirror() {
  local codename
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
  apt-get indextargets --format '$(ORIGIN)|$(CODENAME)|$(REPO_URI)' 'Created-By: Packages' |
    sed -n "s/^Debian|$codename|//p" | sed -n 1p
}
