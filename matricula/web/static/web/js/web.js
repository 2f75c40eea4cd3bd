// Comforts on top of pages that work without any of this. Everything is found by a data- attribute.

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

const dark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

function say(words) {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = document.createElement("div");
    place.className = "toasts";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = words;
  place.append(toast);
  setTimeout(() => toast.remove(), 4000);
}

// Light or dark: the server reads the cookie, so the next page comes in the right colours at once.
on("click", "[data-theme-toggle]", () => {
  const theme = dark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
});

// <button data-copy="id of a field or list" data-done="Copied">
on("click", "[data-copy]", async (button) => {
  const field = document.getElementById(button.dataset.copy);
  if (field.select) field.select();
  else getSelection().selectAllChildren(field);
  const lines = [...field.querySelectorAll("li")].map((one) => one.textContent.trim());
  try {
    await navigator.clipboard.writeText(field.value ?? lines.join("\n"));
  } catch {
    document.execCommand("copy");
  }
  say(button.dataset.done);
});

on("click", "[data-print]", () => print());

// <button data-reveal="id of a password field">
on("click", "[data-reveal]", (button) => {
  const field = document.getElementById(button.dataset.reveal);
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  button.textContent = shown ? button.dataset.on : button.dataset.off;
});

// <button data-opens="id of a dialog">, and <button data-closes> inside it
on("click", "[data-opens]", (button, event) => {
  event.preventDefault();
  document.getElementById(button.dataset.opens).showModal();
});
on("click", "dialog [data-closes]", (button, event) => {
  event.preventDefault();
  button.closest("dialog").close();
});
on("click", "dialog", (dialog, event) => {
  if (event.target === dialog) dialog.close();
});

// <details data-menu>: closes at a click beside it and at Escape, which gives the focus back
on("click", "*", (_target, event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});
on("keydown", "details[data-menu][open]", (menu, event) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// <form data-autosubmit>: a changed choice sends the form
on("change", "form[data-autosubmit]", (form, event) => {
  if (event.target.matches("select, [type=radio], [type=checkbox]")) form.requestSubmit();
});

// <input type="checkbox" data-tick-all="id of a form">: ticks every row of the list on this page
on("change", "[data-tick-all]", (box) => {
  for (const one of document.querySelectorAll(`[name=one][form="${box.dataset.tickAll}"]`)) one.checked = box.checked;
});

// One field for the code: whatever was pasted, its digits stay
on("input", "input.code", (field) => {
  const digits = field.value.normalize("NFKC").replace(/\D/g, "").slice(0, 6);
  if (digits !== field.value) field.value = digits;
});

// <input type="color" data-colour-of="id of a field">: the field and the picker say the same colour
on("input", "[data-colour-of]", (picker) => {
  const field = document.getElementById(picker.dataset.colourOf);
  field.value = picker.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
on("input", "[data-picker]", (field) => {
  if (/^#[0-9a-f]{6}$/i.test(field.value)) document.getElementById(field.dataset.picker).value = field.value;
});

// One click, one answer: a form that is on its way is not sent again
on("submit", "form", (form, event) => {
  if (form.dataset.sent && form.method === "post") event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 3000);
});

// <section data-poll="2000">: asks for the same page again and takes its part of the same id, or goes where the page has gone
function poll(part) {
  setTimeout(async () => {
    try {
      const answer = await fetch(part.dataset.from || location.href, { headers: { Accept: "text/html" } });
      if (answer.redirected) return location.assign(answer.url);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (fresh) {
        part.replaceWith(document.adoptNode(fresh));
        prepare(fresh);
      }
      if (fresh?.dataset.poll) poll(fresh);
    } catch {
      poll(part);
    }
  }, Number(part.dataset.poll));
}

// What only works with this script is hidden until it runs; what it replaces is hidden then.
function prepare(root) {
  for (const button of root.querySelectorAll("[data-theme-toggle], [data-reveal], [data-copy], [data-print], [data-opens], [data-colour-of], [data-tick-all]")) button.hidden = false;
  for (const button of root.querySelectorAll("[data-without-js]")) button.hidden = true;
}

prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.target));
for (const part of document.querySelectorAll("[data-poll]")) poll(part);
document.querySelector("[aria-invalid=true], [autofocus]")?.focus();
