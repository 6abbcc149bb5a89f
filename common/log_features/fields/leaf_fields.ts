import type { LogDocument } from '../../log_document';

const MAX_FIELDS = 500;
const MAX_DEPTH = 10;

/** Names of the leaf fields in a sample, dotted, in order of first appearance. */
export function leafFields(documents: readonly LogDocument[]): string[] {
  const fields = new Set<string>();
  const visit = (node: Record<string, unknown>, prefix: string, depth: number): void => {
    for (const key of Object.keys(node).slice(0, MAX_FIELDS)) {
      if (fields.size >= MAX_FIELDS) return;
      const value = node[key];
      const name = prefix === '' ? key : `${prefix}.${key}`;
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
        if (depth < MAX_DEPTH) visit(value as Record<string, unknown>, name, depth + 1);
      } else if (name.length <= 512) {
        fields.add(name);
      }
    }
  };
  for (const document of documents) {
    if (document !== null && typeof document === 'object') visit(document, '', 1);
  }
  return [...fields];
}
