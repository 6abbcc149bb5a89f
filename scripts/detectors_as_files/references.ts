/** A detector or a connector of a space. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** @returns id of the only one with the name, or of the one with that id; undefined where there is none, or several are */
export function idOf(all: readonly Named[], reference: string): string | undefined {
  const named = all.filter(({ name }) => name === reference);
  if (named.length === 1) return named[0].id;
  return all.find(({ id }) => id === reference)?.id;
}

/** @returns its name where it alone has it, else the id */
export function referenceTo(all: readonly Named[], id: string): string {
  const name = all.find((each) => each.id === id)?.name;
  return name !== undefined && idOf(all, name) === id ? name : id;
}

/** Returns the same references as {@link referenceTo} writes them, sorted, each once: in this form lists are compared. */
export const sameReferences = (all: readonly Named[], references: readonly string[]): string[] =>
  [...new Set(references.map((each) => referenceTo(all, idOf(all, each) ?? each)))].sort();
