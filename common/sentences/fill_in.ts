/** Puts values into the places of a phrase. Values are taken as they are, with whatever braces they hold. */
export const fillIn = (phrase: string, values: Readonly<Record<string, string | number>> = {}): string =>
  phrase.replace(/\{([a-z_]+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : place,
  );
