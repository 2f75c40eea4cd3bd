// Saves answers as they are chosen, so that nothing is lost when the page is left before HAND IN.

const PAUSE = 700; // milliseconds after the last letter that was typed

for (const form of document.querySelectorAll("form[data-answers]")) {
  const changed = new Set();
  const state = form.querySelector(".save-state");
  let timer = 0;

  const say = (what) => {
    state.textContent = state.dataset[what];
  };

  const send = () => {
    const body = new URLSearchParams(new FormData(form));
    for (const name of changed) body.append("changed", name);
    return fetch(form.dataset.answers, { method: "POST", body, keepalive: true, redirect: "manual" });
  };

  // A log-in in another tab gives pages a new token: this one takes it over and goes on.
  const renewToken = async () => {
    const page = await fetch(form.dataset.answers.replace(/answers\/$/, ""), { redirect: "manual" });
    if (!page.ok) return;
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = fresh.querySelector("input[name=csrfmiddlewaretoken]");
    for (const one of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) one.value = token.value;
  };

  const save = async () => {
    clearTimeout(timer);
    if (!changed.size) return;
    const sent = [...changed];
    try {
      let answer = await send();
      if (answer.status === 403) {
        await renewToken();
        answer = await send();
      }
      if (answer.type === "opaqueredirect") return say("loggedOut");
      if (!answer.ok) return say("unsaved");
      for (const name of sent) changed.delete(name);
      say("saved");
    } catch {
      say("unsaved");
    }
  };

  form.addEventListener("input", ({ target }) => {
    if (!target.name || target.type === "hidden") return;
    changed.add(target.name);
    clearTimeout(timer);
    timer = setTimeout(save, target.type === "text" ? PAUSE : 0);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => document.hidden && save());
  window.addEventListener("pagehide", save);
}
