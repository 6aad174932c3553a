/** Which of a catalogue's registries are one host: there a blob can be mounted from one to the other. */
export class Hosts {
    /** By the first of a host's registries that was met. */
    private readonly known: string[] = [];

    constructor(readonly isSame: (one: string, other: string) => boolean) {}

    /** One name for all registries of a host. */
    nameOf(registry: string): string {
        const known = this.known.find((other) => other === registry || this.isSame(other, registry));
        if (known === undefined) {
            this.known.push(registry);
        }
        return known ?? registry;
    }
}
