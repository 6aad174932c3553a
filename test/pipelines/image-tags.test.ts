import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Commit, DEFAULT_TAGS, imageTags } from "../../core/workflows";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const DATE = new Date("2026-11-23T23:30:05Z");
const of = (over: Partial<Commit> = {}): Commit => ({
    sha: SHA,
    defaultBranch: "main",
    scheduled: false,
    date: DATE,
    ...over,
});
const MAIN = of({ branch: "main" });
const RELEASE = of({ tag: "v1.2.3" });

describe("The tags that docker/metadata-action's rules give", () => {
    it.each<[string, readonly string[], readonly string[], Commit, readonly string[]]>([
        ["a branch", DEFAULT_TAGS, [], MAIN, ["main", "sha-0123456"]],
        ["a release", DEFAULT_TAGS, [], RELEASE, ["1.2.3", "1.2", "sha-0123456", "latest"]],
        ["a prerelease, which is no 1.2", DEFAULT_TAGS, [], of({ tag: "v1.2.3-rc.1" }), ["1.2.3-rc.1", "sha-0123456"]],
        ["a git tag that is no version", DEFAULT_TAGS, [], of({ tag: "nightly" }), ["sha-0123456"]],
        ["a schedule", DEFAULT_TAGS, [], of({ branch: "main", scheduled: true }), ["nightly", "main", "sha-0123456"]],
        ["a branch with a slash", ["type=ref,event=branch"], [], of({ branch: "release/1.x" }), ["release-1.x"]],
        ["no latest by its flavor", ["type=semver,pattern={{version}}"], ["latest=false"], RELEASE, ["1.2.3"]],
        ["latest by its flavor", ["type=sha"], ["latest=true"], MAIN, ["sha-0123456", "latest"]],
        [
            "a suffix for all, and latest",
            ["type=semver,pattern={{raw}}"],
            ["suffix=-slim,onlatest=true"],
            RELEASE,
            ["v1.2.3-slim", "latest-slim"],
        ],
        [
            "its own prefix before the flavor's",
            ["type=sha,prefix=", "type=raw,value=x"],
            ["prefix=p-"],
            MAIN,
            ["p-x", "0123456"],
        ],
        [
            "what is enabled for the default branch",
            ["type=raw,value=edge,enable={{is_default_branch}}"],
            [],
            MAIN,
            ["edge"],
        ],
        ["and for no other", ["type=raw,value=edge,enable={{is_default_branch}}"], [], of({ branch: "x" }), []],
        ["the default branch as edge", ["type=edge"], [], MAIN, ["edge"]],
        ["another branch as edge", ["type=edge,branch=next"], [], MAIN, []],
        ["a match's group", ["type=match,pattern=v(\\d+)\\.(\\d+),group=1"], [], RELEASE, ["1", "latest"]],
        ["a match with flags", ["type=match,pattern=/V(.*)/i,group=1"], [], RELEASE, ["1.2.3", "latest"]],
        ["by priority", ["type=sha", "type=raw,value=x,priority=9"], [], MAIN, ["sha-0123456", "x"]],
        ["a whole commit", ["type=sha,format=long,prefix="], [], MAIN, [SHA]],
        ["a comma in quotes", ['type=match,"pattern=^v(\\d{1,2})",group=1'], [], RELEASE, ["1", "latest"]],
        ["a date in UTC", ["type=raw,value={{date 'YYYYMMDD-HHmmss'}}"], [], MAIN, ["20261123-233005"]],
        [
            "a date in Berlin",
            ["type=schedule,pattern={{date 'YYYYMMDD' tz='Europe/Berlin'}}"],
            [],
            of({ scheduled: true }),
            ["20261124"],
        ],
        ["a rule without a type", ["stable"], [], MAIN, ["stable"]],
        ["a pull request's", ["type=ref,event=pr"], [], of(), []],
    ])("%s", (_title, rules, flavor, commit, tags) => {
        expect(imageTags(rules, flavor, commit)).toEqual(tags);
    });

    it.each<[readonly string[], readonly string[], string]>([
        [["type=pep440,pattern={{version}}"], [], "is of no known type: take schedule, semver"],
        [["type=semver"], [], 'The rule for tags "type=semver" needs pattern=…'],
        [["type=ref,event=push"], [], "needs event=branch or event=tag or event=pr"],
        [["type=sha,pattern=x"], [], 'has "pattern": type=sha takes format'],
        [["type=sha,priority=high"], [], "a priority or group that is no number"],
        [["type=raw,value={{brunch}}"], [], "{{brunch}} in the rule for tags"],
        [["type=raw,value={{date 'yyyy'}}"], [], 'The date format "yyyy" has yyyy: take YYYY'],
        [["type=raw,value={{date 'YYYY' tz='Moon/Base'}}"], [], "names no time zone"],
        [["type=match,pattern=("], [], "a pattern that is no regular expression"],
        [["type=raw,value=-x"], [], 'gives "-x", which is no tag'],
        [["type=sha"], ["latest=maybe"], 'The flavor "latest=maybe" is not known'],
    ])("%j with %j is refused", (rules, flavor, sentence) => {
        expect(() => imageTags(rules, flavor, RELEASE)).toThrow(sentence);
    });

    it("are tags, each once, whatever a branch is called", () => {
        const name = fc.string({ unit: "binary", minLength: 1, maxLength: 60 });
        fc.assert(
            fc.property(name, (branch) => {
                const tags = imageTags(
                    ["type=ref,event=branch,prefix=b", "type=ref,event=branch,prefix=b"],
                    [],
                    of({ branch }),
                );
                expect(tags).toHaveLength(1);
                expect(tags[0]).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
            }),
        );
    });
});
