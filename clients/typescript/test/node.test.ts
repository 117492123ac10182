/** Asks a real node. `COUNTERSIGN_NODE` is JSON: its url, and the secrets of the people in it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createClient, drawKey, pages, ProblemError, type Schemas } from "../src/index.js";

interface World {
    url: string;
    operator: string;
    developer: string;
    account: number;
}

const world = JSON.parse(process.env["COUNTERSIGN_NODE"] ?? "{}") as World;
const anybody = createClient({ url: world.url });
const developer = createClient({ url: world.url, token: world.developer });

test("what is public needs no token", async () => {
    const { data } = await anybody.GET("/status");
    assert.equal(data?.party, "GH");
    const titles: string[] = [];
    const ask = (after: string | undefined) =>
        anybody.GET("/projects", { params: { query: { limit: 1, ...(after === undefined ? {} : { after }) } } });
    for await (const project of pages(ask)) titles.push(project.title);
    assert.deepEqual(titles, ["Stoves on the outer islands"]);
});

test("a refusal says what stands against it", async () => {
    const params = { path: { number: 99 } };
    await assert.rejects(anybody.GET("/projects/{number}", { params }), (error: unknown) => {
        assert.ok(error instanceof ProblemError);
        assert.equal(error.status, 404);
        assert.equal(error.kind, "not-found");
        return true;
    });
    await assert.rejects(anybody.GET("/me"), (error: unknown) => {
        assert.ok(error instanceof ProblemError);
        assert.equal(error.kind, "not-authorised");
        return true;
    });
});

test("a write under one key is done once", async () => {
    const body: Schemas["NewOpenCase"] = { flow: "retirement", title: "Asked for in TypeScript", scopes: [] };
    const send = async () => {
        const header = { "Idempotency-Key": drawKey() };
        return { header, ...(await developer.POST("/cases", { params: { header }, body })) };
    };
    const first = await send();
    assert.equal(first.response.status, 201);
    const again = await developer.POST("/cases", { params: { header: first.header }, body });
    assert.equal(again.response.headers.get("Idempotency-Replayed"), "true");
    assert.deepEqual(again.data, first.data);
    const other = await send();
    assert.notDeepEqual(other.data, first.data);
});

test("a trial writes nothing", async () => {
    const header = { "Idempotency-Key": drawKey() };
    const body: Schemas["NewOpenCase"] = { flow: "retirement", title: "Only tried", scopes: [] };
    const { data } = await developer.POST("/cases", { params: { header, query: { dry_run: true } }, body });
    assert.ok(data !== undefined && "dry_run" in data && data.dry_run);
    // Not by the size of the ledger: letters of what was decided before may still come into it.
    const titles: string[] = [];
    const ask = (after: string | undefined) =>
        developer.GET("/cases", { params: { query: after === undefined ? {} : { after } } });
    for await (const known of pages(ask)) titles.push(known.title);
    assert.ok(titles.includes("Monitoring 2023") && !titles.includes("Only tried"), titles.join());
});

test("units are read with their types", async () => {
    const params = { query: { account: world.account } };
    const { data } = await developer.GET("/holdings", { params });
    const tonnes = data?.items.reduce((sum, it) => sum + it.tonnes, 0);
    assert.equal(tonnes, 500);
});

test("a busy node is asked again, with the same key", async () => {
    const keys: (string | null)[] = [];
    const busy = createClient({
        url: world.url,
        fetch: async (input) => {
            keys.push((input as Request).headers.get("Idempotency-Key"));
            return new Response("{}", { status: 503, headers: { "Retry-After": "0" } });
        },
    });
    const header = { "Idempotency-Key": drawKey() };
    const body: Schemas["NewOpenCase"] = { flow: "retirement", title: "Busy", scopes: [] };
    await assert.rejects(busy.POST("/cases", { params: { header }, body }));
    assert.equal(keys.length, 5);
    assert.deepEqual(new Set(keys), new Set([header["Idempotency-Key"]]));
});
