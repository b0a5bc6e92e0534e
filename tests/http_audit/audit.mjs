// node audit.mjs URL: prints [{name, status, reason}], one entry for each audit of GraphQL over HTTP.
import { serverAudits } from "graphql-http";

const url = process.argv[2];
if (!url) {
  console.error("usage: node audit.mjs URL");
  process.exit(2);
}

const results = await Promise.all(
  serverAudits({ url, fetchFn: fetch }).map(async (audit) => {
    try {
      const { status, reason } = await audit.fn();
      return { name: `${audit.id} ${audit.name}`, status, reason: reason ?? null };
    } catch (error) {
      const cause = error.cause ? ` (${error.cause})` : "";
      return { name: `${audit.id} ${audit.name}`, status: "error", reason: `${error}${cause}` };
    }
  }),
);
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
