// A browser before a running registry. Where it is, and what is in it, comes from the environment:
//   REGISTRY    the address of the registry, without a slash at the end
//   SEEDED      what was put into it, as JSON: the number of a project, entries, a serial
//   CHROMIUM    the browser; /usr/bin/chromium by default
//   PICTURES    a folder for pictures of pages; none are made without it
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const REGISTRY = process.env.REGISTRY ?? "http://127.0.0.1:8080";
export const SEEDED = JSON.parse(process.env.SEEDED ?? "{}");
export const LANGUAGES = ["en", "fr", "es", "pt", "ar"];
export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 900 };

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Paths of public pages, without their language. */
export function paths() {
  const fixed = [
    "", "/search", "/search?q=stoves", "/projects", "/map", "/units", "/retirements", "/transfers", "/cooperation", "/organisations",
    "/accounting", "/statistics", "/data", "/verify", "/transparency", "/entries", "/guidance", "/guidance/serial", "/nothing-here",
  ];
  const seeded = [];
  if (SEEDED.project) seeded.push(`/projects/${SEEDED.project}`, "/organisations/2");
  if (SEEDED.serial) seeded.push(`/units/${SEEDED.serial}`, `/entries/${SEEDED.issuance}`);
  if (SEEDED.retirement) seeded.push(`/retirements/${SEEDED.retirement}`, `/retirements/${SEEDED.retirement}/certificate`);
  if (SEEDED.transfer) seeded.push(`/transfers/${SEEDED.transfer}`);
  return [...fixed, ...seeded];
}

/** Paths of workspaces, without their language; what is in a case depends on who looks. */
export function workPaths() {
  return [
    "/work", "/work/cases", "/work/cases?part=all&state=any", "/work/cases/4", "/work/apply", "/work/apply/project", "/work/apply/transfer",
    "/work/apply/retirement", "/work/organisation", "/work/bulk", "/work/proposals", "/work/account", "/work/account/second-factor",
  ];
}

/** A browser with an empty profile. Close it with `close()`. */
export async function browser() {
  const profile = await mkdtemp(join(tmpdir(), "registry-browser-"));
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const opened = await chromium.launch({ executablePath, args: [...FLAGS, `--crash-dumps-dir=${profile}`], timeout: 120_000 });
  return {
    /** A window. `requests` has what it loaded, `troubles` what went wrong in it. */
    async window(options = {}) {
      const { size = DESKTOP, javascript = true, language = "en", media, session } = options;
      const context = await opened.newContext({ viewport: size, javaScriptEnabled: javascript, locale: language, storageState: session });
      context.setDefaultTimeout(60_000);
      const page = await context.newPage();
      const requests = [];
      const troubles = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("pageerror", (error) => troubles.push(String(error)));
      page.on("console", (line) => {
        // A page that is not there says so in the console too; that is no fault of the page.
        if (line.type() === "error" && !/status of (404|400|403|405|422)/.test(line.text())) troubles.push(line.text());
      });
      if (media) await page.emulateMedia({ media });
      return {
        page, requests, troubles,
        go: (path) => page.goto(`${REGISTRY}${path}`, { waitUntil: "load" }),
        /** What another window needs to be the same person. */
        session: () => context.storageState(),
        close: () => context.close(),
      };
    },
    async close() {
      await opened.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
