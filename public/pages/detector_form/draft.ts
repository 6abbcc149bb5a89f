import {
  describeZodIssues,
  detectorSchema,
  durationToMilliseconds,
  type Detector,
  type DetectorInput,
  type FeatureDefinition,
} from '../../../common/detector';

/** A detector that is being written: whole, but perhaps not valid yet. */
export type Draft = Omit<DetectorInput, 'features'> & { features: Partial<FeatureDefinition>[] };

/** What a suggestion of the server looks like. */
export interface Suggestion {
  readonly definition: FeatureDefinition;
  readonly reason: string;
  readonly examples: readonly string[];
  readonly coverage: number;
}

/** Shares of logs to flag that the slider stops at. */
export const CONTAMINATIONS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1] as const;
export const DEFAULT_CONTAMINATION = 0.01;
export const DEFAULT_WINDOW = '7d';

export const emptyDraft = (): Draft => ({
  name: '',
  source: { index: '', kql: '' },
  features: [],
  threshold: { method: 'contamination', contamination: DEFAULT_CONTAMINATION },
});

export interface Checked {
  readonly detector: Detector | undefined;
  /** By the path of the setting, e.g. `source.index`. */
  readonly problems: ReadonlyMap<string, string>;
}

/** Turns KQL into a query of Elasticsearch; throws with a message for people. */
export type KqlReader = (kql: string) => Record<string, unknown> | undefined;

/**
 * The same check as on the server, for each setting; where the draft has KQL, its query is made of it.
 *
 * @param readKql Kibana lends it to the browser alone
 */
export function checkDraft(draft: Draft, readKql: KqlReader): Checked {
  let { source } = draft;
  if (source.kql !== undefined) {
    try {
      source = { ...source, kql: source.kql || undefined, query: readKql(source.kql) };
    } catch (error) {
      return { detector: undefined, problems: new Map([['source.query', (error as Error).message]]) };
    }
  }
  const cleaned = { ...draft, source, entity_field: draft.entity_field || undefined };
  const parsed = detectorSchema.safeParse(cleaned);
  if (parsed.success) return { detector: parsed.data, problems: new Map() };
  const lines = describeZodIssues(parsed.error, cleaned);
  return {
    detector: undefined,
    problems: new Map(parsed.error.issues.map((issue, place) => [issue.path.join('.'), lines[place]])),
  };
}

/** The share of logs that a draft calls anomalous; undefined where the threshold is a fixed score. */
export const contaminationOf = ({ threshold }: Draft): number | undefined =>
  threshold === undefined || threshold.method === 'fixed'
    ? undefined
    : (threshold.contamination ?? DEFAULT_CONTAMINATION);

/**
 * @param logs in the training window
 * @param window such as `7d`
 */
export const alertsPerDay = (logs: number, window: string, contamination: number): number =>
  (logs * contamination * 86_400_000) / durationToMilliseconds(window);
