import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { relayStylePagination } from "@apollo/client/utilities";
import { filter, firstValueFrom, map } from "rxjs";
import type { OrdersPageQuery } from "../generated/graphql";
import { AnyNode, OrdersPage, Revenue, TwoCountries } from "./documents";
import { given, url } from "./server";

const exported = (name: string) => JSON.parse(readFileSync(`../../clients/${name}`, "utf-8"));
const policies: Record<string, { fields: Record<string, { keyArgs: string[] }> }> = exported("apollo-type-policies.json");

const typePolicies = Object.fromEntries(
  Object.entries(policies).map(([type, { fields }]) => [
    type,
    { fields: Object.fromEntries(Object.entries(fields).map(([name, { keyArgs }]) => [name, relayStylePagination(keyArgs)])) },
  ]),
);

const client = () =>
  new ApolloClient({
    link: new HttpLink({ uri: url }),
    cache: new InMemoryCache({ possibleTypes: exported("possibleTypes.json"), typePolicies }),
  });

test("pages are merged into one list, and another filter is another list", async () => {
  const apollo = client();
  const variables = { first: 4, orderBy: [{ customer: { name: "ASC" as const } }, { placedAt: "DESC" as const }] };
  const watched = apollo.watchQuery({ query: OrdersPage, variables });
  const shown = watched.subscribe(() => undefined);
  const list = (rows: number) =>
    firstValueFrom(
      watched.pipe(
        map((result) => (result.data as OrdersPageQuery | undefined)?.orders),
        filter((orders) => orders?.edges.length === rows),
      ),
    );
  const first = given(await list(4));
  await watched.fetchMore({ variables: { after: given(first.pageInfo.endCursor) } });
  const both = given(await list(8));
  shown.unsubscribe();
  const ids = both.edges.map((edge) => edge.node.id);
  assert.equal(new Set(ids).size, 8);

  const eight = await apollo.query({ query: OrdersPage, variables: { ...variables, first: 8 }, fetchPolicy: "no-cache" });
  assert.deepEqual(ids, eight.data?.orders?.edges.map((edge) => edge.node.id));

  const where = { customer: { country: { eq: "FR" } } };
  const french = await apollo.query({ query: OrdersPage, variables: { ...variables, where } });
  assert.equal(french.data?.orders?.edges.length, 4);
  for (const { node } of french.data?.orders?.edges ?? []) assert.equal(node.customer?.country, "FR");
});

test("aliases of one list with different arguments stay apart in the cache", async () => {
  const { data } = await client().query({ query: TwoCountries, variables: { one: "FR", other: "DE" } });
  assert.equal(data?.one?.nodes.length, 3);
  assert.equal(data?.other?.nodes.length, 3);
  const several = given(data?.one?.nodes.find((each) => each.latest?.nodes[0]?.id !== each.oldest?.nodes[0]?.id));
  assert.ok(several.latest?.nodes[0]?.number);
});

test("a node read by its id is the one in the cache", async () => {
  const apollo = client();
  const { data } = await apollo.query({ query: TwoCountries, variables: { one: "FR", other: "DE" } });
  const customer = given(data?.one?.nodes[0]);
  const found = await apollo.query({ query: AnyNode, variables: { id: customer.id } });
  assert.equal(found.data?.node?.__typename, "Customer");
  assert.equal(found.data?.node?.__typename === "Customer" && found.data.node.name, customer.name);
  const cached = apollo.cache.extract() as Record<string, unknown>;
  assert.ok(cached[`Customer:${customer.id}`]);
});

test("groups by a field of another database are typed", async () => {
  const by = [{ customer: { field: "country" as const } }, { date: { field: "placedAt" as const, unit: "YEAR" as const } }];
  const { data } = await client().query({ query: Revenue, variables: { by } });
  const groups = given(data?.orders?.groups);
  assert.equal(groups.length, 5);
  for (const group of groups) assert.match(given(group.aggregate.sum.total), /^\d+\.\d\d$/);
});

test("errors arrive with their codes", async () => {
  await assert.rejects(client().query({ query: OrdersPage, variables: { first: 100_000 } }), coded("BAD_USER_INPUT"));
  const invalid = gql`query Wrong { orders { nodes { nothing } } }`;
  await assert.rejects(client().query({ query: invalid }), coded("GRAPHQL_VALIDATION_FAILED"));
});

const coded = (code: string) => (error: unknown) =>
  CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.["code"] === code;
