import * as pulumi from "@pulumi/pulumi";
import {
    type Catalog,
    type CatalogImage,
    type CompactCatalog,
    decideImage,
    expandLock,
    findImage,
    type ImageSelection,
    type Lock,
    lockEntry,
    type OnForeignDigest,
    type Purpose,
    type SelectedTags,
    selectImages,
    type Upstream,
} from "../../core/catalog";
import type { OnDrift, OnUnknown } from "../../core/lifecycle";
import { atProperty, checkChoice } from "./arguments";
import { type ChosenCopy, type CopyChoice, chooseCopy, chosenTag } from "./choose";
import { compactInput } from "./compact-input";
import { FleetWave } from "./fleet-wave";
import { imageUriOf } from "./image-uri";
import { lockFor } from "./lock-input";
import { buildMatrix, buildReferences, type Matrix, type References, referenceIn } from "./pinned";
import { imagesForPurpose } from "./purpose";

export interface ImageFleetArgs {
    /** The catalogue, resolved for this stack's environment: `loadCatalog` or `defineCatalog`. */
    readonly catalog: Catalog;
    /** Names of the images that this fleet carries. @default all of the catalogue */
    readonly images?: readonly string[];
    /** A selection by properties, within `images` where both are given. @default all */
    readonly where?: ImageSelection["where"];
    /**
     * What this stack is for: one for `release` refuses images of purpose `ci`, and the other way round. Plain, since it
     * is judged before any resource is made. @default that of the catalogue's environment
     */
    readonly purpose?: Purpose;
    /**
     * What proven drift does: `repair` carries the wanted digest again, `warn` says so and succeeds, `fail` ends the
     * program before anything is touched. Images never carried yet are carried under all three. @default "repair"
     */
    readonly onDrift?: pulumi.Input<OnDrift>;
    /** What a copy that could not be asked does: it is never drift. @default "warn" */
    readonly onUnknown?: pulumi.Input<OnUnknown>;
    /** Overrides the catalogue's key. @default the catalogue's */
    readonly upstream?: pulumi.Input<Upstream>;
    /** Overrides the catalogue's key. @default the catalogue's, which is "refuse" unless it says otherwise */
    readonly onForeignDigest?: pulumi.Input<OnForeignDigest>;
    /** The previous environment's `lock` output: what this one may carry, after `minAge`. @default catalog.lock.yaml */
    readonly lock?: pulumi.Input<Lock>;
    /**
     * `blobs`: every look also asks whether each blob of each copy is there, for a HEAD each. A copy that lacks some is
     * drift, and is pushed again. docs/proof.md says what it costs. @default "manifests"
     */
    readonly depth?: pulumi.Input<"manifests" | "blobs">;
    /** Whether looks ask for signatures and SBOMs that the targets lack; repairing brings them. @default false */
    readonly signatures?: pulumi.Input<boolean>;
    /** Whether looks prove that every target can be pulled without a login. @default only registries with `public: true` */
    readonly anonymous?: pulumi.Input<boolean>;
    /** Whether `destroy` deletes the targets' tags which this fleet proved. @default false: images stay */
    readonly deleteOnDestroy?: pulumi.Input<boolean>;
}

/** What resources over the same images need of their fleet. @internal */
export interface FleetMembers {
    readonly name: string;
    readonly images: readonly CatalogImage[];
    readonly purpose?: Purpose;
    /** All of the catalogue, also those that the fleet does not carry. */
    readonly known: Readonly<Record<string, CatalogImage>>;
    compact(images: readonly CatalogImage[]): pulumi.Output<CompactCatalog>;
    lock(images: readonly CatalogImage[]): pulumi.Output<Lock>;
    readonly promoted: boolean;
}

/**
 * Carries the images of a catalogue and proves on every deploy, by digest, that all copies are the same: `preview`
 * names every copy that drifted, `up` carries what is missing and repairs. One resource for each wave, in their order.
 */
export class ImageFleet extends pulumi.ComponentResource {
    /** image -> tag -> registry -> pinned reference; plain JSON, to be exported for `ImageReferences`. */
    declare readonly refs: pulumi.Output<References>;
    /** image -> tag -> proven digest with its history and platforms; what the next environment promotes from. */
    declare readonly lock: pulumi.Output<Lock>;
    /** image -> tag -> registry -> digest, or `unproven`. */
    declare readonly matrix: pulumi.Output<Matrix>;
    /** @internal */
    declare readonly members: FleetMembers;

    constructor(name: string, args: ImageFleetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:images:ImageFleet", name, {}, opts);
        checkChoice("onDrift", args.onDrift, ["repair", "warn", "fail"]);
        checkChoice("onUnknown", args.onUnknown, ["warn", "fail"]);
        checkChoice("depth", args.depth, ["manifests", "blobs"]);
        checkChoice("upstream", args.upstream, ["follow", "locked"]);
        checkChoice("onForeignDigest", args.onForeignDigest, ["refuse", "overwrite"]);
        checkChoice("purpose", args.purpose, ["ci", "release"]);
        const images = atProperty("images", () =>
            imagesForPurpose(
                args.purpose ?? args.catalog.purpose,
                selectImages(args.catalog, { images: args.images, where: args.where }),
                `leave them out by where: { purpose: "${args.purpose ?? args.catalog.purpose}" }, or name the others in images: […]`,
            ),
        );
        this.members = membersOf(name, args, images);
        const created = this.createWaves(args, images);
        const { registries } = args.catalog;
        this.lock = pulumi
            .all(created.map((wave) => wave.proven))
            // Nothing is proven in a program that runs against mocks.
            .apply((parts) => Object.assign({}, ...parts.map((part) => expandLock(part ?? {}))) as Lock);
        const together = (lists: pulumi.Output<readonly string[]>[]) =>
            pulumi.all(lists).apply((parts) => parts.flat());
        const unproven = together(created.map((wave) => wave.unproven));
        const absent = together(created.map((wave) => wave.absent));
        const decided = pulumi.all(created.map((wave) => wave.selected)).apply((parts) => {
            const selected: SelectedTags = Object.assign({}, ...parts);
            return Object.fromEntries(
                images.map((image) => [image.name, decideImage(image, selected[image.name] ?? [])]),
            );
        });
        this.refs = pulumi
            .all([decided, this.lock, absent])
            .apply(([byName, lock, without]) => buildReferences(byName, registries, lock, without));
        this.matrix = pulumi
            .all([decided, this.lock, unproven])
            .apply(([byName, lock, open]) => buildMatrix(byName, lock, open));
        this.registerOutputs({ environment: args.catalog.environment, images: images.length });
    }

    /**
     * The pinned reference `host/repository:tag@sha256:…` of one copy. An unknown name and an ambiguity are errors at
     * once, with the nearest right name; the Output rejects while the copy is not proven, and for a tag that no selector
     * of the image has chosen.
     */
    ref(image: string, choice: CopyChoice = {}): pulumi.Output<string> {
        const found = this.find(image);
        const chosen = atProperty("choice", () => chooseCopy(found, choice));
        return this.refs.apply((refs) => referenceIn(refs, image, tagIn(refs, found, chosen), chosen.registry));
    }

    /**
     * `repository@sha256:…` of one copy, without a tag; with `platform` the digest of that platform's own manifest, for
     * services which refuse an index. Errors as `ref`; an unknown platform rejects with those that there are.
     */
    imageUri(image: string, choice: CopyChoice & { readonly platform?: string } = {}): pulumi.Output<string> {
        const found = this.find(image);
        const chosen = atProperty("choice", () => chooseCopy(found, choice));
        return pulumi.all([this.refs, this.lock]).apply(([refs, lock]) => {
            const tag = tagIn(refs, found, chosen);
            const pinned = referenceIn(refs, image, tag, chosen.registry);
            return imageUriOf(pinned, lockEntry(lock, image, tag), choice.platform);
        });
    }

    private find(image: string): CatalogImage {
        const { images, known, purpose } = this.members;
        return atProperty("image", () => {
            const other = Object.hasOwn(known, image) ? known[image] : undefined;
            imagesForPurpose(purpose, other === undefined ? [] : [other], "take it from a stack of that purpose");
            return findImage({ images: Object.fromEntries(images.map((one) => [one.name, one])) }, image);
        });
    }

    /** A wave begins when the one before it is proven. */
    private createWaves(args: ImageFleetArgs, images: readonly CatalogImage[]): FleetWave[] {
        const numbers = [...new Set(images.map((image) => image.wave))].sort((a, b) => a - b);
        const created: FleetWave[] = [];
        for (const wave of numbers) {
            const members = images.filter((image) => image.wave === wave);
            const inputs = {
                fleet: this.members.name,
                wave,
                catalog: this.members.compact(members),
                onDrift: args.onDrift ?? "repair",
                onUnknown: args.onUnknown ?? "warn",
                deleteOnDestroy: args.deleteOnDestroy ?? false,
                lock: this.members.lock(members),
                promoted: this.members.promoted,
                ...depthOf(args),
            };
            const previous = created.slice(-1);
            created.push(
                new FleetWave(`${this.members.name}-wave-${wave}`, inputs, { parent: this, dependsOn: previous }),
            );
        }
        return created;
    }
}

/** Only what is given: an input that nobody asked for would be a change of every fleet that there is. */
function depthOf({ depth, signatures, anonymous }: ImageFleetArgs) {
    return {
        ...(depth === undefined ? {} : { depth }),
        ...(signatures === undefined ? {} : { signatures }),
        ...(anonymous === undefined ? {} : { anonymous }),
    };
}

/** The tag that a choice means, once selectors have chosen. */
function tagIn(refs: References, image: CatalogImage, chosen: ChosenCopy): string {
    const tags = Object.entries(refs[image.name] ?? {});
    const there = tags.flatMap(([tag, places]) => (Object.hasOwn(places, chosen.registry) ? [tag] : []));
    return chosenTag(image, chosen, there);
}

function membersOf(name: string, args: ImageFleetArgs, images: readonly CatalogImage[]): FleetMembers {
    const { catalog, upstream, onForeignDigest } = args;
    return {
        name,
        images,
        purpose: args.purpose ?? catalog.purpose,
        known: catalog.images,
        promoted: args.lock !== undefined,
        compact: (chosen) => {
            const compact = compactInput(
                catalog,
                chosen.map((image) => image.name),
            );
            return pulumi.output({
                ...compact,
                upstream: upstream ?? compact.upstream,
                onForeignDigest: onForeignDigest ?? compact.onForeignDigest,
            });
        },
        lock: (chosen) =>
            pulumi.output(args.lock ?? catalog.lock).apply((lock) =>
                lockFor(
                    lock,
                    chosen.map((image) => image.name),
                ),
            ),
    };
}
