import { startEmbeddedRegistry } from "../../../core/registry/embedded";

/** A registry in a process of its own, which a test may kill. It prints its port. */
startEmbeddedRegistry({ root: process.argv[2] ?? "" }).then(
    ({ port }) => console.log(port),
    (error) => {
        console.error(error);
        process.exitCode = 1;
    },
);
