module.exports = {
  src: "./relay",
  schema: "../../schema.graphql",
  language: "typescript",
  eagerEsModules: true,
  noSourceControl: true,
  customScalarTypes: require("../../clients/codegen-scalars.json"),
};
