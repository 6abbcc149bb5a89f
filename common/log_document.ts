/**
 * One log as it lies in Elasticsearch or in a file: nested objects (`{http:{response:{status_code:200}}}`),
 * dotted keys (`{'http.response.status_code':200}`) or both. Nothing about its content is trusted.
 */
export type LogDocument = Readonly<Record<string, unknown>>;

/** A log with where it came from. `index` and `id` together identify it for ever. */
export interface SourceLog {
  readonly index: string;
  readonly id: string;
  readonly document: LogDocument;
}
