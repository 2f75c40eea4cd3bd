// What both SAML providers on node share: a page that asks who somebody is, and who they are.
import express from "express";

export const application = () => express().use(express.urlencoded({ extended: false }));

export const listen = (server) =>
  new Promise((done) =>
    server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${server.address().port}`)),
  );

export const person = (who) => ({ email: `${who}@nordlicht.example`, name: who[0].toUpperCase() + who.slice(1) });

const escaped = (text) => String(text).replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);

export function form(fields, action = "", method = "get") {
  const hidden = Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join("");
  const asks = method === "get" ? '<label>Username <input name="who"></label>' : "";
  return `<!doctype html><title>Identity provider</title><form action="${escaped(action)}" method="${method}">${hidden}${asks}<button>Continue</button></form>`;
}
