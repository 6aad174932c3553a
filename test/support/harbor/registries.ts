import {
    badRequest,
    byId,
    conflict,
    created,
    type Exchange,
    type Handlers,
    internal,
    notFound,
    ok,
    precondition,
} from "./exchange";
import { filtered, paged, sorted } from "./query";
import { requireSystem } from "./rights";
import type { LocalRegistry, World } from "./state";

/** (src/pkg/reg/model/registry.go) */
export const REGISTRY_TYPES = [
    ..."ali-acr,artifact-hub,aws-ecr,azure-acr,docker-hub,docker-registry,dtr,github-ghcr,gitlab,google-gcr".split(","),
    ..."harbor,helm-hub,huawei-SWR,jfrog-artifactory,quay,tencent-tcr,volcengine-cr".split(","),
];

/** What Harbor names as such, and offers in its pages; it takes all. (make/photon/prepare/templates/core/env.jinja) */
const OFFERED = REGISTRY_TYPES.filter((type) => !["artifact-hub", "dtr", "gitlab", "helm-hub", "quay"].includes(type));

const words = (id: string) => `registry ${id} not found`;

export const REGISTRY_HANDLERS: Handlers = {
    "POST /registries": create,
    "GET /registries": (exchange) => {
        requireSystem(exchange, "registry", "list");
        const { query, world } = exchange;
        const all = [...world.registries.values()].filter(({ name }) => name.includes(query.name ?? ""));
        const rows = sorted(filtered(all as unknown as Record<string, unknown>[], query.q), query.sort, "id");
        const reply = paged(exchange, rows);
        return { ...reply, json: (reply.json as unknown as LocalRegistry[]).map(shownRegistry) };
    },
    "GET /registries/{id}": (exchange) => {
        requireSystem(exchange, "registry", "read");
        return ok(shownRegistry(registryOf(exchange.world, exchange.params.id ?? "")));
    },
    "PUT /registries/{id}": update,
    "DELETE /registries/{id}": remove,
    "POST /registries/ping": ping,
    "GET /registries/{id}/info": (exchange) => {
        requireSystem(exchange, "registry", "read");
        const { type } = registryOf(exchange.world, exchange.params.id ?? "");
        const filters = [
            ...["name", "tag"].map((one) => ({ type: one, style: "input" })),
            { type: "resource", style: "radio", values: ["image"] },
        ];
        const triggers = ["manual", "scheduled", ...(exchange.params.id === "0" ? ["event_based"] : [])];
        return ok({ type, supported_resource_filters: filters, supported_triggers: triggers });
    },
    "GET /replication/adapters": (exchange) => {
        requireSystem(exchange, "replication-adapter", "list");
        return ok(OFFERED);
    },
};

/** 0 is Harbor itself. (src/pkg/reg/manager.go, `getLocalRegistry`) @throws Refusal 404 */
export function registryOf(world: World, id: number | string): LocalRegistry {
    return Number(id) === 0 ? local() : byId(world.registries, id, words);
}

function local(): LocalRegistry {
    return {
        id: 0,
        name: "Local",
        type: "harbor",
        url: "http://core:8080",
        description: "",
        insecure: true,
        credential: { type: "secret", access_secret: "job service" },
        status: "healthy",
        creation_time: "0001-01-01T00:00:00.000Z",
        update_time: "0001-01-01T00:00:00.000Z",
    };
}

/** The secret of a credential is five stars. (src/server/v2.0/handler/replication.go, `convertRegistry`) */
export function shownRegistry({ credential, ...registry }: LocalRegistry): object {
    const hidden = credential.access_secret ? { access_secret: "*****" } : {};
    return { ...registry, credential: { ...credential, access_secret: undefined, ...hidden } };
}

/** (src/server/v2.0/handler/registry.go; src/controller/registry/controller.go, `validate`) */
function create(exchange: Exchange) {
    requireSystem(exchange, "registry", "create");
    const { body, world } = exchange;
    const url = checked(world, 0, body.name ?? "", body.url ?? "", body.type ?? "");
    checkCertificate(body.ca_certificate);
    const registry: LocalRegistry = {
        ...world.row("registry"),
        name: body.name,
        type: body.type,
        url,
        description: body.description ?? "",
        insecure: body.insecure ?? false,
        ...(body.ca_certificate ? { ca_certificate: body.ca_certificate } : {}),
        credential: kept(body.credential ?? {}),
        status: "healthy",
    };
    world.registries.set(registry.id, registry);
    return created(exchange, registry.id);
}

/** A credential without a key is none; one without a type is `basic`. (src/pkg/reg/manager.go, `toDaoModel`) */
function kept(credential: LocalRegistry["credential"]): LocalRegistry["credential"] {
    return credential.access_key ? { ...credential, type: credential.type || "basic" } : {};
}

/** The address as Harbor keeps it. @throws Refusal 400, 409, 500 */
function checked(world: World, id: number, name: string, address: string, type: string): string {
    if (name === "") {
        throw badRequest("name cannot be empty");
    }
    if (name.length > 64) {
        throw badRequest("the max length of name is 64");
    }
    const url = normalised(address);
    if (!REGISTRY_TYPES.includes(type)) {
        throw internal();
    }
    if (world.unreachable.has(url)) {
        throw badRequest("the registry is unhealthy");
    }
    if ([...world.registries.values()].some((one) => one.name === name && one.id !== id)) {
        throw conflict(`registry ${name} already exists`);
    }
    return url;
}

/** (src/controller/registry/controller.go, `validateCACertificate`) @throws Refusal 400 */
function checkCertificate(pem: string | undefined): void {
    if (pem && !pem.includes("-----BEGIN CERTIFICATE-----")) {
        throw badRequest("invalid CA certificate: no valid certificates found in PEM data");
    }
}

/** Without slashes at its end, and with a scheme. (src/lib/endpoint.go, `ValidateHTTPURL`) */
function normalised(address: string): string {
    const trimmed = address.trim().replace(/\/+$/, "");
    if (trimmed === "") {
        throw badRequest("empty string");
    }
    const [, scheme = "http", rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^?#]*)/i.exec(trimmed) ?? [];
    if (scheme !== "http" && scheme !== "https") {
        throw badRequest(`invalid HTTP scheme: ${scheme}`);
    }
    if (/\s/.test(rest)) {
        throw badRequest(`invalid URL: parse "${scheme}://${rest}": invalid character " " in host name`);
    }
    return `${scheme}://${rest}`;
}

/**
 * The credential's fields are flat here; what is not sent stays. From v2.16 on, a secret does not move to another address.
 * (src/server/v2.0/handler/registry.go, `UpdateRegistry`)
 */
function update(exchange: Exchange) {
    requireSystem(exchange, "registry", "update");
    const { body, params, world } = exchange;
    if (params.id === "0") {
        throw notFound(words("0"));
    }
    const registry = registryOf(world, params.id ?? "");
    const name = body.name ?? registry.name;
    const url = checked(world, registry.id, name, body.url ?? registry.url, registry.type);
    checkCertificate(body.ca_certificate);
    const { access_key, access_secret, type } = registry.credential;
    const isMoved = world.isNewer && url !== registry.url;
    const secret = body.access_secret ?? (isMoved ? "" : access_secret);
    const credential = {
        type: body.credential_type ?? type,
        access_key: body.access_key ?? access_key,
        access_secret: secret,
    };
    Object.assign(registry, {
        name,
        url,
        description: body.description ?? registry.description,
        insecure: body.insecure ?? registry.insecure,
        ca_certificate: body.ca_certificate ?? registry.ca_certificate,
        credential: kept(credential),
        update_time: world.at(),
    });
    return ok();
}

/** (src/controller/registry/controller.go, `Delete`) */
function remove(exchange: Exchange) {
    requireSystem(exchange, "registry", "delete");
    const { params, world } = exchange;
    const id = Number(params.id);
    const uses = [...world.policies.values()].some(
        (policy) => policy.src_registry === id || policy.dest_registry === id,
    );
    if (uses) {
        throw precondition(`the registry ${id} is referenced by replication policies, cannot delete it`);
    }
    if ([...world.projects.values()].some(({ registry_id }) => registry_id === id)) {
        throw precondition(`the registry ${id} is referenced by proxy cache project, cannot delete it`);
    }
    byId(world.registries, id, words);
    world.registries.delete(id);
    return ok();
}

/** By id, the saved address is asked; v2.15 takes another that is sent. (src/server/v2.0/handler/registry.go, `PingRegistry`) */
function ping(exchange: Exchange) {
    requireSystem(exchange, "registry", "read");
    const { body, world } = exchange;
    const saved = typeof body.id === "number" ? registryOf(world, body.id) : undefined;
    const type = body.type ?? saved?.type ?? "";
    const given = typeof body.url === "string" && !(world.isNewer && saved) ? normalised(body.url) : undefined;
    const url = given ?? saved?.url ?? "";
    if (type === "" || url === "") {
        throw badRequest("type or url cannot be empty");
    }
    if (!REGISTRY_TYPES.includes(type)) {
        throw internal();
    }
    if (world.unreachable.has(url)) {
        throw badRequest("the registry is unhealthy");
    }
    return ok();
}
