/**
 * A client of the HTTP API of a Countersign node.
 *
 * `schema.ts` is generated from docs/openapi.json; this adds what a description does not say: who asks, what a refusal is, and
 * what may be sent again.
 */

import createFetchClient, { type Client as FetchClient, type Middleware } from "openapi-fetch";

import type { components, paths } from "./schema.js";

/** Every type that the API speaks, by its name. */
export type Schemas = components["schemas"];

/** Every path of the API, with its operations typed. */
export type Client = FetchClient<paths>;

/** A busy node is asked again this often, with the same key. */
const TRIES = 5;

/** The longest that the node is waited for between two of them. */
const WAIT_MS_MAX = 30_000;

/** Who asks which node. */
export interface Options {
    /** The node, such as `https://registry.example`. */
    url: string;
    /** A session, an API key or the operator's token; without one only what is public answers. */
    token?: string;
    /** Another `fetch`, such as one with a proxy. */
    fetch?: typeof globalThis.fetch;
}

/** A refusal of the node: problem details (RFC 9457). */
export class ProblemError extends Error {
    /** The last word of `type`, such as `not-found` or `refused`. */
    readonly kind: string;

    constructor(
        readonly status: number,
        readonly problem: Partial<Schemas["Problem"]>,
    ) {
        const kind = String(problem.type ?? "").split(":").pop() ?? "";
        super(`${status} ${kind}: ${problem.detail ?? ""}`);
        this.name = "ProblemError";
        this.kind = kind;
    }
}

/** A key for one wish: drawn once, sent with every repetition of it, so that it is done once. */
export function drawKey(): string {
    return globalThis.crypto.randomUUID().replaceAll("-", "");
}

/** A node, ready to be asked: `client.GET("/projects", { params: { query: { limit: 10 } } })`. A refusal throws {@link ProblemError}. */
export function createClient(options: Options): Client {
    const client = createFetchClient<paths>({
        baseUrl: `${options.url.replace(/\/+$/, "")}/api/v1`,
        fetch: patient(options.fetch ?? globalThis.fetch),
    });
    client.use(manners(options.token));
    return client;
}

/** Every item of a list, page by page. */
export async function* pages<T>(
    ask: (after: string | undefined) => Promise<{ data?: { items: T[]; next?: string | null } }>,
): AsyncGenerator<T> {
    let after: string | undefined;
    do {
        const page: { items: T[]; next?: string | null } | undefined = (await ask(after)).data;
        yield* page?.items ?? [];
        after = page?.next ?? undefined;
    } while (after !== undefined);
}

function manners(token: string | undefined): Middleware {
    return {
        onRequest({ request }) {
            if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
            return request;
        },
        async onResponse({ response }) {
            if (response.ok || response.status === 304) return undefined;
            const problem: unknown = await response.json().catch(() => ({}));
            throw new ProblemError(response.status, problem as Partial<Schemas["Problem"]>);
        },
    };
}

/** Reading twice is reading once, and so is writing twice under one key. Anything else is sent once. */
function patient(fetch: typeof globalThis.fetch): (request: Request) => Promise<Response> {
    return async (request) => {
        const isRepeatable = request.method === "GET" || request.headers.has("Idempotency-Key");
        for (let attempt = 1; ; attempt += 1) {
            const isLast = !isRepeatable || attempt === TRIES;
            const response = await fetch(isLast ? request : request.clone());
            if (isLast || (response.status !== 503 && response.status !== 429)) return response;
            await response.body?.cancel();
            const told = Number(response.headers.get("Retry-After") ?? Number.NaN) * 1000;
            const wait = Number.isFinite(told) ? Math.min(told, WAIT_MS_MAX) : 200 * attempt;
            await new Promise((resolve) => setTimeout(resolve, wait));
        }
    };
}
