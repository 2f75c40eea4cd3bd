// npm oauth2-mock-server, bent at each test's wish: POST /_bend
// {"set": {claim: value}, "drop": [claim], "header": {…}, "algorithm": …, "signature": true, "rotate": true,
//  "token": {status, body}, "userinfo": {…}, "keys": {status}}; GET /_asked says what was fetched since.
import { createServer } from "node:http";
import { OAuth2Issuer, OAuth2Service } from "oauth2-mock-server";

let bent = {}, asked = {}, address, issuer, service;

// A new issuer has new keys.
async function begin() {
  issuer = new OAuth2Issuer();
  issuer.url = address;
  await issuer.keys.generate("RS256");
  service = new OAuth2Service(issuer);
  service.on("beforeTokenSigning", bendToken);
  service.on("beforeResponse", bendAnswer);
  service.on("beforeUserinfo", (answer) => Object.assign(answer.body, bent.userinfo));
}

function bendToken(token, request) {
  const client = Buffer.from((request.headers.authorization ?? " Og==").split(" ")[1], "base64").toString();
  const known = { sub: "ada", aud: client.split(":")[0], email: "ada@nordlicht.example", name: "Ada" };
  Object.assign(token.payload, known, bent.set);
  Object.assign(token.header, bent.header);
  for (const name of bent.drop ?? []) delete token.payload[name];
}

function bendAnswer(answer) {
  if (bent.algorithm) answer.body.id_token = unsigned(answer.body.id_token, bent.algorithm);
  if (bent.signature) answer.body.id_token = answer.body.id_token.slice(0, -8) + "AAAAAAAA";
  if (bent.token) Object.assign(answer, { statusCode: bent.token.status, body: bent.token.body });
}

function unsigned(token, alg) {
  const [head, body] = token.split(".");
  const header = { ...JSON.parse(Buffer.from(head, "base64url")), alg };
  return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${body}.${alg === "none" ? "" : "AAAA"}`;
}

async function read(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return JSON.parse(text);
}

const server = createServer(async (request, response) => {
  const path = request.url.split("?")[0];
  if (path === "/_bend") {
    [bent, asked] = [await read(request), {}];
    if (bent.rotate) await begin();
    return response.end();
  }
  if (path === "/_asked") return response.end(JSON.stringify(asked));
  asked[path] = (asked[path] ?? 0) + 1;
  if (path === "/jwks" && bent.keys) return response.writeHead(bent.keys.status).end();
  if (path !== "/.well-known/openid-configuration") return service.requestHandler(request, response);
  // Its own names no way to prove who a client is.
  const document = {
    issuer: address,
    authorization_endpoint: `${address}/authorize`,
    token_endpoint: `${address}/token`,
    jwks_uri: `${address}/jwks`,
    userinfo_endpoint: `${address}/userinfo`,
    response_types_supported: ["code"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
  response.setHeader("Content-Type", "application/json").end(JSON.stringify(document));
});
server.listen(0, "127.0.0.1", async () => {
  address = `http://127.0.0.1:${server.address().port}`;
  await begin();
  console.log(`ready ${address}`);
});
