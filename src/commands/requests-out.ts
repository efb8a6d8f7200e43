/** Turns of the event loop in which a connection is made and a request is written on it. */
const TURNS = 4;

/** Work waits for this: the requests that were begun before it, the one that reads the image above all, go out first. */
export async function requestsOut(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}
