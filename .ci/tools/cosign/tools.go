//go:build tools

// Package tools names cosign, by a module of its own: its many dependencies and the Pulumi engine's would otherwise
// decide over each other's versions.
package tools

import (
	_ "github.com/sigstore/cosign/v3/cmd/cosign"
)
