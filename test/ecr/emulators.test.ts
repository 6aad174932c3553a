import { CreateRepositoryCommand, DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { expect, it } from "vitest";
import { startMinistack, startMoto } from "../support/aws/emulator";
import { describeWith } from "../support/require-program";

describeWith(["moto_server", "ministack"], "What plays AWS", (found) => {
    it.each([
        ["moto", () => startMoto(found.moto_server)],
        ["ministack", () => startMinistack(found.ministack)],
    ])("%s takes a repository by AWS's own SDK, and is gone when it is closed", async (_name, start) => {
        const emulator = await start();
        const client = new ECRClient(emulator.client);
        try {
            await client.send(new CreateRepositoryCommand({ repositoryName: "mirror/app" }));
            const { repositories } = await client.send(new DescribeRepositoriesCommand({}));
            expect(repositories?.map(({ repositoryName }) => repositoryName)).toEqual(["mirror/app"]);
        } finally {
            client.destroy();
            await emulator.close();
        }
        await expect(fetch(emulator.url)).rejects.toThrow();
    });
});
