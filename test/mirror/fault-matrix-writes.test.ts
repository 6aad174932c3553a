import { beforeAll } from "vitest";
import { describeWith } from "../support/require-program";
import { dockerGround, type FaultGround } from "./fault-case";
import { itEndsAsTold } from "./fault-table";

const WRITING = `
                 mount               start-upload                     finish-upload                      put-manifest                       keep-tag                         put-tag
429              ok / RATE_LIMITED   ok / RATE_LIMITED                ok / RATE_LIMITED                  ok / RATE_LIMITED                  ok / RATE_LIMITED                ok / RATE_LIMITED
429, seconds     ok / RATE_LIMITED   ok / RATE_LIMITED                ok / RATE_LIMITED                  ok / RATE_LIMITED                  ok / RATE_LIMITED                ok / RATE_LIMITED
429, date        ok / RATE_LIMITED   ok / RATE_LIMITED                ok / RATE_LIMITED                  ok / RATE_LIMITED                  ok / RATE_LIMITED                ok / RATE_LIMITED
500              ok / SERVER_ERROR   ok / SERVER_ERROR                ok / SERVER_ERROR                  ok / SERVER_ERROR                  ok / SERVER_ERROR                ok / SERVER_ERROR
502              ok / SERVER_ERROR   ok / SERVER_ERROR                ok / SERVER_ERROR                  ok / SERVER_ERROR                  ok / SERVER_ERROR                ok / SERVER_ERROR
503              ok / SERVER_ERROR   ok / SERVER_ERROR                ok / SERVER_ERROR                  ok / SERVER_ERROR                  ok / SERVER_ERROR                ok / SERVER_ERROR
reset before     ok / NETWORK_ERROR  ok / NETWORK_ERROR               ok / NETWORK_ERROR                 ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR
reset inside     ok / NETWORK_ERROR  ok / NETWORK_ERROR               ok / NETWORK_ERROR                 ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR
reset after      ok / NETWORK_ERROR  ok / NETWORK_ERROR               ok / ok|NETWORK_ERROR              ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR*
truncated        ok / NETWORK_ERROR  ok / NETWORK_ERROR               ok / ok|NETWORK_ERROR              ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR*
flipped byte     -                   -                                DIGEST_MISMATCH / DIGEST_MISMATCH  DIGEST_MISMATCH / DIGEST_MISMATCH  ok / DIGEST_MISMATCH             ok / DIGEST_MISMATCH!
cut short        -                   -                                DIGEST_MISMATCH / DIGEST_MISMATCH  PROTOCOL_ERROR / PROTOCOL_ERROR    PROTOCOL_ERROR / PROTOCOL_ERROR  PROTOCOL_ERROR / PROTOCOL_ERROR
wrong digest     -                   -                                DIGEST_MISMATCH / DIGEST_MISMATCH  ok / DIGEST_MISMATCH               ok / DIGEST_MISMATCH             ok / DIGEST_MISMATCH*
length too long  ok / NETWORK_ERROR  ok / NETWORK_ERROR               ok / ok|NETWORK_ERROR              ok / NETWORK_ERROR                 ok / NETWORK_ERROR               ok / NETWORK_ERROR*
session lost     -                   -                                ok / PROTOCOL_ERROR                -                                  -                                -
redirect loop    ok / ok             PROTOCOL_ERROR / PROTOCOL_ERROR  PROTOCOL_ERROR / PROTOCOL_ERROR    PROTOCOL_ERROR / PROTOCOL_ERROR    PROTOCOL_ERROR / PROTOCOL_ERROR  PROTOCOL_ERROR / PROTOCOL_ERROR
slow loris       ok / TIMEOUT        ok / TIMEOUT                     -                                  ok / TIMEOUT                       ok / TIMEOUT                     ok / TIMEOUT*
`;

describeWith(["docker-registry"], "a fault while a real registry is written to", (programs) => {
    let ground: FaultGround;

    beforeAll(async () => {
        const made = await dockerGround(programs["docker-registry"]);
        ground = made;
        return () => made.close();
    });

    itEndsAsTold("target", WRITING, () => ground);
});
