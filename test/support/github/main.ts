/**
 * The local GitHub by itself, for walk-throughs: `node --import tsx test/support/github/main.ts [PORT]`. It prints its
 * address, what is asked of it, and what GitHub would not have understood.
 */
import { ADMIN_TOKEN, LocalGitHub, TOKEN } from "./server";

async function main(): Promise<void> {
    const github = await LocalGitHub.start({
        port: Number(process.argv[2] ?? 0),
        onRequest: ({ method, status, url }, problem) => {
            console.log(`${status} ${method} ${url}${problem === undefined ? "" : `\n    ${problem}`}`);
        },
    });
    console.log(
        `GitHub at ${github.api}, below /api/v3 too: the organization acme with the repository acme/images, the user octocat`,
    );
    console.log(`tokens: ${ADMIN_TOKEN} (octocat, every scope), ${TOKEN} (a job's own, of acme/images)`);
}

void main();
