// Requests to the server that sent this page, and to no other.

/** What the page promises about what is typed and dropped. */
export const PROMISE = "What you type and drop goes to this server alone.";

/** An answer that is no success, in the server's words. */
export class ServerError extends Error {
  constructor(message, status, retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** What the server says about itself and its models. */
export const readInfo = (key) => ask("info", { headers: headers(key) });

/**
 * The answer to a request `{query, type, body}` on a route such as `v1/predict`. `signal` ends the wait.
 */
export const send = (route, { query, type, body }, key, signal) =>
  ask(query ? `${route}?${query}` : route, {
    method: "POST",
    headers: { ...headers(key), "content-type": type },
    body,
    signal,
  });

const headers = (key) => (key ? { authorization: `Bearer ${key}` } : {});

async function ask(route, options) {
  let response;
  try {
    // Relative, so that the page also works below a path of a proxy.
    response = await fetch(route, { ...options, cache: "no-store", credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("The server cannot be reached. Is it still running?", 0);
  }
  const text = await response.text();
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ServerError(
      `The server answered with status ${response.status} and without JSON.`,
      response.status,
    );
  }
  if (response.ok) return value;
  throw new ServerError(
    value.error ?? `status ${response.status}`,
    response.status,
    response.headers.get("retry-after"),
  );
}
