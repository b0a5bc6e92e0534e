/** Where the gateway under test answers. */
export const url = process.env["GATEWAY_CLIENTS_URL"] ?? "http://127.0.0.1:8000/graphql";

/** The value, which has to be there. */
export function given<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("nothing is there");
  return value;
}
