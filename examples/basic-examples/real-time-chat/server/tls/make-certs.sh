#!/bin/sh
# Makes the certificates of the example: one authority, a server certificate for localhost, a client
# certificate. The keys are public, for tests on one machine only.
set -eu
cd "$(dirname "$0")"
days=36500
make() { # make NAME SUBJECT EXTENSIONS
  openssl req -newkey rsa:2048 -nodes -keyout "$1-key.pem" -subj "/CN=$2" -out "$1.csr" 2>/dev/null
  printf '%s\n' "$3" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca-cert.pem -CAkey ca-key.pem -CAcreateserial -days "$days" -sha256 \
    -extfile "$1.ext" -out "$1-cert.pem" 2>/dev/null
  rm "$1.csr" "$1.ext"
}
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca-key.pem -subj "/CN=gctf example authority" -days "$days" \
  -sha256 -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
  -out ca-cert.pem 2>/dev/null
make server localhost 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1
extendedKeyUsage=serverAuth'
make client "gctf example client" 'extendedKeyUsage=clientAuth'
# Nobody needs to sign anything else with it.
rm -f ca-key.pem ca-cert.srl
