/** Variables of a template: scalars and lists of texts. */
const TEMPLATE_VARIABLES = [
  'key',
  'news',
  'headline',
  'severity',
  'title',
  'entity',
  'incident_id',
  'start',
  'end',
  'count',
  'detector',
  'detector_id',
  'reasons',
  'lines',
  'link',
  'suppressed',
] as const;
export type TemplateVariable = (typeof TEMPLATE_VARIABLES)[number];
export type TemplateValues = Readonly<Record<TemplateVariable, string | number | readonly string[] | null>>;

/** Parts of a template: JSON. */
export type TemplateJson =
  string | number | boolean | null | readonly TemplateJson[] | { readonly [name: string]: TemplateJson };

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const LONGEST_TEMPLATE = 20_000;
const DEEPEST_TEMPLATE = 20;

const isVariable = (name: string): name is TemplateVariable =>
  (TEMPLATE_VARIABLES as readonly string[]).includes(name);

/** @returns a problem of the template, which names no value of it, or undefined */
export function templateProblem(template: unknown): string | undefined {
  if (JSON.stringify(template).length > LONGEST_TEMPLATE)
    return `must have at most ${LONGEST_TEMPLATE} characters as JSON`;
  const unknown = new Set<string>();
  const visit = (value: unknown, depth: number): boolean => {
    if (depth > DEEPEST_TEMPLATE) return false;
    if (typeof value === 'string') {
      for (const [, name] of value.matchAll(PLACEHOLDER)) if (!isVariable(name)) unknown.add(name);
      return true;
    }
    if (value === null || typeof value !== 'object') return true;
    return Object.values(value).every((each) => visit(each, depth + 1));
  };
  if (!visit(template, 0)) return `must be nested at most ${DEEPEST_TEMPLATE} levels deep`;
  if (unknown.size === 0) return undefined;
  return `has ${unknown.size} unknown variables; allowed: ${TEMPLATE_VARIABLES.join(', ')}`;
}

const textOf = (value: TemplateValues[TemplateVariable]): string =>
  value === null ? '' : typeof value === 'object' ? value.join('\n') : String(value);

/**
 * Fills in the variables of a template. Values become a part of texts, never of the structure: no log can add a field. A text that is
 * one variable alone becomes that value, a number or a list.
 */
export function fillTemplate(template: TemplateJson, values: TemplateValues): TemplateJson {
  if (typeof template === 'string') {
    const whole = /^\{\{\s*(\w+)\s*\}\}$/.exec(template)?.[1];
    if (whole !== undefined && isVariable(whole)) return values[whole];
    return template.replace(PLACEHOLDER, (placeholder, name: string) =>
      isVariable(name) ? textOf(values[name]) : placeholder,
    );
  }
  if (template === null || typeof template !== 'object') return template;
  if (Array.isArray(template))
    return (template as readonly TemplateJson[]).map((each) => fillTemplate(each, values));
  return Object.fromEntries(
    Object.entries(template as Record<string, TemplateJson>).map(([name, value]) => [
      name,
      fillTemplate(value, values),
    ]),
  );
}

/** Fills in a template that is a text alone. */
export const fillText = (template: string, values: TemplateValues): string =>
  template.replace(PLACEHOLDER, (placeholder, name: string) =>
    isVariable(name) ? textOf(values[name]) : placeholder,
  );
