import { type Exchange, type Handler, type Handlers, notFound, ownerIn, paged, Refusal } from "./exchange";
import { shownOwner, shownRepository } from "./repositories";
import type { LocalOwner, LocalPackage, LocalVersion } from "./state";

/** Days that a deleted version is kept. */
const KEPT_DAYS = 30;

function ownerOf(exchange: Exchange): LocalOwner {
    const { params, token, world } = exchange;
    if (params.org === undefined && params.username === undefined) {
        const user = world.owner(token.login ?? "");
        if (user === undefined) {
            throw notFound();
        }
        return user;
    }
    return ownerIn(exchange);
}

function packageIn(exchange: Exchange): { owner: LocalOwner; found: LocalPackage } {
    const owner = ownerOf(exchange);
    const found = owner.packages.get(exchange.params.package_name ?? "");
    const own = owner.login === exchange.token.login || owner.admins.includes(exchange.token.login ?? "");
    const linked = found?.repository !== undefined && found.repository === exchange.token.repository;
    if (found === undefined || (found.visibility === "private" && !own && !linked)) {
        throw new Refusal(404, "Package not found.");
    }
    return { owner, found };
}

function pathOf(exchange: Exchange, owner: LocalOwner, name: string): string {
    const kind = owner.type === "Organization" ? "orgs" : "users";
    return `${exchange.api}/${kind}/${owner.login}/packages/container/${encodeURIComponent(name)}`;
}

function shownPackage(exchange: Exchange, owner: LocalOwner, found: LocalPackage): object {
    const kind = owner.type === "Organization" ? "orgs" : "users";
    const repository = exchange.world.repository(found.repository ?? "");
    return {
        id: found.id,
        name: found.name,
        package_type: "container",
        visibility: found.visibility,
        url: pathOf(exchange, owner, found.name),
        html_url: `https://github.com/${kind}/${owner.login}/packages/container/package/${encodeURIComponent(found.name)}`,
        version_count: [...found.versions.values()].filter(({ deletedAt }) => deletedAt === undefined).length,
        owner: shownOwner(owner, exchange.api),
        created_at: found.createdAt,
        updated_at: found.updatedAt,
        ...(repository === undefined ? {} : { repository: shownRepository(exchange, repository) }),
    };
}

function shownVersion(exchange: Exchange, owner: LocalOwner, { name }: LocalPackage, version: LocalVersion): object {
    return {
        id: version.id,
        name: version.digest,
        url: `${pathOf(exchange, owner, name)}/versions/${version.id}`,
        package_html_url: `https://github.com/orgs/${owner.login}/packages/container/package/${encodeURIComponent(name)}`,
        html_url: `https://github.com/orgs/${owner.login}/packages/container/${encodeURIComponent(name)}/${version.id}`,
        created_at: version.createdAt,
        updated_at: version.updatedAt,
        ...(version.deletedAt === undefined ? {} : { deleted_at: version.deletedAt }),
        metadata: { package_type: "container", container: { tags: version.tags } },
    };
}

function versionIn(exchange: Exchange): { owner: LocalOwner; found: LocalPackage; version: LocalVersion } {
    const { found, owner } = packageIn(exchange);
    const version = found.versions.get(Number(exchange.params.package_version_id));
    if (version === undefined) {
        throw new Refusal(404, "Package version not found.");
    }
    return { owner, found, version };
}

const listPackages: Handler = (exchange) => {
    const owner = ownerOf(exchange);
    const wanted = exchange.query.visibility;
    const found = [...owner.packages.values()].filter(
        ({ visibility }) => wanted === undefined || visibility === wanted,
    );
    return paged(
        exchange,
        found.map((one) => shownPackage(exchange, owner, one)),
    );
};

const getPackage: Handler = (exchange) => {
    const { found, owner } = packageIn(exchange);
    return { status: 200, json: shownPackage(exchange, owner, found) };
};

const deletePackage: Handler = (exchange) => {
    const { found, owner } = packageIn(exchange);
    owner.packages.delete(found.name);
    return { status: 204 };
};

const listVersions: Handler = (exchange) => {
    const { found, owner } = packageIn(exchange);
    const deleted = exchange.query.state === "deleted";
    const all = [...found.versions.values()]
        .filter(({ deletedAt }) => (deletedAt !== undefined) === deleted)
        .sort((a, b) => b.id - a.id);
    return paged(
        exchange,
        all.map((version) => shownVersion(exchange, owner, found, version)),
    );
};

const getVersion: Handler = (exchange) => {
    const { found, owner, version } = versionIn(exchange);
    if (version.deletedAt !== undefined) {
        throw new Refusal(404, "Package version not found.");
    }
    return { status: 200, json: shownVersion(exchange, owner, found, version) };
};

const deleteVersion: Handler = (exchange) => {
    const { found, version } = versionIn(exchange);
    if (version.deletedAt !== undefined) {
        throw new Refusal(404, "Package version not found.");
    }
    if (found.visibility === "public" && version.downloads > 5000) {
        throw new Refusal(
            400,
            "Publicly visible package versions with more than 5000 downloads cannot be deleted. Contact GitHub support for further assistance.",
        );
    }
    const left = [...found.versions.values()].filter(({ deletedAt }) => deletedAt === undefined);
    if (left.length === 1) {
        throw new Refusal(400, "You cannot delete the last version of a package. You must delete the package instead.");
    }
    version.deletedAt = exchange.world.at();
    return { status: 204 };
};

const restoreVersion: Handler = (exchange) => {
    const { version } = versionIn(exchange);
    const since = exchange.world.now - Date.parse(version.deletedAt ?? "");
    if (version.deletedAt === undefined || since > KEPT_DAYS * 24 * 3_600_000) {
        throw new Refusal(404, "Package version not found.");
    }
    version.deletedAt = undefined;
    return { status: 204 };
};

/** Container packages and their versions, of organisations, of users, and of the token's own user. */
export const PACKAGE_HANDLERS: Handlers = {
    "packages/list-packages-for-organization": listPackages,
    "packages/list-packages-for-user": listPackages,
    "packages/list-packages-for-authenticated-user": listPackages,
    "packages/get-package-for-organization": getPackage,
    "packages/get-package-for-user": getPackage,
    "packages/get-package-for-authenticated-user": getPackage,
    "packages/delete-package-for-org": deletePackage,
    "packages/delete-package-for-user": deletePackage,
    "packages/get-all-package-versions-for-package-owned-by-org": listVersions,
    "packages/get-all-package-versions-for-package-owned-by-user": listVersions,
    "packages/get-all-package-versions-for-package-owned-by-authenticated-user": listVersions,
    "packages/get-package-version-for-organization": getVersion,
    "packages/get-package-version-for-user": getVersion,
    "packages/delete-package-version-for-org": deleteVersion,
    "packages/delete-package-version-for-user": deleteVersion,
    "packages/restore-package-version-for-org": restoreVersion,
    "packages/restore-package-version-for-user": restoreVersion,
};
