import { readFileSync } from "node:fs";
import type { CodegenConfig } from "@graphql-codegen/cli";

const scalars = JSON.parse(readFileSync("../../clients/codegen-scalars.json", "utf-8"));

const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: "src/documents.ts",
  generates: {
    "./generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: { scalars, strictScalars: true, enumsAsTypes: true, useTypeImports: true },
    },
  },
};

export default config;
