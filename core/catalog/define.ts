import { collect } from "./include";
import type { CatalogOptions } from "./load";
import { objectDocument } from "./place";
import { Problems } from "./problems";
import { resolveCatalog } from "./resolve";
import type {
    WrittenCatalog,
    WrittenEnvironment,
    WrittenImage,
    WrittenRegistry,
    WrittenRegistryOverride,
} from "./schema";
import type { WrittenMaintenance, WrittenWaiver } from "./schema-waivers";
import type { Catalog } from "./types";

/** What a program may pass for `T`: lists and maps that it promises not to change. */
type Given<T> = T extends readonly (infer Item)[]
    ? readonly Given<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Given<T[K]> }
      : T;

type Target<RegistryName extends string> =
    | RegistryName
    | (Omit<Given<Exclude<NonNullable<WrittenImage["targets"]>[number], string>>, "registry"> & {
          readonly registry: RegistryName;
      });

/** One image as a program writes it; its targets are names that the catalogue has. */
export type ImageDefinition<RegistryName extends string = string> = Omit<Given<WrittenImage>, "targets"> & {
    readonly targets?: readonly Target<RegistryName>[];
};

/** What narrows a waiver or a maintenance window, with names that the catalogue has. */
interface Names<ImageName extends string, RegistryName extends string> {
    readonly image: ImageName;
    readonly registry: RegistryName;
    readonly images: readonly ImageName[];
    readonly registries: readonly RegistryName[];
}
type WithNames<T, N> = T extends object ? { readonly [K in keyof T]: K extends keyof N ? N[K] : T[K] } : never;

/** A catalogue as a program writes it: the keys of `catalog.yaml` but `include`. */
export interface CatalogDefinition<ImageName extends string = string, RegistryName extends string = string> {
    readonly version: 1;
    readonly defaults?: Omit<Given<NonNullable<WrittenCatalog["defaults"]>>, "targets"> & {
        readonly targets?: readonly NoInfer<RegistryName>[];
    };
    readonly registries?: Readonly<Record<RegistryName, Given<WrittenRegistry>>>;
    readonly namespaces?: Given<NonNullable<WrittenCatalog["namespaces"]>>;
    readonly environments?: Readonly<
        Record<
            string,
            Omit<Given<WrittenEnvironment>, "registries"> & {
                readonly registries?: { readonly [K in NoInfer<RegistryName>]?: Given<WrittenRegistryOverride> };
            }
        >
    >;
    readonly images: Readonly<Record<ImageName, ImageDefinition<NoInfer<RegistryName>>>>;
    readonly waive?: readonly WithNames<Given<WrittenWaiver>, Names<NoInfer<ImageName>, NoInfer<RegistryName>>>[];
    readonly maintenance?: readonly WithNames<
        Given<WrittenMaintenance>,
        Names<NoInfer<ImageName>, NoInfer<RegistryName>>
    >[];
}

/**
 * The same as `loadCatalog` for an object of a program, so that the compiler knows the names. It reads no file: there is
 * no lock beside it.
 *
 * @throws CatalogError with everything that is wrong, each with its path of keys
 */
export function defineCatalog<const ImageName extends string, const RegistryName extends string = never>(
    definition: CatalogDefinition<ImageName, RegistryName>,
    options: CatalogOptions = {},
): Catalog<ImageName, RegistryName> {
    const problems = new Problems();
    const written = collect(objectDocument(definition), problems);
    const resolved = written && resolveCatalog(written, options.environment, problems);
    problems.throwIfAny();
    if (resolved === undefined) {
        throw new Error("the catalogue was not read, and nothing tells why");
    }
    return { ...resolved, lock: {}, promotedLock: {} } as Catalog<ImageName, RegistryName>;
}
