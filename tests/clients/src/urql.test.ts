import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, cacheExchange, fetchExchange, gql } from "@urql/core";
import { OrdersPage, TwoCountries } from "./documents";
import { given, url } from "./server";

const client = (more: { preferGetMethod?: boolean } = {}) =>
  new Client({ url, exchanges: [cacheExchange, fetchExchange], preferGetMethod: false, ...more });

test("pages follow each other and neither repeat nor skip a row", async () => {
  const urql = client();
  const orderBy = [{ customer: { country: "DESC" as const } }];
  const ids: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < 3; page++) {
    const result: Awaited<ReturnType<typeof read>> = await read(after);
    ids.push(...result.edges.map((edge) => edge.node.id));
    after = given(result.pageInfo.endCursor);
  }
  const all = await urql.query(OrdersPage, { first: 15, orderBy }).toPromise();
  assert.deepEqual(ids, given(all.data?.orders).edges.map((edge) => edge.node.id));

  async function read(cursor: string | null) {
    const answer = await urql.query(OrdersPage, { first: 5, after: cursor, orderBy }).toPromise();
    assert.equal(answer.error, undefined);
    return given(answer.data?.orders);
  }
});

test("aliases of one list with different arguments", async () => {
  const { data, error } = await client().query(TwoCountries, { one: "FR", other: "DE" }).toPromise();
  assert.equal(error, undefined);
  assert.equal(data?.one?.nodes.length, 3);
  assert.equal(data?.other?.nodes.length, 3);
});

test("a query by GET", async () => {
  const urql = client({ preferGetMethod: true });
  const { data, error } = await urql.query(TwoCountries, { one: "FR", other: "DE" }).toPromise();
  assert.equal(error, undefined);
  assert.equal(data?.one?.nodes.length, 3);
});

test("errors arrive with their codes", async () => {
  const refused = await client().query(OrdersPage, { first: 100_000 }).toPromise();
  assert.equal(refused.error?.graphQLErrors[0]?.extensions["code"], "BAD_USER_INPUT");
  const invalid = await client().query(gql`query Wrong { orders { nodes { nothing } } }`, {}).toPromise();
  assert.equal(invalid.error?.graphQLErrors[0]?.extensions["code"], "GRAPHQL_VALIDATION_FAILED");
});
