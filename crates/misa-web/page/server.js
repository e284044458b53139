// In the place of a server: a worker of this browser, which computes and sends nothing anywhere.

/** What the page promises about what is typed and dropped. */
export const PROMISE = "What you type and drop stays in this browser: this page computes itself and sends nothing.";

/** A refusal, in the words and with the statuses of a server. */
export class ServerError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

let worker = null;
let asked = 0;
/** By number of a question: how to answer it. */
const waiting = new Map();

/** What is known of the model. */
export const readInfo = () => ask({ route: "info" });

/**
 * The answer to a request `{query, type, body}` on a route such as `v1/predict`. `signal` ends the computation.
 */
export async function send(route, { query, type, body }, key, signal) {
  const isSound = typeof body !== "string";
  return ask({ route, query, type, body: isSound ? await body.arrayBuffer() : body }, signal);
}

function ask(question, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted());
    const number = (asked += 1);
    // The only way to stop a computation; the next question begins anew.
    const abort = () => stop(aborted());
    signal?.addEventListener("abort", abort, { once: true });
    const end = (settle) => (value) => {
      signal?.removeEventListener("abort", abort);
      waiting.delete(number);
      settle(value);
    };
    waiting.set(number, { resolve: end(resolve), reject: end(reject) });
    worker ??= start();
    worker.postMessage({ number, ...question }, question.body instanceof ArrayBuffer ? [question.body] : []);
  });
}

const aborted = () => new DOMException("The computation was stopped.", "AbortError");

function start() {
  // A worker from a blob keeps to the policy of this page, which allows no other addresses; one from a file would not.
  const script = `import ${JSON.stringify(new URL("worker.js", import.meta.url).href)};`;
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const started = new Worker(address, { type: "module" });
  started.addEventListener("message", ({ data }) => answer(data));
  started.addEventListener("error", () =>
    stop(
      new ServerError(
        "a file of this page cannot be loaded: copy the whole folder again, and reload this page",
        0,
      ),
    ),
  );
  return started;
}

function answer({ number, text, error, isBroken }) {
  const question = waiting.get(number);
  if (error) question?.reject(new ServerError(error.message, error.status));
  else question?.resolve(JSON.parse(text));
  // What panicked may be in any state.
  if (isBroken) stop(new ServerError(error.message, error.status));
}

/** Ends the worker, and with it all that waits. */
function stop(error) {
  worker?.terminate();
  worker = null;
  for (const { reject } of [...waiting.values()]) reject(error);
}
