// A browser before a running registry. Where it is, and what is in it, comes from the environment:
//   REGISTRY    the address of the registry, without a slash at the end
//   SEEDED      what was put into it, as JSON: the number of a project, entries, a serial
//   COUNTRIES   two registries of a federation, as tests/browser/seed_countries.py prints them
//   PROGRAM     the countersign command
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

// A test of the node (node/src/web/mod.rs) holds these lists against its router: a page that is in none of them fails it.

/** Paths of public pages, without their language. */
export function paths() {
  const fixed = [
    "", "/search", "/search?q=stoves", "/projects", "/map", "/units", "/retirements", "/transfers", "/cooperation", "/notices", "/letters",
    "/organisations", "/accounting", "/statistics", "/data", "/verify", "/transparency", "/federation", "/entries", "/guidance",
    "/guidance/serial", "/sign-in", "/register", "/join?token=none", "/password-reset", "/password-reset/complete?token=none", "/nothing-here",
  ];
  const seeded = [];
  if (SEEDED.project) seeded.push(`/projects/${SEEDED.project}`, `/projects/${SEEDED.project}/units`, "/organisations/2", "/cooperation/CA0001", "/authorisations/GH/GH-2026-001");
  if (SEEDED.serial) seeded.push(`/units/${SEEDED.serial}`, `/units/${SEEDED.serial}/history`, `/entries/${SEEDED.issuance}`);
  if (SEEDED.retirement) seeded.push(`/retirements/${SEEDED.retirement}`, `/retirements/${SEEDED.retirement}/certificate`);
  if (SEEDED.letter) seeded.push(`/letters/${SEEDED.letter}`);
  if (SEEDED.report) seeded.push(`/accounting/reports/${SEEDED.report}`);
  return [...fixed, ...seeded];
}

/** Paths of workspaces, without their language; what is in a case depends on who looks. */
export function workPaths() {
  return [
    "/work", "/work/cases", "/work/cases?part=all&state=any", "/work/cases/4", "/work/apply", "/work/apply/project", "/work/apply/transfer",
    "/work/apply/retirement", "/work/organisation", "/work/bulk", "/work/proposals", "/work/account", "/work/account/second-factor",
    "/work/users", `/work/users/${SEEDED.user}`,
    "/work/holds", "/work/trusted", "/work/trusted/2", "/work/webhooks", "/work/webhooks/1",
    `/work/projects/${SEEDED.project}/monitoring`, `/work/sources/${SEEDED.source}`, `/work/batches/${SEEDED.batch}`,
    "/work/blueprints", "/work/blueprints/solar/1.0",
  ];
}

/** Paths of the desks of officials, without their language. */
export function deskPaths() {
  const { year = 2026, report } = SEEDED;
  const records = ["approach", "initial-report", "entity", "authorisation", "revocation", "units", "use-notice", "ndc", "levels"];
  return [
    "/work/federation", "/work/bridges", "/work/authorisations", "/work/authorisations/GH/GH-2026-001",
    ...records.map((it) => `/work/authorisations/record/${it}`), `/work/proposals/${SEEDED.proposal}`,
    "/work/report", `/work/report/${year}`, `/work/report/${year}/tables/2`, `/work/report/${year}/summary`, `/work/report/${year}/changes`,
    "/work/report/initial", "/work/report/notifications", `/work/report/kept/${report}`, `/work/report/kept/${report}/tables/2`,
    "/work/process", "/work/process/flows/project", "/work/process/flows/project/labels", "/work/process/simulate?flow=project&steps=submit", "/work/process/roles", "/work/process/edit",
  ];
}

/** Pages that tests come to on their way, and have read there: steps of a case, and what takes two countries. */
export const ON_THE_WAY = [
  "/work/cases/{number}/steps/{step}", "/work/cases/{number}/steps/{step}/{part}",
  "/transfers/{id}", "/federation/{party}", "/federation/{party}/{index}", "/notices/{leaf}",
];

/** A browser with an empty profile. Close it with `close()`. */
export async function browser() {
  const profile = await mkdtemp(join(tmpdir(), "registry-browser-"));
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const opened = await chromium.launch({ executablePath, args: [...FLAGS, `--crash-dumps-dir=${profile}`], timeout: 120_000 });
  return {
    /** A window. `requests` has what it loaded, `troubles` what went wrong in it. */
    async window(options = {}) {
      const { size = DESKTOP, javascript = true, language = "en", media, session, registry = REGISTRY } = options;
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
        go: (path) => page.goto(`${registry}${path}`, { waitUntil: "load" }),
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
