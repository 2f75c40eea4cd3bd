// npm samlify: a third writer of SAML. It leaves AuthnStatement out unless the address says `statement`.
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import saml from "samlify";
import { application, form, listen, person } from "./saml_pages.mjs";

saml.setSchemaValidator({ validate: async () => "not looked at" });
const POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
const REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
const CLASS = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
const app = application();
const address = await listen(createServer(app));
const template = saml.SamlLib.defaultLoginResponseTemplate.context;
const provider = saml.IdentityProvider({
  entityID: `${address}/metadata`,
  privateKey: readFileSync("key.pem"),
  signingCert: readFileSync("certificate.pem"),
  singleSignOnService: [{ Binding: REDIRECT, Location: `${address}/sign-in` }],
  nameIDFormat: [EMAIL],
  loginResponseTemplate: {
    context: template,
    attributes: [{ name: "email", valueTag: "user.email", nameFormat: BASIC, valueXsiType: "xs:string" }],
  },
});
const later = (minutes) => new Date(Date.now() + 60_000 * minutes).toISOString();
let statement = true;
app.get("/_statement/:wanted", (request, response) => {
  statement = request.params.wanted === "yes";
  response.end();
});
app.get("/metadata", (_request, response) => response.type("xml").send(provider.getMetadata()));
app.get("/sign-in", async (request, response) => {
  const { who, RelayState } = request.query;
  if (!who) return response.send(form(request.query));
  const asked = await provider.parseLoginRequest(saml.ServiceProvider({ entityID: "any" }), "redirect", request);
  const acs = asked.extract.request.assertionConsumerServiceUrl, audience = asked.extract.issuer;
  const ours = saml.ServiceProvider({
    entityID: audience,
    wantAssertionsSigned: true,
    assertionConsumerService: [{ Binding: POST, Location: acs }],
  });
  const told = statement
    ? `<saml:AuthnStatement AuthnInstant="${later(0)}"><saml:AuthnContext><saml:AuthnContextClassRef>${CLASS}` +
      "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
    : "";
  const values = {
    ID: `_${randomUUID()}`,
    AssertionID: `_${randomUUID()}`,
    Destination: acs,
    Audience: audience,
    SubjectRecipient: acs,
    NameIDFormat: EMAIL,
    NameID: who,
    Issuer: provider.entityMeta.getEntityID(),
    IssueInstant: later(0),
    ConditionsNotBefore: later(0),
    ConditionsNotOnOrAfter: later(5),
    SubjectConfirmationDataNotOnOrAfter: later(5),
    InResponseTo: asked.extract.request.id,
    StatusCode: "urn:oasis:names:tc:SAML:2.0:status:Success",
    attrUserEmail: person(who).email,
  };
  const fill = (given) => ({
    id: values.ID,
    context: saml.SamlLib.replaceTagsByValue(given.replace("{AuthnStatement}", told), values),
  });
  const made = await provider.createLoginResponse(ours, asked, "post", {}, fill);
  const fields = { SAMLResponse: made.context, RelayState: RelayState ?? "" };
  response.send(form(fields, acs, "post"));
});
console.log(`ready ${address}`);
