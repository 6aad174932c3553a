import type { Descriptor } from "../oci";
import type { Place } from "./plan";

/** How a blob came to be in a repository. */
export type Passage =
    /** It was there before this run. */
    | "present"
    /** From another repository of the same registry: no byte travelled. */
    | "mounted"
    | "sent";

/** Blob bytes at one registry, of the images that this run carried there. */
export interface RegistryFreight {
    /** Bytes of all their blobs, each counted once however many images and repositories have it. */
    readonly unique: number;
    /** Bytes that would be needed besides, were every repository to store its own: what sharing layers saves. */
    readonly shared: number;
    /** Bytes that this run sent. */
    readonly sent: number;
    /** Bytes that were mounted instead of sent. */
    readonly mounted: number;
    /** Bytes that were there before. */
    readonly present: number;
}

/** What a run carried, blob by blob: how much of it each registry has to store. */
export class Freight {
    private readonly entries: {
        readonly place: Place;
        readonly digest: string;
        readonly size: number;
        how: Passage;
    }[] = [];

    arrived({ registry, repository }: Place, { digest, size }: Descriptor, how: Passage): void {
        this.entries.push({ place: { registry, repository }, digest, size, how });
    }

    /** By the catalogue's name of the registry. */
    byRegistry(): Record<string, RegistryFreight> {
        const names = [...new Set(this.entries.map(({ place }) => place.registry))].sort();
        return Object.fromEntries(names.map((name) => [name, this.of(name)]));
    }

    private of(registry: string): RegistryFreight {
        const here = this.entries.filter(({ place }) => place.registry === registry);
        const sizes = new Map(here.map(({ digest, size }) => [digest, size]));
        const unique = sum([...sizes.values()]);
        const by = (passage: Passage) => sum(here.filter(({ how }) => how === passage).map(({ size }) => size));
        return {
            unique,
            shared: sum(here.map(({ size }) => size)) - unique,
            sent: by("sent"),
            mounted: by("mounted"),
            present: by("present"),
        };
    }
}

function sum(numbers: readonly number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
}
