// npm samlp: whoever comes with a request is asked who they are, and posted back to the application it names.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import samlp from "samlp";
import { application, form, listen, person } from "./saml_pages.mjs";

const key = readFileSync("key.pem"), cert = readFileSync("certificate.pem");
const app = application();
const server = createServer(app);
const address = await listen(server);
const issuer = `${address}/metadata`;
const endpoints = { redirectEndpointPath: "/sign-in", postEndpointPath: "/sign-in", logoutEndpointPaths: {} };
app.get("/metadata", samlp.metadata({ issuer, cert, ...endpoints }));
app.get("/sign-in", (request, response, next) => {
  const { who, acs, audience } = request.query;
  if (!who) return response.send(form(request.query));
  request.user = {
    id: who,
    displayName: person(who).name,
    name: { familyName: "", givenName: person(who).name },
    emails: [{ value: person(who).email }],
  };
  samlp.parseRequest(request, (error, asked) => {
    const destination = asked?.assertionConsumerServiceURL ?? acs;
    samlp.auth({
      issuer,
      cert,
      key,
      audience: asked?.issuer ?? audience,
      recipient: destination,
      destination,
      getPostURL: (_audience, _request, _response, done) => done(error, destination),
    })(request, response, next);
  });
});
console.log(`ready ${address}`);
