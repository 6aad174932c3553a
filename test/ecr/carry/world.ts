import type { ClientEnvironment } from "../../../core/registry";
import type { EmbeddedRegistry } from "../../../core/registry/embedded";
import { catalogFor } from "../../mirror/world";
import { EcrQuirks, type EcrTraits } from "../../support/aws/ecr-quirks";
import { embedded } from "../../support/embedded";
import { type ImageTree, imageIndex, pushTree } from "../../support/images";

export const REPOSITORY = "mirror/acme/app";

export interface EcrWorld {
    readonly hub: EmbeddedRegistry;
    readonly ecr: EmbeddedRegistry;
    readonly quirks: EcrQuirks;
    /** `acme/app:1` at the source: two platforms. */
    readonly app: ImageTree;
    /** Of these images, each from the source's repository of its name. @default app:1 */
    catalog(images?: Readonly<Record<string, object>>, more?: object): ReturnType<typeof catalogFor>;
}

/** A source with one image, and an ECR of these traits; the catalogue mirrors the one to the other. */
export async function ecrWorld(traits: EcrTraits = {}): Promise<EcrWorld> {
    const quirks = new EcrQuirks(traits);
    const [hub, ecr] = [await embedded(), await embedded(quirks.options)];
    const app = imageIndex({ seed: "app" });
    await pushTree(hub.host, "acme/app", app, { tag: "1" });
    return {
        hub,
        ecr,
        quirks,
        app,
        catalog: (images = { app: {} }, more = {}) =>
            catalogFor(
                { hub, ecr },
                Object.fromEntries(
                    Object.entries(images).map(([name, image]) => [
                        name,
                        { source: `${hub.host}/acme/${name}`, tags: ["1"], targets: ["ecr"], ...image },
                    ]),
                ),
                { ecr: { kind: "ecr", ...more } },
            ),
    };
}

/** Retries that end soon, and no waiting for a rate. */
export const HASTY: ClientEnvironment = { retry: { attempts: 2, baseMs: 1, maxMs: 2 } };
