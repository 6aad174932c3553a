//go:build tools

// Package tools names the programs which the tests and the benchmarks run beside our own.
package tools

import (
	_ "github.com/distribution/distribution/v3/cmd/registry"
	_ "github.com/google/go-containerregistry/cmd/crane"
	_ "github.com/opencontainers/distribution-spec/conformance"
	_ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
	_ "github.com/regclient/regclient/cmd/regctl"
	_ "github.com/regclient/regclient/cmd/regsync"
	_ "github.com/rhysd/actionlint/cmd/actionlint"
)
