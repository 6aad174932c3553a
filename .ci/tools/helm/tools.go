//go:build tools

// Package tools names Helm, whose dependencies shall not decide over the other programs' versions, and Harbor's chart,
// which Go's module proxy serves as well: a module of files without Go.
package tools

// chart harbor: github.com/goharbor/harbor-helm

import (
	_ "helm.sh/helm/v3/cmd/helm"
)
