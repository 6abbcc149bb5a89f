/** Shorter ones are no secrets, and would be found in any message. */
const SHORTEST = 4;

/** Values that came from environment variables. Messages show the name of the variable and never the value. */
export class SubstitutedValues {
  private readonly names = new Map<string, string>();

  public add(name: string, value: string | undefined): void {
    if (value !== undefined && value.length >= SHORTEST) this.names.set(value, name);
  }

  /** @returns the text with `${NAME}` for each value, as it stands, in JSON, in base64 or in a URL */
  public hideIn(text: string): string {
    let hidden = text;
    // The longest first: one value may be part of another.
    for (const [value, name] of [...this.names].sort(([one], [other]) => other.length - one.length)) {
      const forms = [
        value,
        JSON.stringify(value).slice(1, -1),
        Buffer.from(value).toString('base64'),
        encodeURIComponent(Buffer.from(value).toString()),
      ];
      for (const form of forms) hidden = hidden.replaceAll(form, () => `\${${name}}`);
    }
    return hidden;
  }
}
