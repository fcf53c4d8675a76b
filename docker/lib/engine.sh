# A Docker engine and its compose plugin, for docker/test: those of the machine where it has them, else an engine of
# its own for as long as the test runs. Expects $cache, $work and say; sourced, not run.

engine_pid=

install_packages() {
  [ "$(id -u)" = 0 ] || { echo "installing $* needs root; run: sudo apt-get install $*" >&2; return 1; }
  say "installing $*"
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
  # What an engine changes of the machine's network is put back at the end.
  iptables-save >"$work/iptables"
  cat /proc/sys/net/ipv4/ip_forward >"$work/ip_forward"
  mkdir -p "$cache/docker" "$cache/logs"
  export DOCKER_HOST=unix://$work/docker.sock
  # Its images stay in the cache, so that a later run builds only what has changed.
  dockerd --host "$DOCKER_HOST" --data-root "$cache/docker" --exec-root "$work/exec" \
    --pidfile "$work/dockerd.pid" >"$cache/logs/dockerd.log" 2>&1 &
  engine_pid=$!
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
}

stop_engine() {
  [ -n "$engine_pid" ] || return 0
  kill "$engine_pid" 2>/dev/null || true
  wait "$engine_pid" 2>/dev/null || true
  engine_pid=
  ip link delete docker0 2>/dev/null || true
  for table in nat filter; do
    iptables -t "$table" -F
    iptables -t "$table" -X
  done
  iptables -P FORWARD ACCEPT
  iptables-restore <"$work/iptables"
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
    apt-get "${options[@]}" update
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
