// The HTTP interface, read from `openapi.json`: routes with parameters, bodies, statuses and commands, and schemas.

import { byId, element, showError, table } from "./element.js";
import { exampleOf, showSchema, typeOf } from "./schema.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

async function load() {
  try {
    const response = await fetch("openapi.json", { cache: "no-store" });
    if (!response.ok) throw new Error(`openapi.json: expected status 200, found ${response.status}`);
    show(await response.json());
  } catch (error) {
    showError(byId("error"), error.message);
  }
}

function show(document_) {
  const { info, paths, components, security } = document_;
  byId("about").textContent = [`Version ${info.version}.`, info.description].filter(Boolean).join(" ");
  const routes = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, route: item[method] })),
  );
  const id = ({ path, method }) => `${method}${path.replace(/\W+/g, "-")}`;
  const schemas = components?.schemas ?? {};
  byId("contents").append(
    element(
      "ul",
      {},
      ...routes.map((one) => element("li", {}, element("a", { href: `#${id(one)}` }, ...heading(one)))),
    ),
  );
  byId("routes").append(...routes.map((one) => showRoute(one, id(one), schemas, security)));
  byId("schemas").append(
    ...Object.keys(schemas)
      .sort()
      .map((name) => showSchema(name, schemas[name])),
  );
  markScrolling();
  addEventListener("resize", markScrolling);
  // The browser looked for the place in the address before there was one.
  byId(location.hash.slice(1))?.scrollIntoView();
}

/** Whatever scrolls can be scrolled by keyboard. */
function markScrolling() {
  for (const node of document.querySelectorAll(".wide, pre")) {
    if (node.scrollWidth > node.clientWidth) node.tabIndex = 0;
    else node.removeAttribute("tabindex");
  }
}

const heading = ({ path, method }) => [
  element("span", { class: `method ${method}` }, method.toUpperCase()),
  " ",
  element("code", {}, path),
];

function showRoute(one, id, schemas, security) {
  const { route } = one;
  const parts = [route.summary, route.description].filter(Boolean).map((text) => element("p", {}, text));
  const content = route.requestBody?.content ?? {};
  return element(
    "section",
    { class: "route", id, tabindex: "-1", "aria-labelledby": `title-${id}` },
    element("h2", { id: `title-${id}` }, ...heading(one)),
    ...parts,
    ...parameters(route.parameters ?? [], id),
    ...bodies(content),
    element("h3", {}, "Answers"),
    answers(route.responses ?? {}, id),
    element("h3", {}, "With curl"),
    element("pre", {}, element("code", {}, command(one, content, schemas, security))),
  );
}

function parameters(list, id) {
  if (list.length === 0) return [];
  const rows = list.map(({ name, in: place, schema, required, description }) => [
    element("code", {}, name),
    place,
    element("span", {}, ...typeOf(schema)),
    required ? "always" : "optional",
    description ?? "",
  ]);
  return [
    element("h3", {}, "Parameters"),
    element(
      "div",
      { class: "wide" },
      table(`Parameters of ${id}`, ["Name", "In", "Type", "Given", "Meaning"], rows),
    ),
  ];
}

function bodies(content) {
  const lines = Object.entries(content).map(([media, { schema }]) =>
    element("li", {}, element("code", {}, media), ": ", ...typeOf(schema)),
  );
  return lines.length === 0 ? [] : [element("h3", {}, "Body"), element("ul", { class: "bodies" }, ...lines)];
}

function answers(responses, id) {
  const rows = Object.entries(responses).map(([status, { description, content }]) => [
    status,
    description ?? "",
    element(
      "span",
      {},
      ...Object.entries(content ?? {}).flatMap(([media, { schema }]) => shape(media, schema)),
    ),
  ]);
  return element("div", { class: "wide" }, table(`Answers of ${id}`, ["Status", "Meaning", "Body"], rows));
}

const shape = (media, schema) =>
  media.includes("json") && schema ? typeOf(schema) : [element("code", {}, media)];

/** A command that a shell runs as it is, if the server is on this address. */
function command({ path, method, route }, content, schemas, security) {
  const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}${location.origin}${path}`];
  const json = Object.entries(content).find(([media]) => media.includes("json"));
  if ((route.security ?? security ?? []).length > 0) lines.push('-H "authorization: Bearer $MISA_KEY"');
  if (json) {
    const [media, { schema, example }] = json;
    const body = JSON.stringify(example ?? exampleOf(schema, schemas));
    lines.push(`-H "content-type: ${media}"`, `-d '${body.replaceAll("'", "'\\''")}'`);
  }
  return lines.join(" \\\n  ");
}

load();
