import { badRequest, conflict, internal } from "./exchange";
import type { World } from "./state";

/** Kinds that may be cached. (make/photon/prepare/templates/core/env.jinja) */
const CACHEABLE =
    "docker-hub,harbor,azure-acr,ali-acr,aws-ecr,google-gcr,docker-registry,github-ghcr,jfrog-artifactory".split(",");
/** 1024 TB. (src/pkg/quota/types) */
const MOST_STORAGE = 1_125_899_906_842_624;

/** (src/pkg/project/manager.go, `Create`) @throws Refusal 400, 409 */
export function checkName(world: World, name: string): void {
    if (name.length < 1 || name.length > 255) {
        throw badRequest(`Project name ${name} is illegal in length. (greater than 255 or less than 1)`);
    }
    if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name)) {
        throw badRequest("project name is not in lower case or contains illegal characters");
    }
    if (world.project(name) !== undefined) {
        throw conflict(`The project named ${name} already exists`);
    }
}

/** (src/server/v2.0/handler/project.go, `validateProjectReq`) @throws Refusal 400, 500 */
export function checkProxy(world: World, registryId: number | undefined, metadata: Record<string, string>): void {
    if (registryId === undefined) {
        return;
    }
    if (registryId <= 0) {
        throw badRequest(`bad request: ${registryId} is invalid value of registry_id, it should be geater than 0`);
    }
    const registry = world.registries.get(registryId);
    if (registry === undefined) {
        // Its own 404 is wrapped in an error without a code.
        throw internal();
    }
    if (!CACHEABLE.includes(registry.type)) {
        throw badRequest(`bad request: unsupported registry type ${registry.type}`);
    }
    const { max_upstream_conn: connections, proxy_speed_kb: speed } = metadata;
    if (typeof speed === "string" && !/^[+-]?\d+$/.test(speed)) {
        const why = `strconv.ParseInt: parsing "${speed}": invalid syntax`;
        throw badRequest(`metadata.proxy_speed_kb should by an int32, but got: '${speed}', err: ${why}`);
    }
    if (typeof connections === "string" && !/^[+-]?\d+$/.test(connections)) {
        const why = `strconv.ParseInt: parsing "${connections}": invalid syntax`;
        throw badRequest(`metadata.max_upstream_conn should be an int, but got '${connections}', err: ${why}`);
    }
    if (world.isNewer) {
        checkFilter(metadata);
    }
}

/** (`validateProxyCacheRepositoryFilter`) @throws Refusal 400 */
export function checkFilter({
    proxy_cache_filter_kind: kind = "",
    proxy_cache_filter_pattern: pattern = "",
}: Record<string, string>): void {
    if ((kind !== "" || pattern !== "") && kind !== "regex" && kind !== "doublestar") {
        throw badRequest(`metadata.proxy_cache_filter_kind should be "doublestar" or "regex", but got: "${kind}"`);
    }
}

/** @throws Refusal 400 (src/lib/quota.go, `ValidateQuotaLimit`) */
export function checkStorage(bytes: number, before = ""): void {
    if (bytes <= 0 && bytes !== -1) {
        throw badRequest(`${before}invalid non-positive value for quota limit, value=${bytes}`);
    }
    if (bytes > MOST_STORAGE) {
        throw badRequest(`${before}exceeded 1024TB, which is 1125899906842624 Bytes, value=${bytes}`);
    }
}

/** Each once, and none empty: an error without a code. (src/pkg/allowlist/validator.go) @throws Refusal 500 */
export function checkCves(items: readonly { readonly cve_id?: string }[]): void {
    const ids = items.map(({ cve_id }) => cve_id?.trim() ?? "");
    if (new Set(ids).size < ids.length || ids.includes("")) {
        throw internal();
    }
}
