import { beforeAll } from "vitest";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { describeWith } from "../support/require-program";
import { type FaultGround, prepareGround } from "./fault-case";
import { itEndsAsTold } from "./fault-table";

const LOOKING = `
                  head-tag                         verify-tag                           head-manifest        get-manifest                       head-blob
429               ok / ?RATE_LIMITED               ok / RATE_LIMITED*                   ok / RATE_LIMITED    ok / RATE_LIMITED                  ok / RATE_LIMITED
429, seconds      ok / ?RATE_LIMITED               ok / RATE_LIMITED*                   ok / RATE_LIMITED    ok / RATE_LIMITED                  ok / RATE_LIMITED
429, date         ok / ?RATE_LIMITED               ok / RATE_LIMITED*                   ok / RATE_LIMITED    ok / RATE_LIMITED                  ok / RATE_LIMITED
500               ok / ?SERVER_ERROR               ok / SERVER_ERROR*                   ok / SERVER_ERROR    ok / SERVER_ERROR                  ok / SERVER_ERROR
502               ok / ?SERVER_ERROR               ok / SERVER_ERROR*                   ok / SERVER_ERROR    ok / SERVER_ERROR                  ok / SERVER_ERROR
503               ok / ?SERVER_ERROR               ok / SERVER_ERROR*                   ok / SERVER_ERROR    ok / SERVER_ERROR                  ok / SERVER_ERROR
reset before      ok / ?NETWORK_ERROR              ok / NETWORK_ERROR*                  ok / NETWORK_ERROR   ok / NETWORK_ERROR                 ok / NETWORK_ERROR
reset inside      ok / ?NETWORK_ERROR              ok / NETWORK_ERROR*                  ok / NETWORK_ERROR   ok / NETWORK_ERROR                 ok / NETWORK_ERROR
reset after       ok / ok                          ok / ok                              ok / ok              ok / ok                            ok / ok
truncated         ok / ?NETWORK_ERROR              ok / NETWORK_ERROR*                  ok / NETWORK_ERROR   ok / NETWORK_ERROR                 ok / NETWORK_ERROR
shortened         -                                -                                    -                    DIGEST_MISMATCH / DIGEST_MISMATCH  -
flipped byte      -                                -                                    -                    DIGEST_MISMATCH / DIGEST_MISMATCH  -
wrong digest      FOREIGN_DIGEST / FOREIGN_DIGEST  DIGEST_MISMATCH* / DIGEST_MISMATCH*  ok / ok              ok / ok                            ok / ok
length too long   ok / ok                          ok / ok                              ok / ok              ok / NETWORK_ERROR                 ok / ok
length too short  -                                -                                    -                    DIGEST_MISMATCH / DIGEST_MISMATCH  -
redirect loop     ok / ?PROTOCOL_ERROR             ok / PROTOCOL_ERROR*                 ok / PROTOCOL_ERROR  ok / PROTOCOL_ERROR                ok / PROTOCOL_ERROR
slow loris        ok / ?TIMEOUT                    ok / TIMEOUT*                        ok / TIMEOUT         ok / TIMEOUT                       ok / TIMEOUT
`;

const WRITING = `
                 start-upload                     finish-upload                      put-manifest                       keep-tag                         put-tag
429              ok / RATE_LIMITED                ok / RATE_LIMITED                  ok / RATE_LIMITED                  ok / RATE_LIMITED                ok / RATE_LIMITED
429, seconds     ok / RATE_LIMITED                ok / RATE_LIMITED                  ok / RATE_LIMITED                  ok / RATE_LIMITED                ok / RATE_LIMITED
429, date        ok / RATE_LIMITED                ok / RATE_LIMITED                  ok / RATE_LIMITED                  ok / RATE_LIMITED                ok / RATE_LIMITED
500              ok / SERVER_ERROR                ok / SERVER_ERROR                  ok / SERVER_ERROR                  ok / SERVER_ERROR                ok / SERVER_ERROR
502              ok / SERVER_ERROR                ok / SERVER_ERROR                  ok / SERVER_ERROR                  ok / SERVER_ERROR                ok / SERVER_ERROR
503              ok / SERVER_ERROR                ok / SERVER_ERROR                  ok / SERVER_ERROR                  ok / SERVER_ERROR                ok / SERVER_ERROR
reset before     ok / NETWORK_ERROR               ok / NETWORK_ERROR                 ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR
reset inside     ok / NETWORK_ERROR               ok / NETWORK_ERROR                 ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR
reset after      ok / NETWORK_ERROR               ok / ok|NETWORK_ERROR              ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR*
truncated        ok / NETWORK_ERROR               ok / ok|NETWORK_ERROR              ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR*
flipped byte     -                                DIGEST_MISMATCH / DIGEST_MISMATCH  DIGEST_MISMATCH / DIGEST_MISMATCH  ok / DIGEST_MISMATCH             ok / DIGEST_MISMATCH!
cut short        -                                DIGEST_MISMATCH / DIGEST_MISMATCH  PROTOCOL_ERROR / PROTOCOL_ERROR    PROTOCOL_ERROR / PROTOCOL_ERROR  PROTOCOL_ERROR / PROTOCOL_ERROR
wrong digest     -                                DIGEST_MISMATCH / DIGEST_MISMATCH  ok / DIGEST_MISMATCH               ok / DIGEST_MISMATCH             ok / DIGEST_MISMATCH*
length too long  ok / NETWORK_ERROR               ok / ok|NETWORK_ERROR              ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR*
session lost     -                                ok / PROTOCOL_ERROR                -                                  -                                -
redirect loop    PROTOCOL_ERROR / PROTOCOL_ERROR  PROTOCOL_ERROR / PROTOCOL_ERROR    PROTOCOL_ERROR / PROTOCOL_ERROR    PROTOCOL_ERROR / PROTOCOL_ERROR  PROTOCOL_ERROR / PROTOCOL_ERROR
slow loris       ok / TIMEOUT                     -                                  ok / TIMEOUT                       ok / TIMEOUT                     ok / TIMEOUT*
`;

describeWith(["docker-registry"], "a fault on the way to a real registry", (programs) => {
    let ground: FaultGround;

    beforeAll(async () => {
        const servers: DockerRegistry[] = [];
        for (const _ of ["source", "target"]) {
            servers.push(await startDockerRegistry(programs["docker-registry"]));
        }
        const [source, target] = servers.map(({ host }) => host) as [string, string];
        ground = await prepareGround(source, target);
        return () => Promise.all(servers.map((server) => server.close()));
    });

    itEndsAsTold("target", LOOKING, () => ground);
    itEndsAsTold("target", WRITING, () => ground);
});
