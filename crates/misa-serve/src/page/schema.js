// Schemas of OpenAPI, as text, as tables and as examples.

import { element, table } from "./element.js";

const PREFIX = "#/components/schemas/";
const DEEPEST = 8;

/** The name that a reference leads to, or `null`. */
const named = (schema) => (schema?.$ref?.startsWith(PREFIX) ? schema.$ref.slice(PREFIX.length) : null);

/** What a schema allows, in words with links to the schemas it names. */
export function typeOf(schema) {
  if (!schema || Object.keys(schema).length === 0) return ["any value"];
  const name = named(schema);
  if (name) return [element("a", { href: `#schema-${name}` }, name)];
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices) return join(choices.map(typeOf), schema.allOf ? " and " : " or ");
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(" or ")];
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  const types = [schema.type ?? "any value"].flat();
  return join(
    types.map((type) => oneType(type, schema)),
    " or ",
  );
}

function oneType(type, schema) {
  if (type === "array") return ["list of ", ...typeOf(schema.items ?? { oneOf: schema.prefixItems ?? [] })];
  if (type === "object" && typeof schema.additionalProperties === "object")
    return ["object of ", ...typeOf(schema.additionalProperties)];
  if (type === "null") return ["null"];
  return [schema.format ? `${type} (${schema.format})` : type];
}

const join = (parts, separator) =>
  parts.flatMap((part, index) => (index === 0 ? part : [separator, ...part]));

/** A schema with its properties. */
export function showSchema(name, schema) {
  const isRequired = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([key, property]) => [
    element("code", {}, key),
    element("span", {}, ...typeOf(property)),
    isRequired.has(key) ? "always" : "optional",
    property.description ?? "",
  ]);
  const body =
    rows.length > 0
      ? table(`Properties of ${name}`, ["Name", "Type", "Given", "Meaning"], rows, { class: "properties" })
      : element("p", {}, ...typeOf(schema));
  return element(
    "section",
    { class: "schema", id: `schema-${name}`, tabindex: "-1", "aria-labelledby": `title-${name}` },
    element("h3", { id: `title-${name}` }, name),
    schema.description ? element("p", { class: "help" }, schema.description) : null,
    element("div", { class: "wide" }, body),
  );
}

/** An example of a schema: its own, or one made of those of its properties. */
export function exampleOf(schema, schemas, depth = 0) {
  if (!schema || depth > DEEPEST) return null;
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length > 0) return schema.examples[0];
  const inner = (part) => exampleOf(part, schemas, depth + 1);
  const name = named(schema);
  if (name) return inner(schemas[name]);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(inner));
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return inner(choices.find(({ type }) => type !== "null"));
  if (schema.enum) return schema.enum[0];
  const type = [schema.type].flat().find((one) => one !== "null");
  if (type === "array") return [inner(schema.items)];
  if (type === "object" || schema.properties) {
    const entries = Object.entries(schema.properties ?? {}).map(([key, part]) => [key, inner(part)]);
    return Object.fromEntries(entries.filter(([, value]) => value !== null));
  }
  return { string: "text", integer: 1, number: 0.5, boolean: true }[type] ?? null;
}
