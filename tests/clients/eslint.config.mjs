// Run from the repository's root: ESLint ignores files outside of its working directory.
import graphql from "@graphql-eslint/eslint-plugin";

const recommended = graphql.configs["flat/schema-recommended"].rules;
const relay = graphql.configs["flat/schema-relay"].rules;
const [, naming] = recommended["@graphql-eslint/naming-convention"];
const { EnumValueDefinition: enumValue, ...otherNames } = naming;

/** Types that are no nodes: nobody can fetch one of them again, so they have no `id`. */
const VALUES = [
  "Connection", "Edge", "PageInfo", "Payload", "Error", "Violation",
  "Aggregate", "AggregateGroup", "Avg", "CountDistinct", "Max", "Min", "Sum",
  "DateKey", "FieldKey", "GroupKey",
];
/** Errors in the payloads of mutations, which are values too. */
const ERRORS = ["Conflict", "Forbidden", "NotFound", "RolledBack"];

export default [
  {
    files: ["schema.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: "schema.graphql" } },
    },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...recommended,
      ...relay,
      "@graphql-eslint/strict-id-in-types": ["error", { exceptions: { suffixes: VALUES, types: ERRORS } }],
      // The values of these enums are names of fields, spelled as the fields are.
      "@graphql-eslint/naming-convention": [
        "error",
        { ...otherNames, "EnumValueDefinition[parent.name.value!=/FieldName$/]": enumValue },
      ],
      // `nodes` beside `edges`, as GitHub's schema has it.
      "@graphql-eslint/relay-edge-types": [
        "error",
        { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
      ],
    },
  },
];
