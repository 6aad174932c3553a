const TEAMS = [
    "billing",
    "catalog",
    "checkout",
    "identity",
    "inventory",
    "messaging",
    "orders",
    "payments",
    "search",
    "shipping",
];
const PARTS = ["api", "deploy", "jobs", "web", "worker"];

/** The organisation's 50 repositories: five of each of its ten teams. */
export const repositories = TEAMS.flatMap((team) => PARTS.map((part) => `${team}-${part}`));

/** Those whose workflows push images, and only from their environment `production`. */
export const deployments = repositories.filter((name) => name.endsWith("-deploy"));
