# The images that the Dockerfile begins with and that compose runs beside it, for docker/test: pulled, or made of the
# distribution's packages and the npm registry where none can be pulled. Expects $root, $work, lib/checks.sh and
# lib/engine.sh; sourced, not run.

# Whether the engine has an image or can get it.
can_have() {
  docker image inspect "$1" >/dev/null 2>&1 && return
  stoppable timeout 300 docker pull -q "$1" >/dev/null 2>"$work/pull" && return
  say "$1 cannot be pulled: $(tail -n 1 "$work/pull" | sed 's/.*: //')"
  return 1
}

# Sets and exports NODE_IMAGE and BASE_IMAGE where the Dockerfile's own cannot be had and nobody has set others.
find_base_images() {
  local image
  [ -z "${NODE_IMAGE-}" ] || [ -z "${BASE_IMAGE-}" ] || return 0
  for image in $(sed -n 's/^ARG \(NODE\|BASE\)_IMAGE=//p' "$root/docker/Dockerfile"); do
    can_have "$image" && continue
    make_base_images
    return
  done
}

make_base_images() {
  local node_version
  node_version=$(sed -n "s/^const VERSION = '\(.*\)';$/\1/p" "$root/signaling/setup/node-runtime.mjs")
  export BASE_IMAGE=meshlift-base:bookworm NODE_IMAGE=meshlift-node:$node_version
  docker image inspect "$BASE_IMAGE" >/dev/null 2>&1 || make_debian
  docker image inspect "$NODE_IMAGE" >/dev/null 2>&1 || make_node "$node_version"
}

# As slim as debian:bookworm-slim: without documentation, translations and package lists.
make_debian() {
  command -v debootstrap >/dev/null || install_packages debootstrap
  say "making a base image"
  local tree=$work/debian unneeded='usr/share/doc usr/share/man usr/share/info usr/share/locale'
  stoppable debootstrap --variant=minbase bookworm "$tree" "$(debian_mirror)" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 20 "$work/debootstrap.log" >&2; return 1; }
  (
    cd "$tree"
    printf 'path-exclude=/%s/*\n' $unneeded >etc/dpkg/dpkg.cfg.d/slim
    for folder in $unneeded; do find "$folder" -mindepth 1 -delete; done
    find var/lib/apt/lists var/cache var/log -type f -delete
  )
  tar -C "$tree" -c . |
    docker import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
      --change 'CMD ["bash"]' - "$BASE_IMAGE" >/dev/null
  rm -rf "$tree"
}

make_node() {
  say "making an image with Node.js $1"
  local tree=$work/node platform
  platform=$(node -p '`${process.platform}-${process.arch}`')
  mkdir -p "$tree/local/bin"
  stoppable npm install --silent --global --prefix "$tree/local" --ignore-scripts npm@11
  stoppable npm install --silent --no-save --ignore-scripts --prefix "$tree/package" "node-$platform@$1"
  cp "$tree/package/node_modules/node-$platform/bin/node" "$tree/local/bin/node"
  # What this machine trusts, for a network that has an authority of its own.
  cp /etc/ssl/certs/ca-certificates.crt "$tree/local/ca-certificates.crt"
  printf '%s\n' "FROM $BASE_IMAGE" 'COPY . /usr/local/' 'ENV NODE_EXTRA_CA_CERTS=/usr/local/ca-certificates.crt' \
    >"$tree/Dockerfile"
  DOCKER_BUILDKIT=0 stoppable docker build -q -f "$tree/Dockerfile" -t "$NODE_IMAGE" "$tree/local" >/dev/null 2>"$work/node-build" ||
    { cat "$work/node-build" >&2; return 1; }
  rm -rf "$tree"
}

# Sets and exports CADDY_IMAGE, NATS_IMAGE and PROMETHEUS_IMAGE where compose's own cannot be had.
find_other_images() {
  if ! can_have "$(image_of NATS_IMAGE)"; then
    export NATS_IMAGE=meshlift-nats:bookworm
    make_of_package "$NATS_IMAGE" nats-server 'ENTRYPOINT ["nats-server"]'
  fi
  if ! can_have "$(image_of CADDY_IMAGE)"; then
    export CADDY_IMAGE=meshlift-caddy:bookworm
    make_of_package "$CADDY_IMAGE" caddy ''
  fi
  if ! can_have "$(image_of PROMETHEUS_IMAGE)"; then
    export PROMETHEUS_IMAGE=meshlift-prometheus:bookworm
    make_of_package "$PROMETHEUS_IMAGE" prometheus \
      'RUN mkdir -p /prometheus && chown nobody /prometheus
USER nobody
ENTRYPOINT ["prometheus"]'
  fi
}

image_of() { sed -n "s/.*\${$1:-\(.*\)}$/\1/p" "$root"/docker/compose{,.cluster}.yaml; }

# make_of_package IMAGE PACKAGE INSTRUCTIONS
make_of_package() {
  docker image inspect "$1" >/dev/null 2>&1 && return
  say "making an image with $2"
  local base=${BASE_IMAGE:-$(sed -n 's/^ARG BASE_IMAGE=//p' "$root/docker/Dockerfile")} folder=$work/package
  mkdir -p "$folder"
  printf 'FROM %s\nRUN apt-get update -qq && apt-get install -y -qq --no-install-recommends %s\n%s\n' "$base" "$2" "$3" \
    >"$folder/Dockerfile"
  DOCKER_BUILDKIT=0 stoppable docker build -q -t "$1" "$folder" >"$work/package-build" 2>&1 ||
    { cat "$work/package-build" >&2; return 1; }
}
