// Passkeys: asks the server what to ask, asks the device, hands its answer back.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function understood(options) {
  const asked = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  const known = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
  asked.excludeCredentials = known(asked.excludeCredentials);
  asked.allowCredentials = known(asked.allowCredentials);
  return { publicKey: asked };
}

function written(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = text(credential.response[name]);
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function post(address, form, body) {
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "Content-Type": "application/json" };
  const answer = await fetch(address, { method: "POST", headers, body });
  return { ok: answer.ok, said: await answer.json() };
}

async function perform(form) {
  const { said: options } = await post(form.dataset.ask, form);
  const credential = await navigator.credentials[form.dataset.passkey](understood(options));
  const chosen = new URLSearchParams();
  for (const name of ["next", "name"]) if (form.elements[name]) chosen.set(name, form.elements[name].value);
  return post(`${form.getAttribute("action")}?${chosen}`, form, JSON.stringify(written(credential)));
}

// WebAuthn Level 2, sections 5.1.3 and 5.1.4: browsers tell no more than these names, in words for programmers.
const ENDINGS = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const place = form.querySelector("[data-error]");
    place.textContent = "";
    try {
      const { ok, said } = await perform(form);
      if (ok) location.assign(said.then);
      else place.textContent = said.error;
    } catch (refusal) {
      place.textContent = place.dataset[ENDINGS[refusal.name]] ?? place.dataset.broken;
    }
  });
}
