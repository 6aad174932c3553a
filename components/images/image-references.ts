import * as pulumi from "@pulumi/pulumi";
import { type Lock, lockEntry } from "../../core/catalog";
import { TransshipError } from "../../core/errors";
import type { CopyChoice } from "./choose";
import { imageUriOf } from "./image-uri";
import { type References, referenceIn } from "./pinned";

export interface ImageReferencesArgs {
    /** The stack that exports a fleet's `refs`: `organisation/project/stack`. */
    readonly stack: pulumi.Input<string>;
    /** The name of the exported `fleet.refs`. @default "images" */
    readonly images?: string;
    /** The name of the exported `fleet.lock`; only `imageUri` with a platform reads it. @default "lock" */
    readonly lock?: string;
}

/** Another stack's images, pinned as that stack proved them: a typed StackReference. */
export class ImageReferences extends pulumi.ComponentResource {
    /** image -> tag -> registry -> pinned reference. */
    declare readonly refs: pulumi.Output<References>;
    declare private readonly lock: pulumi.Output<Lock>;

    constructor(name: string, args: ImageReferencesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:images:ImageReferences", name, {}, opts);
        const output = args.images ?? "images";
        const stack = new pulumi.StackReference(`${name}-stack`, { name: args.stack }, { parent: this });
        this.refs = pulumi.all([stack.getOutput(output), args.stack]).apply(([refs, from]) => {
            if (typeof refs !== "object" || refs === null) {
                const message = `the stack ${from} exports no "${output}"; it needs: export const ${output} = fleet.refs, and an update that ended well`;
                throw new TransshipError("STACK_OUTPUT_MISSING", message);
            }
            return refs as References;
        });
        this.lock = stack.getOutput(args.lock ?? "lock").apply((lock) => (lock ?? {}) as Lock);
        this.registerOutputs({});
    }

    /** `host/repository:tag@sha256:…`; the Output rejects for an unknown name, and names the nearest. */
    ref(image: string, choice: CopyChoice = {}): pulumi.Output<string> {
        return this.refs.apply((refs) => pick(refs, image, choice).pinned);
    }

    /** `repository@sha256:…`; with `platform` the digest of that platform's own manifest. */
    imageUri(image: string, choice: CopyChoice & { readonly platform?: string } = {}): pulumi.Output<string> {
        return pulumi.all([this.refs, this.lock]).apply(([refs, lock]) => {
            const { pinned, tag } = pick(refs, image, choice);
            return imageUriOf(pinned, lockEntry(lock, image, tag), choice.platform);
        });
    }
}

/** What is left out must be the only one that is proven. */
function pick(refs: References, image: string, choice: CopyChoice): { readonly pinned: string; readonly tag: string } {
    const tag = choice.tag ?? only(Object.keys(refs[image] ?? {}), `the image "${image}" has several tags`, "tag");
    const registries = Object.keys(refs[image]?.[tag] ?? {});
    const registry = choice.registry ?? only(registries, `${image}:${tag} is at several registries`, "registry");
    return { pinned: referenceIn(refs, image, tag, registry), tag };
}

function only(names: readonly string[], several: string, what: string): string {
    if (names.length > 1) {
        throw new TransshipError("AMBIGUOUS", `${several}; name one of ${names.join(", ")} as { ${what} }`);
    }
    return names[0] ?? "";
}
