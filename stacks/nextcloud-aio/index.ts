import { join } from "node:path";
import * as transship from "transship";

const catalog = transship.loadCatalog(join(__dirname, "catalog.yaml"));

// All but the one that people start by hand.
const moving = Object.values(catalog.images)
    .filter(({ policy }) => policy === "migrate")
    .map(({ name }) => name);

// One workflow, a job for each image: its container's folder, built once, at ghcr.io and at Docker Hub.
const publisher = new transship.GhcrPublisher("all-in-one", {
    catalog,
    images: moving,
    repository: "nextcloud-releases/all-in-one",
    builds: Object.fromEntries(moving.map((name) => [name, { context: `Containers/${name.replace("aio-", "")}` }])),
    on: { branches: ["main"], paths: ["Containers/**"], schedule: "42 4 * * 1" },
    tags: ["type=raw,value=latest,enable={{is_default_branch}}", "type=schedule,pattern={{date 'YYYYMMDD'}}"],
    maxParallel: 4,
});

// What is at ghcr.io is what is at Docker Hub, for every image, before anything tells installations to pull from there.
const fleet = new transship.ImageFleet("images", { catalog }, { dependsOn: publisher });
new transship.DigestGate("equal", { fleet, images: moving });

export const pullRequest = publisher.pullRequest;
/** GitHub has no API for it: each package is made public here, by hand, after its first push. */
export const visibility = publisher.settings;
export const images = fleet.refs;
export const lock = fleet.lock;
