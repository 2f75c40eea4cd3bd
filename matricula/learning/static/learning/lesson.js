// A video goes on where it was left, at the speed one likes; a text keeps its place; keys lead through the course.

const EVERY_SECONDS = 10;
const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ } };
const send = (address, values) => fetch(address, { method: "POST", body: new URLSearchParams(values), keepalive: true });
const video = document.querySelector("video[data-save]");

if (video) {
  const bar = document.querySelector("[data-player]");
  const [speed, captions, restart] = ["speed", "captions", "restart"].map((name) => bar.querySelector(`[data-${name}]`));
  let said = Number(video.dataset.position);
  bar.hidden = false;

  const resume = () => {
    if (!(said > 0 && said < video.duration - 3)) return;
    video.currentTime = said;
    restart.hidden = false;
  };
  if (video.readyState >= 1) resume();
  else video.addEventListener("loadedmetadata", resume, { once: true });
  restart.addEventListener("click", () => {
    video.currentTime = 0;
    restart.hidden = true;
  });

  const say = () => {
    const seconds = Math.floor(video.currentTime);
    if (seconds === said) return;
    said = seconds;
    send(video.dataset.save, { seconds, csrfmiddlewaretoken: video.dataset.token });
  };
  video.addEventListener("timeupdate", () => Math.abs(video.currentTime - said) >= EVERY_SECONDS && say());
  video.addEventListener("pause", say);
  document.addEventListener("visibilitychange", () => document.hidden && say());

  const run = (rate) => {
    video.playbackRate = Number(rate);
    remember("speed", rate);
  };
  if (remembered("speed")) speed.value = remembered("speed");
  if (!speed.value) speed.value = "1";
  run(speed.value);
  speed.addEventListener("change", () => run(speed.value));

  const show = (on) => {
    for (const [place, track] of [...video.textTracks].entries()) track.mode = on && place === 0 ? "showing" : "hidden";
    captions.setAttribute("aria-pressed", String(on));
    remember("captions", on ? "on" : "off");
  };
  if (captions) {
    if (remembered("captions") === "off") show(false);
    captions.addEventListener("click", () => show(captions.getAttribute("aria-pressed") !== "true"));
  }
}

// A text: how far its upper edge has gone by, in thousandths of its length.
const text = document.querySelector("[data-text]");
if (text && text.offsetHeight > 1.5 * innerHeight) {
  let said = Number(text.dataset.place);
  let timer = 0;
  const top = () => text.getBoundingClientRect().top + scrollY;
  if (said > 20 && said < 980 && !location.hash) scrollTo({ top: top() + (text.offsetHeight * said) / 1000, behavior: "instant" });
  const say = () => {
    const place = Math.min(1000, Math.max(0, Math.round((1000 * (scrollY - top())) / text.offsetHeight)));
    if (Math.abs(place - said) < 20) return;
    said = place;
    send(text.dataset.text, { place, csrfmiddlewaretoken: text.dataset.token });
  };
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(say, 1500);
  }, { passive: true });
  document.addEventListener("visibilitychange", () => document.hidden && say());
}

// Keys, which can be turned off (WCAG 2.1.4), and are not meant for whoever is typing.
const list = document.getElementById("keys");
const use = list.querySelector("[data-use-keys]");
use.checked = remembered("keys") !== "off";
use.addEventListener("change", () => remember("keys", use.checked ? "on" : "off"));

const faster = (step) => {
  const speed = document.querySelector("[data-speed]");
  speed.selectedIndex = Math.min(speed.options.length - 1, Math.max(0, speed.selectedIndex + step));
  speed.dispatchEvent(new Event("change"));
};
const go = (address) => address && location.assign(address);
const keys = {
  n: () => go(list.dataset.following),
  p: () => go(list.dataset.before),
  o: () => go(list.dataset.course),
  m: () => {
    document.getElementById("note").open = true;
    document.getElementById("note-text").focus();
  },
  "?": () => (list.open ? list.close() : list.showModal()),
};
if (video) {
  Object.assign(keys, {
    k: () => (video.paused ? video.play() : video.pause()),
    j: () => (video.currentTime -= 10),
    l: () => (video.currentTime += 10),
    c: () => document.querySelector("[data-captions]")?.click(),
    "<": () => faster(-1),
    ">": () => faster(1),
  });
}
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  if (!use.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = keys[event.key.toLowerCase()];
  if (!act || (list.open && event.key !== "?")) return;
  event.preventDefault();
  act();
});

// A quiz: answers are saved as they are chosen, so that nothing is lost when the page is left before HAND IN.
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
