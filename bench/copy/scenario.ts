import { type ImageTree, imageIndex, imageOf, noise, singleImage } from "../../test/support/images";
import { tarOf } from "../../test/support/tar";
import { fleetOf, TAG } from "../servers/fill";

/** One image that is carried; its bytes are made anew by whoever needs them. */
export interface CopyImage {
    /** `image-001`, which is also the last part of its repository. */
    readonly name: string;
    build(): ImageTree;
}

/** One of the questions of the case. */
export interface Scenario {
    readonly title: string;
    /** What is carried, as a clause without a full stop. */
    readonly what: string;
    readonly targets: number;
    /** The targets have everything already: nothing is to be carried. */
    readonly equal: boolean;
    /** What our wall time is to be, divided by the fastest peer's, without latency. */
    readonly aim: number;
    readonly images: readonly CopyImage[];
}

/** With latency, in every scenario. */
export const LATENCY_AIM = 0.3;
const MIB = 1024 * 1024;

export { TAG };

export function scenarios(short: boolean): Scenario[] {
    const layerBytes = short ? MIB : 20 * MIB;
    const size = short ? "1 MiB" : "20 MiB";
    const [small, many] = short ? [4, 8] : [200, 1000];
    return [
        {
            title: `A fresh sync of ${small} small images`,
            what: "images of two platforms with two layers of 8 KB each, none of them shared, to an empty target",
            targets: 1,
            equal: false,
            aim: 0.8,
            images: named(small, (name) => imageIndex({ seed: `small ${name}`, layers: 2, layerBytes: 8_000 })),
        },
        {
            title: `A fresh sync of ${short ? 2 : 5} large images`,
            what: `images of one platform with 6 layers of ${size} each, none of them shared, to an empty target`,
            targets: 1,
            equal: false,
            aim: 1.0,
            images: named(short ? 2 : 5, (name) => large(`large ${name}`, layerBytes)),
        },
        {
            title: "A fresh sync of one image to three targets",
            what: `an image of one platform with 6 layers of ${size}, to three empty targets`,
            targets: 3,
            equal: false,
            aim: 0.5,
            images: named(1, (name) => large(`three ${name}`, layerBytes)),
        },
        {
            title: `A fresh sync of ${short ? 3 : 20} images that share layers`,
            what: `images of one platform with 10 layers of ${short ? "64 KiB" : "2 MiB"} each, of which 8 are the same in all of them, to an empty target`,
            targets: 1,
            equal: false,
            aim: 0.5,
            images: named(short ? 3 : 20, (name) => sharing(name, short ? 64 * 1024 : 2 * MIB)),
        },
        {
            title: `A sync of ${many.toLocaleString("en-US")} images that are equal already`,
            what: "images of two platforms that the target has already: nothing is to be carried",
            targets: 1,
            equal: true,
            aim: 0.8,
            images: fleetOf(many).map(({ name, tree }) => ({ name, build: () => tree })),
        },
    ];
}

function named(count: number, build: (name: string) => ImageTree): CopyImage[] {
    return Array.from({ length: count }, (_, index) => {
        const name = `image-${String(index + 1).padStart(3, "0")}`;
        return { name, build: () => build(name) };
    });
}

function large(seed: string, layerBytes: number): ImageTree {
    return singleImage({ seed, layers: 6, layerBytes, gzipLevel: 0 });
}

function sharing(name: string, layerBytes: number): ImageTree {
    const layers = Array.from({ length: 10 }, (_, number) => {
        const seed = number < 8 ? `shared ${number}` : `${name} ${number}`;
        return tarOf([{ path: `data/${number}`, bytes: noise(seed, layerBytes) }]);
    });
    return imageOf(layers, { gzipLevel: 0 });
}
