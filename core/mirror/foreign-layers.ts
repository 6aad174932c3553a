import { TransshipError } from "../errors";
import { type Descriptor, isForeignLayerType, isIndexType, isManifestType } from "../oci";
import { isGone, RegistryError } from "../registry";
import type { BlobCarrier } from "./blob-carrier";
import type { CarriedTag } from "./describe-subset";
import type { ImageCarrier, RawManifest } from "./image-carrier";
import type { Registries } from "./observe";
import { once } from "./once";
import { type CarryTask, memberOf, type Place } from "./plan";
import { ReadFailure } from "./read-failure";
import { settleAll } from "./settle-all";

/** Non-distributable layers of one image. */
export interface ForeignLayersReport {
    /** Each digest once; 0 for most images. */
    readonly count: number;
    /** Whether they were carried, or left at the addresses that they name. */
    readonly carried: boolean;
}

/** A layer that its publisher keeps at addresses of his own, and does not want to be handed on (Windows base images). */
export function isForeignLayer({ mediaType, urls }: Descriptor): boolean {
    return isForeignLayerType(mediaType) && urls !== undefined && urls.length > 0;
}

/**
 * How many such layers an image has, from the manifests that were read on the way. One that the target had before is
 * read there, unless its platform is another than Windows: no others have such layers in practice.
 */
export async function countForeignLayers(root: RawManifest, to: Place, images: ImageCarrier): Promise<number> {
    const digests = new Set<string>();
    const visit = async ({ content }: RawManifest): Promise<void> => {
        for (const layer of content.layers.filter(isForeignLayer)) {
            digests.add(layer.digest);
        }
        for (const child of content.manifests.filter(({ mediaType }) => isManifestType(mediaType))) {
            const known = images.known(child.digest);
            if (known !== undefined || (child.platform?.os ?? "windows") === "windows") {
                await visit(known ?? (await images.read(child.digest, to)));
            }
        }
    };
    await visit(root);
    return digests.size;
}

/** `2 non-distributable layers of base:1 left at their addresses`, one line for each tag however many targets it has. */
export function foreignLayerLines(carried: readonly CarriedTag[]): string[] {
    const lines = carried.flatMap(({ task, foreignLayers }) => {
        if (foreignLayers === undefined || foreignLayers.count === 0) {
            return [];
        }
        const { image, tag } = task.to;
        const isOne = foreignLayers.count === 1;
        const what = `${foreignLayers.count} non-distributable ${isOne ? "layer" : "layers"} of ${image}:${tag}`;
        return [
            foreignLayers.carried ? `${what} carried` : `${what} left at ${isOne ? "its address" : "their addresses"}`,
        ];
    });
    return [...new Set(lines)];
}

/** Carries non-distributable layers, for images that ask for it: from the source's registry, else from their addresses. */
export class ForeignLayerCarrier {
    private readonly arrivals = new Map<string, Promise<void>>();

    constructor(
        private readonly registries: Registries,
        private readonly images: ImageCarrier,
        private readonly blobs: BlobCarrier,
    ) {}

    /** All of an image's are at the target afterwards; to be called before its manifests are, for a target that looks. */
    async bring(digest: string, from: Place, to: Place): Promise<void> {
        const there = await this.registries
            .client(to.registry)
            .headManifest(to.repository, digest)
            .then(
                () => true,
                (error: unknown) => (isGone(error) ? false : Promise.reject(error)),
            );
        const { content } = await this.images.read(digest, there ? to : from);
        await settleAll([
            ...content.layers.filter(isForeignLayer).map((layer) => this.carry(layer, from, to)),
            ...content.manifests
                .filter(({ mediaType }) => isIndexType(mediaType) || isManifestType(mediaType))
                .map((child) => this.bring(child.digest, from, to)),
        ]);
    }

    private carry(layer: Descriptor, from: Place, to: Place): Promise<void> {
        const key = `${memberOf(to)}@${layer.digest}`;
        return once(this.arrivals, key, async () => {
            const [source, target] = [this.registries.client(from.registry), this.registries.client(to.registry)];
            if ((await target.headBlob(to.repository, layer.digest)) !== undefined) {
                return;
            }
            if ((await source.headBlob(from.repository, layer.digest).catch(asReadFailure)) !== undefined) {
                await this.blobs.carry(layer, from, { ...placeOf(to), isNew: false }, new Set([memberOf(to)]));
                return;
            }
            await this.carryFromAddress(layer, from, to);
        });
    }

    private async carryFromAddress({ digest, size, urls = [] }: Descriptor, from: Place, to: Place): Promise<void> {
        const source = this.registries.client(from.registry);
        let failure: unknown;
        for (const url of urls) {
            const read = async (offset: number, urgent: boolean) => {
                const part = offset === 0 ? { size } : { range: { start: offset } };
                return (await source.getForeignBlob(url, digest, { ...part, urgent })).body;
            };
            try {
                await this.registries.client(to.registry).uploadBlob(to.repository, { digest, size }, read);
                return;
            } catch (error) {
                failure ??= error;
            }
        }
        throw new TransshipError(
            "FOREIGN_LAYER",
            `its non-distributable layer ${digest} could not be carried from any address that it names ` +
                `("foreignLayers: skip" leaves it there): ${failure instanceof Error ? failure.message : String(failure)}`,
            { cause: failure },
        );
    }
}

function placeOf({ registry, repository }: Place): Place {
    return { registry, repository };
}

function asReadFailure(error: unknown): never {
    throw new ReadFailure(error);
}

/**
 * The way out for a target that takes no manifest whose layers are elsewhere: a clause for its refusal, empty for all
 * other errors and images. distribution answers 500 to addresses that its `validation.manifests.urls.allow` lacks, and
 * allows none by default, whether the layers are there or not.
 */
export function adviseForeignLayers(error: unknown, task: CarryTask, images: ImageCarrier): string {
    const isRefusal =
        error instanceof RegistryError &&
        (error.code === "PROTOCOL_ERROR" || error.code === "SERVER_ERROR") &&
        error.method === "PUT" &&
        error.url.includes("/manifests/");
    if (!isRefusal || !hasForeignLayers(task.digest, images)) {
        return "";
    }
    const carry = task.foreignLayers === "carry" ? "" : 'try "foreignLayers: carry", and ';
    return ` (it names non-distributable layers at addresses: ${carry}see that the registry allows those, distribution by validation.manifests.urls.allow)`;
}

function hasForeignLayers(digest: string, images: ImageCarrier): boolean {
    const content = images.known(digest)?.content;
    return (
        content !== undefined &&
        (content.layers.some(isForeignLayer) ||
            content.manifests.some((child) => hasForeignLayers(child.digest, images)))
    );
}
