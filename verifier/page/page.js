"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const texts = JSON.parse(by("countersign-texts").textContent);
  const languages = Object.keys(texts.name);
  const COLOURS = { valid: ["good", "✓"], moved: ["warn", "→"], freshness_unknown: ["warn", "✓"], not_witnessed: ["warn", "!"], unreadable: ["warn", "?"], altered: ["bad", "✗"], unknown_issuer: ["bad", "?"] };
  const PASTED_MAX = 1 << 20;
  const FILE_MAX = 1 << 24;
  let language = languages.find((it) => (navigator.language || "").toLowerCase().startsWith(it)) || "en";
  let held = null;
  let shown = () => {};

  // ---- words ----
  const text = (key) => (texts[key] && (texts[key][language] || texts[key].en)) || key;
  const say = (key, values) => text(key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
  // Digits of every language as people of that language write them; identifiers stay as they are.
  const number = (digits) => new Intl.NumberFormat(language).format(BigInt(digits));
  const moment = (seconds) => {
    const date = new Date(Number(seconds) * 1000);
    if (Number.isNaN(date.getTime())) return String(seconds);
    return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(date) + " UTC";
  };
  const country = (code) => {
    try { return new Intl.DisplayNames([language], { type: "region" }).of(code) + " (" + code + ")"; } catch { return code; }
  };

  // ---- the verifier ----
  let calls = null;
  async function load() {
    const packed = Uint8Array.from(atob(by("countersign-wasm").textContent), (it) => it.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const module = await WebAssembly.compile(await new Response(stream).arrayBuffer());
    return () => WebAssembly.instantiate(module).then((it) => it.exports);
  }
  async function ask(...parts) {
    calls = calls || await load();
    // An instance for each call: what one call leaves behind cannot reach the next.
    const wasm = await calls();
    const encoder = new TextEncoder();
    const frames = parts.map((it) => (typeof it === "string" ? encoder.encode(it) : it));
    const length = frames.reduce((sum, it) => sum + 4 + it.length, 0);
    const at = wasm.request(length);
    if (!at) return { error: text("too_large") };
    let place = at;
    const memory = new DataView(wasm.memory.buffer);
    for (const frame of frames) {
      memory.setUint32(place, frame.length, true);
      new Uint8Array(wasm.memory.buffer, place + 4, frame.length).set(frame);
      place += 4 + frame.length;
    }
    const size = wasm.run();
    return JSON.parse(new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, wasm.answer_at(), size)));
  }

  // ---- building what is shown: text only, never markup ----
  function put(parent, name, content, attributes) {
    const it = document.createElement(name);
    if (content !== undefined) it.textContent = content;
    for (const [key, value] of Object.entries(attributes || {})) it.setAttribute(key, value);
    parent.append(it);
    return it;
  }
  function card(colour, mark, title, paragraphs) {
    const box = put(by("result"), "section", undefined, { class: "card " + colour });
    const head = put(box, "h2");
    put(head, "span", mark + " ", { "aria-hidden": "true" });
    head.append(title);
    for (const it of paragraphs.filter(Boolean)) put(box, "p", it);
    return box;
  }
  function rows(title, pairs) {
    const kept = pairs.filter(([, values]) => values !== undefined && values.length > 0);
    if (!kept.length) return;
    put(by("result"), "h2", title);
    const list = put(by("result"), "dl");
    for (const [name, values, plain] of kept) {
      put(list, "dt", text(name));
      const cell = put(list, "dd");
      for (const value of [].concat(values)) {
        const line = put(cell, "p");
        if (!plain) put(line, "code", value, { dir: "ltr" });
        // Each part keeps its own direction: a name in Latin script beside a date in Arabic.
        else [].concat(value.parts || value).forEach((part, at) => { if (at) line.append(", "); put(line, "bdi", part); });
      }
    }
  }
  const one = (value, show) => (value === undefined ? undefined : show(value));

  function show(answer, isLetter) {
    by("result").replaceChildren();
    if (answer.error) return card("bad", "!", text("trust_wrong"), [answer.error]);
    const [colour, mark] = COLOURS[answer.verdict];
    const says = answer.says || {};
    let verdict = "text_" + answer.verdict;
    if (answer.answered) verdict += "_answered";
    const moved = answer.moved || {};
    const values = { entry: moved.index === undefined ? "" : number(moved.index), ledger: moved.origin || answer.origin, origin: answer.origin };
    const letter = isLetter && answer.says ? text(answer.says.sha256 ? "text_letter" : "text_certificate") : "";
    card(colour, mark, say("verdict_" + answer.verdict, values), [say(verdict, values), letter, answer.why && text("reason") + ": " + answer.why]);
    if (answer.says) {
      rows(text("says"), [
        ["kind", text(texts["kind_" + says.kind] ? "kind_" + says.kind : "kind_other") + " (" + says.kind + ")", true],
        ["written", moment(Number(says.time_ms) / 1000), true],
        ["tonnes", one(says.tonnes, (it) => number(it) + " t CO₂e"), true],
        ["serials", says.serials && says.serials.length ? says.serials : says.ranges],
        ["from", one(says.from, country), true],
        ["to", one(says.to, country), true],
        ["transfer", says.transfer],
        ["agreement", says.agreement],
        ["unit_type", says.unit_type],
        ["project", one(says.project, String)],
        ["vintage", one(says.year, String)],
        ["account", one(says.account, String)],
        ["to_account", one(says.to_account, String)],
        ["use", says.purpose && text(says.cancelled ? "use_cancelled" : "use_used") + ": " + text("purpose_" + says.purpose), true],
        ["jurisdiction", one(says.jurisdiction, country), true],
        ["ndc_year", one(says.ndc_year, String)],
        ["why", says.reason, true],
        ["code", one(says.code, String)],
        ["rests_on", says.proof && [say("entry_of", { entry: number(says.proof.index), ledger: says.proof.origin })], true],
        ["letter", says.letter && says.letter + " (" + says.language + ")"],
        ["sha256", says.sha256],
      ]);
    }
    if (answer.origin) {
      rows(text("stands"), [
        ["ledger", answer.origin],
        ["entry", number(answer.index), true],
        ["head", say("head_of", { size: number(answer.size) }), true],
        ["root", answer.root],
        ["leaf", answer.leaf],
        ["witnesses", answer.cosigned.length ? answer.cosigned.map((it) => ({ parts: [it.witness, moment(it.time_s)] })) : text("no_witness"), true],
      ]);
    }
  }

  // ---- what people do ----
  async function whole(file, most) {
    if (file.size > most) throw new RangeError();
    return new Uint8Array(await file.arrayBuffer());
  }
  async function take(file) {
    try {
      const bytes = await whole(file, FILE_MAX);
      const given = await ask("open", bytes);
      if (given.given === "policy") return setTrust(given.text);
      if (given.given === "answer") { by("later").value = given.text; return undefined; }
      held = { name: file.name, bytes };
      by("bundle").value = given.given === "bundle" ? given.text : "";
      by("held").hidden = false;
      by("held").textContent = say("held", { name: file.name });
      return check();
    } catch (error) { return fail(error); }
  }
  function fail(error) {
    by("result").replaceChildren();
    card("bad", "!", text(error instanceof RangeError ? "too_large" : "broken"), [error instanceof RangeError ? "" : String(error)]);
  }
  async function setTrust(policy) {
    by("trust").value = policy;
    await trusted();
  }
  async function trusted() {
    by("trusted").replaceChildren();
    const policy = by("trust").value.trim();
    if (!policy) return put(by("trusted"), "p", text("trust_none"));
    const answer = await ask("policy", policy + "\n");
    if (answer.error) return put(by("trusted"), "p", text("trust_wrong") + " " + answer.error);
    put(by("trusted"), "p", say("trust_names", { ledgers: answer.logs.join(", "), witnesses: answer.witnesses.join(", ") || "0" }));
    return undefined;
  }
  // Several proofs and answers may stand in one box: each begins on a line of its own.
  const split = (pasted) => pasted.split(/\n(?=c2sp\.org\/tlog-proof|\{)/).map((it) => it.trim()).filter(Boolean).map((it) => it + "\n");
  async function check() {
    try {
      const pasted = by("bundle").value;
      if (pasted.length > PASTED_MAX || by("later").value.length > PASTED_MAX) throw new RangeError();
      // A file is judged as it is; what a person types or pastes has lost its line ends already.
      const isText = pasted.trim() !== "";
      const bytes = isText ? new TextEncoder().encode(pasted) : held && held.bytes;
      if (!bytes) return message("nothing");
      const given = await ask("open", bytes);
      if (given.given === "address") return message("address", given);
      if (given.given === "answer" || given.given === "policy") return message("wrong_box");
      const policy = by("trust").value.trim();
      if (!policy) { by("whom").open = true; return message("trust_none"); }
      const isLetter = given.given === "letter";
      const proof = given.given === "bundle" ? given.text : bytes;
      const later = split(by("later").value).slice(0, 16);
      const answer = await ask("judge", policy + "\n", proof, ...later);
      shown = () => show(answer, isLetter);
      shown();
      return undefined;
    } catch (error) { return fail(error); }
  }
  function message(key, given) {
    shown = () => {
      by("result").replaceChildren();
      const box = card("warn", "!", text(key), [key === "address" ? text("address_text") : ""]);
      if (given) put(put(box, "p"), "code", given.address, { dir: "ltr" });
    };
    shown();
  }

  function speak() {
    document.documentElement.lang = language;
    document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
    document.title = text("title");
    for (const it of document.querySelectorAll("[data-text]")) it.textContent = text(it.dataset.text);
    by("held").textContent = held ? say("held", { name: held.name }) : "";
    by("language").value = language;
    shown();
    trusted().catch(fail);
  }

  for (const it of languages) put(by("language"), "option", texts.name[it], { value: it, lang: it });
  by("language").addEventListener("change", (event) => { language = event.target.value; speak(); });
  by("form").addEventListener("submit", (event) => { event.preventDefault(); check().then(() => by("result").focus()); });
  by("form").addEventListener("reset", () => {
    held = null;
    shown = () => {};
    by("held").hidden = true;
    by("result").replaceChildren();
    // The form takes back what it held first after this event.
    setTimeout(() => speak());
  });
  by("file").addEventListener("change", (event) => { if (event.target.files[0]) take(event.target.files[0]); });
  by("bundle").addEventListener("input", () => { held = null; by("held").hidden = true; });
  by("trust").addEventListener("change", () => trusted().catch(fail));
  document.addEventListener("dragover", (event) => { event.preventDefault(); by("drop").classList.add("over"); });
  document.addEventListener("dragleave", () => by("drop").classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    by("drop").classList.remove("over");
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
  by("trust").defaultValue = by("countersign-trust").textContent.trim();
  speak();
})();
