#!/bin/sh
# build.sh OUT: builds the Temporal server into OUT. Optimised: what is built here is measured.
set -eu

out=${1:?usage: build.sh OUT}
case $out in /*) ;; *) out=$PWD/$out ;; esac
cd "$(dirname "$0")"

GOWORK=off GOFLAGS= exec go build -buildvcs=false -ldflags '-s -w' -o "$out" .
