import type { JsonApiOptions } from "../rest";
import { type HarborAccess, HarborConnection } from "./connection";
import { ImmutableTagRules } from "./immutable-tag-rules";
import { Labels } from "./labels";
import { ProjectMembers } from "./members";
import { Preheat } from "./preheat";
import { Projects } from "./projects";
import { Quotas } from "./quotas";
import { RegistryEndpoints } from "./registries";
import { ReplicationExecutions } from "./replication-executions";
import { ReplicationPolicies } from "./replication-policies";
import { Retentions } from "./retentions";
import { RobotAccounts } from "./robots";
import { Schedules } from "./schedules";
import { Webhooks } from "./webhooks";

/**
 * Harbor's REST API v2, one part for each kind of object. Fields have the names of Harbor's API description; what it has
 * beside those that are named here is kept as it came, so that a change of a whole object sends it again.
 */
export class Harbor {
    readonly host: string;
    readonly projects: Projects;
    readonly registries: RegistryEndpoints;
    readonly replicationPolicies: ReplicationPolicies;
    readonly replicationExecutions: ReplicationExecutions;
    readonly robots: RobotAccounts;
    readonly retentions: Retentions;
    readonly immutableTagRules: ImmutableTagRules;
    readonly schedules: Schedules;
    readonly quotas: Quotas;
    readonly members: ProjectMembers;
    readonly webhooks: Webhooks;
    readonly labels: Labels;
    readonly preheat: Preheat;
    private readonly connection: HarborConnection;

    constructor(access: HarborAccess, options: JsonApiOptions = {}) {
        const connection = new HarborConnection(access, options);
        this.connection = connection;
        this.host = connection.host;
        this.projects = new Projects(connection);
        this.registries = new RegistryEndpoints(connection);
        this.replicationPolicies = new ReplicationPolicies(connection);
        this.replicationExecutions = new ReplicationExecutions(connection);
        this.robots = new RobotAccounts(connection);
        this.retentions = new Retentions(connection);
        this.immutableTagRules = new ImmutableTagRules(connection);
        this.schedules = new Schedules(connection);
        this.quotas = new Quotas(connection);
        this.members = new ProjectMembers(connection);
        this.webhooks = new Webhooks(connection);
        this.labels = new Labels(connection);
        this.preheat = new Preheat(connection);
    }

    /** @throws HarborError `HARBOR_UNAUTHORIZED`, which many of Harbor's reads would not say */
    proveLogin(): Promise<void> {
        return this.connection.proveLogin();
    }

    close(): Promise<void> {
        return this.connection.close();
    }
}
