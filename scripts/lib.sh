# What the scripts share: where things lie, and what Debian must give.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Outside the checkout, and shared between checkouts.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ward/target}

# Installs Debian packages that give the named commands: need COMMAND PACKAGE [COMMAND PACKAGE …]
need() {
  local missing=()
  while [ $# -gt 0 ]; do
    command -v "$1" >/dev/null 2>&1 || missing+=("$2")
    shift 2
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  echo "installing from Debian: ${missing[*]}"
  $as_root apt-get update -qq || { echo "apt-get update failed: ${missing[*]} must be installed by hand" >&2; exit 1; }
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null ||
    { echo "could not install ${missing[*]}: install them by hand" >&2; exit 1; }
}

# promtool out of Debian's package, unpacked beside the builds and not installed: the package would start a server.
need_promtool() {
  local there=${XDG_CACHE_HOME:-$HOME/.cache}/ward/prometheus
  command -v promtool >/dev/null 2>&1 || [ -x "$there/usr/bin/promtool" ] && return
  echo "fetching from Debian: prometheus (for promtool)"
  rm -rf "$there" && mkdir -p "$there/fetched"
  local as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  (
    cd "$there/fetched"
    apt-get download -qq prometheus 2>/dev/null || { $as_root apt-get update -qq && apt-get download -qq prometheus 2>/dev/null; }
  ) && dpkg-deb -x "$there"/fetched/prometheus_*.deb "$there/unpacked" && mv "$there/unpacked/usr" "$there/usr" ||
    { echo "could not fetch promtool: install Debian's package prometheus" >&2; exit 1; }
  rm -rf "$there/fetched" "$there/unpacked"
}

need_rust() {
  command -v cargo >/dev/null 2>&1 || { echo "Rust is needed: see https://rustup.rs" >&2; exit 1; }
}

# Builds of other checkouts pile up in a shared target folder: where it is large and the disk runs short, what Ward's own
# crates left there goes.
make_room() {
  [ -d "$CARGO_TARGET_DIR" ] || return 0
  local free taken
  free=$(df -Pk "$CARGO_TARGET_DIR" | awk 'NR == 2 { print int($4 / 1048576) }')
  [ "$free" -ge 20 ] && return
  taken=$(du -sk "$CARGO_TARGET_DIR" | awk '{ print int($1 / 1048576) }')
  [ "$taken" -lt 12 ] && return
  echo "$free GiB are free: earlier builds of Ward in $CARGO_TARGET_DIR go"
  rm -rf "$CARGO_TARGET_DIR"/*/incremental
  cargo clean --quiet --workspace
  cargo clean --quiet --workspace --release
}
