// One inquiry of the server at a time: a newer one ends the older, whose answer is dropped.

import { send } from "./server.js";

export class Inquiry {
  #current = null;

  /** Ends the inquiry that runs, if there is one. */
  cancel() {
    this.#current?.abort();
    this.#current = null;
  }

  /**
   * Asks for the prediction, then for its explanation.
   *
   * `on` is told: `predicted(answer)`, `explained(answer)`, `failed(error)`, and `ended()` at the end of
   * an inquiry that no newer one replaced.
   */
  async begin(request, key, on) {
    this.cancel();
    const own = new AbortController();
    this.#current = own;
    // An answer may be complete at the moment in which it is no longer wanted.
    const isCurrent = () => this.#current === own;
    try {
      const predicted = await send("v1/predict", request, key, own.signal);
      if (!isCurrent()) return;
      on.predicted(predicted);
      const explained = await send("v1/explain", request, key, own.signal);
      if (!isCurrent()) return;
      on.explained(explained);
    } catch (error) {
      if (isCurrent()) on.failed(error);
    }
    if (isCurrent()) {
      this.#current = null;
      on.ended();
    }
  }
}
