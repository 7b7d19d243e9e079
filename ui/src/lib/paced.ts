// Many changes in a moment are looked at together: on a busy night they come twenty a second, and nobody reads so fast.

/** Between two looks, in ms. */
const EVERY = 250;

/** Looks at once, and again no sooner than so long after; whatever is asked for meanwhile is one look more. */
export function paced(look: () => Promise<unknown>): () => void {
  let resting = false;
  let again = false;
  return function ask() {
    again = resting;
    if (resting) return;
    resting = true;
    const rest = new Promise((rested) => setTimeout(rested, EVERY));
    void Promise.allSettled([look(), rest]).then(() => {
      resting = false;
      if (again) ask();
    });
  };
}
