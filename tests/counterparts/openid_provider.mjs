// npm oidc-provider: anybody registers an application, and whoever logs in is who they say they are.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const named = (id) => id[0].toUpperCase() + id.slice(1);
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@nordlicht.example`, email_verified: true, name: named(id) }),
    }),
    features: { registration: { enabled: true }, devInteractions: { enabled: true } },
    pkce: { required: () => true },
    cookies: { keys: ["of a test"] },
    ttl: { Interaction: 600, Session: 600, Grant: 600 },
  });
  server.on("request", provider.callback());
  console.log(`ready ${issuer}`);
});
