// Passkeys (W3C Web Authentication Level 3) on the pages of a registry. A form with data-passkey asks its node for a
// challenge, hands it to the browser, and sends what the authenticator said as any other form: the answer is a page.
(() => {
  "use strict";
  const forms = document.querySelectorAll("form[data-passkey]");
  const isHere = (form) => Boolean(globalThis.PublicKeyCredential) && location.origin === form.dataset.origin;

  // Browsers of before 2025 lack parse...OptionsFromJSON and toJSON: base64url is written and read here.
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (it) => it.charCodeAt(0));
  const text = (buffer) => {
    const all = Array.from(new Uint8Array(buffer), (it) => String.fromCharCode(it)).join("");
    return btoa(all).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const named = (list) => (list ?? []).map((it) => ({ ...it, id: bytes(it.id) }));

  const make = async (options) => {
    const user = { ...options.user, id: bytes(options.user.id) };
    const excludeCredentials = named(options.excludeCredentials);
    const publicKey = { ...options, user, excludeCredentials, challenge: bytes(options.challenge) };
    const made = await navigator.credentials.create({ publicKey });
    const { attestationObject, clientDataJSON } = made.response;
    const transports = made.response.getTransports?.() ?? [];
    return written(made, { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON), transports });
  };
  const show = async (options) => {
    const allowCredentials = named(options.allowCredentials);
    const shown = await navigator.credentials.get({
      publicKey: { ...options, allowCredentials, challenge: bytes(options.challenge) },
    });
    const { authenticatorData, clientDataJSON, signature, userHandle } = shown.response;
    return written(shown, {
      authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature),
      userHandle: userHandle && userHandle.byteLength ? text(userHandle) : null,
    });
  };
  const written = (credential, response) => JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });

  /** The challenge, or the words in which the node refuses one. */
  const begin = async (form) => {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.begin, { method: "POST", body, headers: { Accept: "application/json" } });
    const isReadable = (answer.headers.get("content-type") ?? "").startsWith("application/json");
    const said = isReadable ? await answer.json() : {};
    if (!answer.ok) throw new Error(said.refused ?? form.dataset.failed);
    return said;
  };

  const take = async (form) => {
    const say = form.querySelector("[data-said]");
    const button = form.querySelector("button");
    button.disabled = true;
    say.textContent = form.dataset.waiting;
    try {
      const { ceremony, options } = await begin(form);
      const credential = await (form.dataset.passkey === "make" ? make : show)(options.publicKey);
      form.elements.ceremony.value = ceremony;
      form.elements.credential.value = credential;
      form.submit();
    } catch (error) {
      // A browser says by a DOMException that somebody went back, took too long, or has this passkey already.
      const isKnown = error instanceof DOMException && error.name === "InvalidStateError";
      const isRefusal = error instanceof Error && !(error instanceof DOMException) && !(error instanceof TypeError);
      say.textContent = isKnown && form.dataset.known ? form.dataset.known : isRefusal ? error.message : form.dataset.failed;
      button.disabled = false;
    }
  };

  for (const form of forms) {
    if (!isHere(form)) continue;
    form.hidden = false;
    for (const note of document.querySelectorAll("[data-passkey-needs]")) note.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      take(form);
    });
  }
  // Back by the browser: the answer of before is good no more.
  addEventListener("pageshow", () => {
    for (const form of forms) {
      form.elements.ceremony.value = "";
      form.elements.credential.value = "";
      form.querySelector("button").disabled = false;
      form.querySelector("[data-said]").textContent = "";
    }
  });
})();
