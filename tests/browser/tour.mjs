// The stops of the tour in pictures, docs/tour/README.md: pages of the registry that tests/browser/seed.py fills.
import { DESKTOP, PHONE, SEEDED } from "./registry.mjs";
import { CERTIFIER, DEVELOPER, OFFICIALS } from "./work.mjs";

/** `name` is the file of the picture, `who` is signed in, `height` cuts a long page off. */
export function stops() {
  const { project, serial, issuance, retirement } = SEEDED;
  const official = OFFICIALS[0];
  return [
    { name: "home", path: "/en" },
    { name: "home-phone-arabic", path: "/ar", size: PHONE, language: "ar" },
    { name: "project", path: `/en/projects/${project}`, height: 1400 },
    { name: "units", path: `/fr/units/${serial}`, language: "fr", height: 1200 },
    { name: "retirement", path: `/en/retirements/${retirement}` },
    { name: "certificate", path: `/es/retirements/${retirement}/certificate`, language: "es" },
    { name: "entry", path: `/en/entries/${issuance}`, height: 1400 },
    { name: "transparency", path: "/en/transparency" },
    { name: "statistics", path: "/pt/statistics", language: "pt", height: 1400 },
    { name: "verify", path: "/en/verify" },
    { name: "inbox", path: "/en/work", who: official },
    { name: "case", path: "/en/work/cases/4", who: official, height: 1400 },
    { name: "organisation", path: "/fr/work/organisation", who: DEVELOPER, language: "fr", height: 1400 },
    { name: "apply-phone", path: "/en/work/apply/project", who: DEVELOPER, size: PHONE },
    { name: "certifier", path: "/en/work/cases", who: CERTIFIER },
    { name: "federation", path: "/en/work/federation", who: official },
    { name: "bridges", path: "/en/work/bridges", who: official },
  ].map((stop) => ({ size: DESKTOP, language: "en", height: 900, ...stop }));
}

/** What a page is made of, without what the registry of that day has in it: its headings, labels, buttons and heads of columns. */
export function skeleton(page) {
  return page.locator("main").evaluate((main) => {
    const parts = main.querySelectorAll("h1, h2, h3, label, legend, button, th[scope=col], dt");
    const texts = [...parts].map((it) => `${it.tagName.toLowerCase()} ${it.textContent.replaceAll(/\s+/g, " ").trim()}`);
    // Numbers, identifiers and dates are another day's.
    const still = texts.map((it) => it.replaceAll(/[\d\u0660-\u0669][\d\u0660-\u0669.,:\u00a0\u202f\u066c-]*/g, "#").replaceAll(/[0-9a-f#]{12,}…?/g, "#"));
    return [...new Set(still)];
  });
}
