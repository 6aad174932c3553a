import { type Exchange, type Handlers, notFound, ok, type Reply } from "./exchange";
import { keywords, paged, sorted } from "./query";
import { projectIn } from "./rights";
import type { LocalArtifact } from "./state";

const REPOSITORY = "/projects/{project_name}/repositories/{repository_name}";

/** As far as listing needs them; what pushes and pulls is the embedded registry. */
export const REPOSITORY_HANDLERS: Handlers = {
    "GET /projects/{project_name}/repositories": (exchange) => {
        const { name, project_id, repositories } = projectIn(exchange, "repository", "list");
        const rows = [...repositories].map(([repository, artifacts], at) => ({
            id: at + 1,
            project_id,
            name: `${name}/${repository}`,
            artifact_count: artifacts.length,
        }));
        return paged(exchange, sorted(rows, exchange.query.sort, "name"));
    },
    [`GET ${REPOSITORY}`]: (exchange) => {
        const { name, project_id } = projectIn(exchange, "repository", "read");
        const artifacts = artifactsIn(exchange, "read");
        return ok({ id: 1, project_id, name: `${name}/${repositoryName(exchange)}`, artifact_count: artifacts.length });
    },
    [`DELETE ${REPOSITORY}`]: (exchange) => {
        const { repositories } = projectIn(exchange, "repository", "delete");
        artifactsIn(exchange, "delete");
        repositories.delete(repositoryName(exchange));
        return ok();
    },
    [`GET ${REPOSITORY}/artifacts`]: artifacts,
};

/** The path's router has taken one encoding away; the name's own is the second. (src/server/v2.0/handler/util.go, `unescapePathParams`) */
function repositoryName({ params }: Exchange): string {
    return decodeURIComponent(params.repository_name ?? "");
}

function artifactsIn(exchange: Exchange, action: "read" | "list" | "delete"): readonly LocalArtifact[] {
    const project = projectIn(exchange, "repository", action);
    const found = project.repositories.get(repositoryName(exchange));
    if (found === undefined) {
        throw notFound(`repository ${project.name}/${repositoryName(exchange)} not found`);
    }
    return found;
}

function artifacts(exchange: Exchange): Reply {
    const wanted = keywords(exchange.query.q).tags;
    const all = artifactsIn(exchange, "list").filter(
        ({ tags }) => wanted === undefined || (wanted === "*" ? tags.length > 0 : tags.includes(wanted)),
    );
    const rows = all.map(({ digest, tags }, at) => ({
        id: at + 1,
        type: "IMAGE",
        digest,
        manifest_media_type: "application/vnd.oci.image.manifest.v1+json",
        size: 123_456,
        tags: tags.length === 0 ? null : tags.map((name, id) => ({ id: id + 1, name, immutable: false })),
    }));
    return paged(exchange, rows);
}
