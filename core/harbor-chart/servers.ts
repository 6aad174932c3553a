import { chartError } from "./error";
import type { HarborChartValues } from "./keys";
import type { ChartDatabase, ChartRedis, ChartSecrets } from "./wish";

const SSL_MODES = ["disable", "require", "verify-ca", "verify-full"];

/** PostgreSQL outside of the chart. @throws HarborChartError */
export function databaseValues(database: ChartDatabase, secret: string): HarborChartValues["database"] {
    const { host, maxIdleConnections = 100, maxOpenConnections = 100, name = "registry", port = 5432 } = database;
    const { sslMode = "require", username } = database;
    if (!/^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/.test(host) || /:\d{2,5}$/.test(host)) {
        throw chartError(
            `"database.host" is ${JSON.stringify(host)}: give the server's name alone, and its port as "database.port".`,
        );
    }
    if (!SSL_MODES.includes(sslMode)) {
        throw chartError(`"database.sslMode" is ${JSON.stringify(sslMode)}: it is one of ${SSL_MODES.join(", ")}.`);
    }
    return {
        type: "external",
        external: { host, port: String(port), username, coreDatabase: name, sslmode: sslMode, existingSecret: secret },
        maxIdleConns: Math.min(maxIdleConnections, maxOpenConnections),
        maxOpenConns: maxOpenConnections,
    };
}

/** Redis outside of the chart. @throws HarborChartError */
export function redisValues(redis: ChartRedis, secret: ChartSecrets["redis"]): HarborChartValues["redis"] {
    const { addresses, sentinelMaster, tls = false } = redis;
    const wrong = addresses.find((address) => !/^[A-Za-z0-9.-]+:\d{1,5}$/.test(address));
    if (wrong !== undefined || addresses.length === 0) {
        throw chartError(
            `"redis.addresses" has ${wrong === undefined ? "none" : JSON.stringify(wrong)}: give host:port, such as redis.example.com:6379.`,
        );
    }
    if (sentinelMaster === undefined && addresses.length > 1) {
        throw chartError(
            `"redis.addresses" has ${addresses.length} and "redis.sentinelMaster" is missing: several addresses are sentinels, and Harbor knows no Redis cluster.`,
        );
    }
    if (sentinelMaster !== undefined && tls) {
        throw chartError(
            '"redis.tls" with "redis.sentinelMaster": the chart leaves the master\'s name out of the registry\'s configuration then, which would talk to a sentinel as if it were Redis. Use a single TLS address, or sentinels without TLS in a network of their own.',
        );
    }
    return {
        type: "external",
        external: {
            addr: addresses.join(","),
            ...(sentinelMaster === undefined ? {} : { sentinelMasterSet: sentinelMaster }),
            tlsOptions: { enable: tls },
            ...(secret === undefined ? {} : { existingSecret: secret }),
        },
    };
}
