// Passkeys: a form with data-passkey asks the device for one and sends what it answers. Without scripts, or where the
// browser knows none, the form stays hidden.
(() => {
  "use strict";
  if (!globalThis.PublicKeyCredential) return;

  // What travels as text is bytes to the browser.
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

  function create({ publicKey }) {
    // One that signs in by itself: kept on the device, and opened by finger, face or PIN.
    const selection = { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true };
    selection.userVerification = "required";
    const user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    const excludeCredentials = named(publicKey.excludeCredentials);
    const challenge = bytes(publicKey.challenge);
    const asked = { ...publicKey, challenge, user, excludeCredentials, authenticatorSelection: selection };
    return navigator.credentials.create({ publicKey: asked });
  }

  function get({ publicKey }) {
    const allowCredentials = named(publicKey.allowCredentials);
    return navigator.credentials.get({ publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials } });
  }

  function told(found) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (found.response[name]) response[name] = text(found.response[name]);
    const extensions = found.getClientExtensionResults();
    return { id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults: extensions };
  }

  async function options(form) {
    if (!("fetched" in form.dataset)) return JSON.parse(document.getElementById("passkey-options").textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  async function ask(form) {
    const kind = form.dataset.passkey;
    const asked = (await options(form))[kind];
    const found = await (kind === "creation_options" ? create(asked) : get(asked));
    form.elements.namedItem("credential").value = JSON.stringify(told(found));
    form.submit();
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      failed.hidden = true;
      // Also where somebody closes the browser's own window.
      ask(form).catch(() => (failed.hidden = false));
    });
  }
  for (const instead of document.querySelectorAll("[data-no-passkey]")) instead.hidden = true;
})();
