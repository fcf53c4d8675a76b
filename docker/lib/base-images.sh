# The images that the Dockerfile begins with, for docker/test: pulled, or made of the distribution's packages and the
# npm registry where none can be pulled. Expects $root, $work, say and lib/engine.sh; sourced, not run.

# Sets and exports NODE_IMAGE and BASE_IMAGE where the Dockerfile's own cannot be had.
find_base_images() {
  local image
  for image in $(sed -n 's/^ARG \(NODE\|BASE\)_IMAGE=//p' "$root/docker/Dockerfile"); do
    docker image inspect "$image" >/dev/null 2>&1 && continue
    timeout 300 docker pull -q "$image" >/dev/null 2>"$work/pull" && continue
    say "$image cannot be pulled: $(tail -n 1 "$work/pull" | cut -c 1-120)"
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
  debootstrap --variant=minbase bookworm "$tree" "$(debian_mirror)" >"$work/debootstrap.log" 2>&1 ||
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
  npm install --silent --global --prefix "$tree/local" --ignore-scripts npm@11
  npm install --silent --no-save --ignore-scripts --prefix "$tree/package" "node-$platform@$1"
  cp "$tree/package/node_modules/node-$platform/bin/node" "$tree/local/bin/node"
  # What this machine trusts, for a network that has an authority of its own.
  cp /etc/ssl/certs/ca-certificates.crt "$tree/local/ca-certificates.crt"
  printf '%s\n' "FROM $BASE_IMAGE" 'COPY . /usr/local/' 'ENV NODE_EXTRA_CA_CERTS=/usr/local/ca-certificates.crt' \
    >"$tree/Dockerfile"
  DOCKER_BUILDKIT=0 docker build -q -f "$tree/Dockerfile" -t "$NODE_IMAGE" "$tree/local" >/dev/null 2>"$work/node-build" ||
    { cat "$work/node-build" >&2; return 1; }
  rm -rf "$tree"
}
