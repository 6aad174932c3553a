/** The tag which keeps a digest for a roll-back: registries' rules can spare a tag, but no bare digest. */
export function rollbackTag(tag: string, digest: string): string {
    const hex = digest.slice(digest.indexOf(":") + 1);
    const suffix = `.prev-${hex.slice(0, 12)}`;
    return `${tag.slice(0, 128 - suffix.length)}${suffix}`;
}
