import type { runtime } from "@pulumi/pulumi";

/** What the provider of Kubernetes computes of a resource; nothing of those of others. */
export function kubernetesComputed({ inputs, name, type }: runtime.MockResourceArgs): Record<string, unknown> {
    if (!type.startsWith("kubernetes:")) {
        return {};
    }
    if (type === "kubernetes:helm.sh/v3:Release") {
        return { status: { status: "deployed", revision: 1, name: inputs.name, namespace: inputs.namespace } };
    }
    // Its own names end in eight random characters.
    return { metadata: { ...inputs.metadata, name: inputs.metadata?.name ?? `${name}-0a1b2c3d` } };
}
