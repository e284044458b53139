// Elements of the page. Text is always set as text, so nothing that a file or a server says becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** The element with this id, which the page has. */
export const byId = (id) => document.getElementById(id);

/** A new element. Attributes that are `false`, `null` or `undefined` are left out. */
export const element = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children);

/** A new element of a drawing. */
export const drawn = (name, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, name), attributes, children);

/** A drawing that a table or a text beside it replaces for screen readers. */
export const drawing = (attributes, ...children) =>
  drawn("svg", { "aria-hidden": "true", focusable: "false", ...attributes }, ...children);

/** Shows a message in an element with `role="alert"`, or hides the element if there is none. */
export function showError(node, message) {
  node.textContent = message ?? "";
  node.hidden = !message;
}

/** The heading of a column of drawings: what is at its left and at its right end. */
export const ends = (left, right) =>
  element("span", { class: "ends" }, element("span", {}, left), element("span", {}, right));

/** A part of the page that scrolls if it is too wide or too high, also by keyboard. */
export const scrolling = (label, child) =>
  element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, child);

/** A title that opens a table, for those who want the numbers of a drawing. */
export function numbers(title, makeTable) {
  const details = element("details", { class: "numbers" }, element("summary", {}, title));
  const open = () => details.append(scrolling(title, makeTable()));
  details.addEventListener("toggle", open, { once: true });
  return details;
}

/** A table with a caption for screen readers. The first cell of a row is its heading. */
export function table(caption, headings, rows, attributes = {}) {
  const heading = (text) => element("th", { scope: "col" }, text);
  const row = ([first, ...rest]) =>
    element("tr", {}, element("th", { scope: "row" }, first), ...rest.map((cell) => element("td", {}, cell)));
  return element(
    "table",
    attributes,
    element("caption", { class: "visually-hidden" }, caption),
    element("thead", {}, element("tr", {}, ...headings.map(heading))),
    element("tbody", {}, ...rows.map(row)),
  );
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}
