/**
 * When GitHub changed something, as a moment in UTC (`2026-11-23T01:02:03Z`): the provider hands on Go's text of a time.
 * What is neither comes back as it is.
 */
export function isoMoment(text: string | undefined): string {
    const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(?:\+0000 UTC|Z)?$/.exec(text ?? "") ?? [];
    return day === undefined ? (text ?? "") : `${day}T${time}Z`;
}
