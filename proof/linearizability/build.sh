#!/bin/sh
# build.sh OUT: builds the checker into OUT.
set -eu

out=${1:?usage: build.sh OUT}
case $out in /*) ;; *) out=$PWD/$out ;; esac
cd "$(dirname "$0")"
CGO_ENABLED=0 GOWORK=off GOFLAGS= exec go build -buildvcs=false -trimpath -o "$out" .
