#!/bin/sh
# generate.sh: writes the definitions of KubeVirt and CDI into ../controlplane/crds.
#
# The first run builds controller-gen (a minute of CPU time). Run it after changing a version in go.mod (and the same version in kinds.go).
set -eu
cd "$(dirname "$0")"

generated=$(mktemp -d)
trap 'rm -rf "$generated"' EXIT

# Dangerous types are floats: KubeVirt has them, so the definitions need them. No descriptions: they are two
# thirds of the text, and the server would hold them in memory.
go tool controller-gen crd:allowDangerousTypes=true,maxDescLen=0 \
    paths=kubevirt.io/api/core/v1 \
    paths=kubevirt.io/api/instancetype/v1beta1 \
    paths=kubevirt.io/api/snapshot/v1beta1 \
    paths=kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1 \
    output:crd:dir="$generated"
mkdir -p ../controlplane/crds
go run . "$generated" ../controlplane/crds
