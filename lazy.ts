import type * as root from "./index";

type Name = keyof typeof root;
type Room = { readonly [N in Name]?: (typeof root)[N] };

const ecr = (): Room => require("./components/ecr");
const ghcr = (): Room => require("./components/ghcr");
const harbor = (): Room => require("./components/harbor");
const images = (): Room => require("./components/images");
const secrets = (): Room => require("./components/secrets");
const catalog = (): Room => require("./core/catalog");
const errors = (): Room => require("./core/errors");
const workflows = (): Room => require("./core/workflows");

/** Every public name and the room it comes from; the compiler refuses a list that is not whole. */
const rooms: Record<Name, () => Room> = {
    CatalogError: catalog,
    CiSecrets: secrets,
    DigestGate: images,
    DockerHubToken: secrets,
    EcrAccess: ecr,
    EcrAccountSettings: ecr,
    EcrCreationTemplates: ecr,
    EcrPublicRepositories: ecr,
    EcrPullThroughCache: ecr,
    EcrRegistryPolicy: ecr,
    EcrReplication: ecr,
    EcrRepositories: ecr,
    GhcrPackages: ghcr,
    GhcrPublisher: ghcr,
    HarborImmutableTags: harbor,
    HarborPreheat: harbor,
    HarborLabel: harbor,
    HarborMember: harbor,
    HarborMirror: harbor,
    HarborProject: harbor,
    HarborQuota: harbor,
    HarborRegistryEndpoint: harbor,
    HarborRelease: harbor,
    HarborReplication: harbor,
    HarborRetention: harbor,
    HarborRobot: harbor,
    HarborRobotSecret: secrets,
    HarborSchedule: harbor,
    HarborWebhook: harbor,
    ImageFleet: images,
    ImageReferences: images,
    MirrorRepository: ghcr,
    TransshipError: errors,
    defineCatalog: catalog,
    loadCatalog: catalog,
    renderPipeline: workflows,
};

for (const [name, room] of Object.entries(rooms)) {
    Object.defineProperty(exports, name, { enumerable: true, get: () => room()[name as Name] });
}

declare const CatalogError: never,
    CiSecrets: never,
    DigestGate: never,
    DockerHubToken: never,
    EcrAccess: never,
    EcrAccountSettings: never,
    EcrCreationTemplates: never,
    EcrPublicRepositories: never,
    EcrPullThroughCache: never,
    EcrRegistryPolicy: never,
    EcrReplication: never,
    EcrRepositories: never,
    GhcrPackages: never,
    GhcrPublisher: never,
    HarborImmutableTags: never,
    HarborPreheat: never,
    HarborLabel: never,
    HarborMember: never,
    HarborMirror: never,
    HarborProject: never,
    HarborQuota: never,
    HarborRegistryEndpoint: never,
    HarborRelease: never,
    HarborReplication: never,
    HarborRetention: never,
    HarborRobot: never,
    HarborRobotSecret: never,
    HarborSchedule: never,
    HarborWebhook: never,
    ImageFleet: never,
    ImageReferences: never,
    MirrorRepository: never,
    TransshipError: never,
    defineCatalog: never,
    loadCatalog: never,
    renderPipeline: never;
// Never runs: ES modules find the names of a CommonJS package by reading its text, and look for this form.
// biome-ignore format: the reader of that text takes one literal
// biome-ignore lint/suspicious/noAssignInExpressions: the form is the point
0 && (module.exports = { CatalogError, CiSecrets, DigestGate, DockerHubToken, EcrAccess, EcrAccountSettings, EcrCreationTemplates, EcrPublicRepositories, EcrPullThroughCache, EcrRegistryPolicy, EcrReplication, EcrRepositories, GhcrPackages, GhcrPublisher, HarborImmutableTags, HarborLabel, HarborMember, HarborMirror, HarborPreheat, HarborProject, HarborQuota, HarborRegistryEndpoint, HarborRelease, HarborReplication, HarborRetention, HarborRobot, HarborRobotSecret, HarborSchedule, HarborWebhook, ImageFleet, ImageReferences, MirrorRepository, TransshipError, defineCatalog, loadCatalog, renderPipeline });
