export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, milliseconds));

/**
 * Asks again and again until the answer is there.
 *
 * @param what finishes the sentence "Waited ... s for"
 * @param look returns undefined while there is nothing yet; may also return a text that says how things stand
 */
export async function waitFor<Value extends object>(
  what: string,
  look: () => Promise<Value | string | undefined>,
  { timeout = 120_000, interval = 500 }: { timeout?: number; interval?: number } = {},
): Promise<Value> {
  const started = Date.now();
  for (;;) {
    const found = await look();
    if (typeof found === 'object') return found;
    if (Date.now() - started > timeout) {
      throw new Error(
        `Waited ${Math.round(timeout / 1_000)} s for ${what}${found ? `; last seen: ${found}` : ''}`,
      );
    }
    await sleep(interval);
  }
}
