import { badRequest, conflict, type Exchange, type Handlers, ok } from "./exchange";
import { projectIn } from "./rights";
import type { LocalProject, World } from "./state";

const ALL = "/projects/{project_name_or_id}/metadatas/";
const ONE = `${ALL}{meta_name}`;
const FLAGS = [
    ..."public,enable_content_trust,enable_content_trust_cosign,auto_sbom_generation,prevent_vul,auto_scan".split(","),
    ..."reuse_sys_cve_allowlist,proxy_cache_local_on_not_found,proxy_referrer_api".split(","),
];

/** One value of a project's at a time; the only way to take one away. (src/server/v2.0/handler/project_metadata.go) */
export const PROJECT_METADATA_HANDLERS: Handlers = {
    [`GET ${ALL}`]: (exchange) => ok({ ...projectIn(exchange, "metadata", "list").metadata }),
    [`POST ${ALL}`]: (exchange) => {
        const project = projectIn(exchange, "metadata", "create");
        const sent = Object.entries((exchange.body ?? {}) as Record<string, string>);
        const [[name, value] = ["", ""]] = sent;
        if (sent.length !== 1) {
            throw badRequest("only allow one key/value pair");
        }
        const wanted = kept(exchange.world, project, name, value);
        if (name in project.metadata) {
            throw conflict(`metadata ${name} already exists for project ${project.project_id}`);
        }
        project.metadata[name] = wanted;
        return ok();
    },
    [`GET ${ONE}`]: (exchange) => {
        const { metadata } = projectIn(exchange, "metadata", "read");
        const name = nameIn(exchange);
        return ok(metadata[name] === undefined ? {} : { [name]: metadata[name] });
    },
    [`PUT ${ONE}`]: (exchange) => {
        const project = projectIn(exchange, "metadata", "update");
        const name = nameIn(exchange);
        const wanted = kept(exchange.world, project, name, exchange.body?.[name] ?? "");
        // What is not there is not made, and nobody is told.
        if (name in project.metadata) {
            project.metadata[name] = wanted;
        }
        return ok();
    },
    [`DELETE ${ONE}`]: (exchange) => {
        const { metadata } = projectIn(exchange, "metadata", "delete");
        if (nameIn(exchange) === "proxy_cache_filter_kind" && metadata.proxy_cache_filter_pattern) {
            throw badRequest(
                "cannot delete proxy_cache_filter_kind when proxy_cache_filter_pattern is not empty, please clear the pattern first",
            );
        }
        delete metadata[nameIn(exchange)];
        return ok();
    },
};

function nameIn({ params }: Exchange): string {
    return params.meta_name ?? "";
}

/** (`validate`) @throws Refusal 400 */
function kept(world: World, { registry_id }: LocalProject, name: string, value: string): string {
    const isFlag = FLAGS.includes(name);
    const isNumber = name === "proxy_speed_kb" || name === "max_upstream_conn";
    const isFilter = name === "proxy_cache_filter_pattern" || name === "proxy_cache_filter_kind";
    const isUnknown = !world.isNewer && (isFilter || name === "proxy_referrer_api");
    if (isUnknown || (!isFlag && !isNumber && !isFilter && name !== "severity")) {
        throw badRequest(`invalid key: ${name}`);
    }
    if (isFilter && registry_id === 0) {
        throw badRequest("can not update the normal project with proxy cache filter metadata");
    }
    const isWrong =
        (isFlag && !/^(1|t|true|0|f|false)$/i.test(value)) ||
        (isNumber && !/^[+-]?\d+$/.test(value)) ||
        (name === "severity" && !/^(none|low|medium|high|critical|negligible)$/i.test(value));
    if (isWrong) {
        throw badRequest(`invalid value: ${value}`);
    }
    return isFlag ? String(/^(1|t|true)$/i.test(value)) : name === "severity" ? value.toLowerCase() : value;
}
