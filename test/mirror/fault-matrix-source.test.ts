import { beforeAll } from "vitest";
import { describeWith } from "../support/require-program";
import { dockerGround, type FaultGround } from "./fault-case";
import { itEndsAsTold } from "./fault-table";

const READING = `
                  head-tag                             get-manifest                       get-blob
429               ok / ?RATE_LIMITED                   ok / RATE_LIMITED                  ok / RATE_LIMITED
429, seconds      ok / ?RATE_LIMITED                   ok / RATE_LIMITED                  ok / RATE_LIMITED
429, date         ok / ?RATE_LIMITED                   ok / RATE_LIMITED                  ok / RATE_LIMITED
500               ok / ?SERVER_ERROR                   ok / SERVER_ERROR                  ok / SERVER_ERROR
502               ok / ?SERVER_ERROR                   ok / SERVER_ERROR                  ok / SERVER_ERROR
503               ok / ?SERVER_ERROR                   ok / SERVER_ERROR                  ok / SERVER_ERROR
reset before      ok / ?NETWORK_ERROR                  ok / NETWORK_ERROR                 ok / NETWORK_ERROR
reset inside      ok / ?NETWORK_ERROR                  ok / NETWORK_ERROR                 ok / NETWORK_ERROR
reset after       ok / ok                              ok / ok                            ok / ok
truncated         ok / ?NETWORK_ERROR                  ok / NETWORK_ERROR                 ok / NETWORK_ERROR
shortened         -                                    DIGEST_MISMATCH / DIGEST_MISMATCH  DIGEST_MISMATCH / DIGEST_MISMATCH
flipped byte      -                                    DIGEST_MISMATCH / DIGEST_MISMATCH  DIGEST_MISMATCH / DIGEST_MISMATCH
wrong digest      MANIFEST_UNKNOWN / MANIFEST_UNKNOWN  ok / ok                            ok / ok
length too long   ok / ok                              ok / NETWORK_ERROR                 ok / ok
length too short  -                                    DIGEST_MISMATCH / DIGEST_MISMATCH  DIGEST_MISMATCH / DIGEST_MISMATCH
redirect loop     ok / ?PROTOCOL_ERROR                 ok / PROTOCOL_ERROR                ok / PROTOCOL_ERROR
slow loris        ok / ?TIMEOUT                        ok / TIMEOUT                       ok / TIMEOUT
`;

describeWith(["docker-registry"], "a fault on the way from a real registry", (programs) => {
    let ground: FaultGround;

    beforeAll(async () => {
        const made = await dockerGround(programs["docker-registry"]);
        ground = made;
        return () => made.close();
    });

    itEndsAsTold("source", READING, () => ground);
});
