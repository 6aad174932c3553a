import type { Access, BuildLogin, Login } from "./access";
import { shellWord } from "./shell-text";

/**
 * Docker's config of this job alone, in `$work`, which is outside of every build context: the machine's own is not read,
 * and what is logged in here is gone with the job.
 */
export const NAME_DOCKER_CONFIG = 'export DOCKER_CONFIG="$work/docker"';
export const MAKE_DOCKER_CONFIG: readonly string[] = [
    'mkdir -p "$DOCKER_CONFIG"',
    "# Plugins of the machine's user, as buildx, are still found.",
    `if [ -d "\${HOME:-}/.docker/cli-plugins" ] && [ ! -e "$DOCKER_CONFIG/cli-plugins" ]; then`,
    `    ln -s "\${HOME:-}/.docker/cli-plugins" "$DOCKER_CONFIG/cli-plugins"`,
    "fi",
];

/**
 * Of jobs that have docker: it asks the registry whether the credentials are right.
 *
 * @param atGitLab whether a registry could be the one of the GitLab that runs the job
 */
export function dockerLogins(access: Access, atGitLab: boolean): string[] {
    return loginsOf(access).flatMap((login) => loginLines(login, atGitLab));
}

function loginLines({ host, isUnknownKind, password, username }: Login, atGitLab: boolean): string[] {
    const own = loginLine(host, username, password);
    if (!atGitLab || !isUnknownKind) {
        return [own];
    }
    // Its own registry takes the job's token.
    return [
        `if [ ${shellWord(host)} = "\${CI_REGISTRY:-}" ]; then`,
        `    ${loginLine(host, "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD")}`,
        "else",
        `    ${own}`,
        "fi",
    ];
}

/** The same of jobs that need no docker: what it would have written down. Names go by the command line, values do not. */
export function writtenLogins(access: Access): string[] {
    const logins = loginsOf(access);
    if (logins.length === 0) {
        return [];
    }
    const names = logins.map(({ host, password, username }) => `${shellWord(host)} ${username} ${password}`);
    return [
        ...WRITE_LOGINS,
        ...names.map(
            (three, index) => `    ${three}${index < names.length - 1 ? " \\" : ' > "$DOCKER_CONFIG/config.json"'}`,
        ),
    ];
}

const WRITE_LOGINS: readonly string[] = [
    "node -e '",
    "    const { argv, env } = process;",
    "    const auths = {};",
    "    for (let at = 1; at < argv.length; at += 3) {",
    "        const [host, ...own] = argv.slice(at, at + 3);",
    '        const names = host === env.CI_REGISTRY ? ["CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD"] : own;',
    "        const unset = names.find((name) => !env[name]);",
    "        if (unset !== undefined) {",
    '            console.error(unset + " is not set, and " + host + " wants it.");',
    "            process.exit(2);",
    "        }",
    '        const key = host === "docker.io" ? "https://index.docker.io/v1/" : host;',
    '        auths[key] = { auth: Buffer.from(names.map((name) => env[name]).join(":")).toString("base64") };',
    "    }",
    "    console.log(JSON.stringify({ auths }));",
    "' \\",
];

/** For the build and the signature, which know docker's config only; none where that has it already. */
export function buildLoginLines(login: BuildLogin): string[] {
    switch (login.from) {
        case "login":
            return [];
        case "variables":
            return [loginLine(login.host, login.username, login.password)];
        case "aws": {
            const profile = login.profile === undefined ? "" : ` --profile ${shellWord(login.profile)}`;
            const ask = `aws ecr get-login-password --region ${shellWord(login.region)}${profile}`;
            return [`${ask} | ${dockerLogin("AWS", login.host)}`];
        }
        case "gcp":
            return [
                `gcloud auth application-default print-access-token | ${dockerLogin("oauth2accesstoken", login.host)}`,
            ];
    }
}

/** The password goes by standard input: a command line can be read by everybody on the machine. */
function loginLine(host: string, username: string, password: string): string {
    return `printf '%s' "$${password}" | ${dockerLogin(`"$${username}"`, host)}`;
}

function dockerLogin(username: string, host: string): string {
    return `docker login --username ${username} --password-stdin ${shellWord(host)}`;
}

function loginsOf({ needs }: Access): Login[] {
    return needs.flatMap((need) => (need.kind === "login" ? [need] : []));
}
