import { useCallback, useEffect, useState } from 'react';
import { ApiFailure, type Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { useRequest, type Request } from '../../shared/requests/use_request';
import { PAST } from '../../shared/detector/past_range';
import type { Proposal } from './scan_text';

export type Source = Answer<'scanLogs'>['sources'][number];
export type Looked = Answer<'proposeDetectors'>;

/** Sources that are looked at side by side: others use Kibana as well. */
const AT_ONCE = 2;
/** Kibana asks to come again where it is busy. */
const AGAIN_MILLISECONDS = 3_000;
const MOST_TRIES = 5;

/** A source while it is looked at, and after. */
export interface Row extends Source {
  readonly looked?: Looked;
  readonly failure?: ApiFailure;
}

/** Result for a detector that was to be made. */
export type Outcome =
  | { readonly state: 'making' }
  | { readonly state: 'made'; readonly id: string; readonly scoresPast: boolean }
  | { readonly state: 'refused'; readonly reason: string };

/** One proposal of one source. */
export const keyOf = (index: string, { unit, detector }: Pick<Proposal, 'unit' | 'detector'>): string =>
  [unit, detector.entity_field, index].join('/');

const failureOf = (error: unknown): ApiFailure =>
  error instanceof ApiFailure ? error : new ApiFailure(0, undefined, (error as Error).message);

/** Finds sources, looks at one after the other, and makes what is chosen. */
export function useScan(): {
  readonly request: Request<Answer<'scanLogs'>>;
  readonly rows: readonly Row[];
  readonly chosen: ReadonlySet<string>;
  choose(key: string, isChosen: boolean): void;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly isMaking: boolean;
  /** @param scoresPast as well, once they have learned */
  make(scoresPast: boolean): Promise<void>;
} {
  const { api } = useApp();
  const request = useRequest((signal) => api('scanLogs', {}, signal), [api]);
  const [looked, setLooked] = useState<ReadonlyMap<string, Pick<Row, 'looked' | 'failure'>>>(new Map());
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [isMaking, setIsMaking] = useState(false);
  const sources = request.value?.sources;

  useEffect(() => {
    if (sources === undefined) return;
    const interruption = new AbortController();
    const { signal } = interruption;
    setLooked(new Map());
    setChosen(new Set());
    const waiting = [...sources];
    const next = async (): Promise<void> => {
      for (let source = waiting.shift(); source !== undefined && !signal.aborted; source = waiting.shift()) {
        const found = await lookAt(api, source, signal);
        if (signal.aborted) return;
        const { index, detectors } = source;
        setLooked((before) => new Map(before).set(index, found));
        // Nothing is watched a second time unless somebody asks for it.
        if (detectors.length > 0) continue;
        const ready = found.looked?.proposals.filter((proposal) => proposal.ready) ?? [];
        setChosen((before) => new Set([...before, ...ready.map((proposal) => keyOf(index, proposal))]));
      }
    };
    for (let lane = 0; lane < AT_ONCE; lane++) void next();
    return () => interruption.abort();
  }, [api, sources]);

  const rows = (sources ?? []).map((source): Row => ({ ...source, ...looked.get(source.index) }));
  const choose = useCallback((key: string, isChosen: boolean) => {
    setChosen((before) => {
      const after = new Set(before);
      if (isChosen) after.add(key);
      else after.delete(key);
      return after;
    });
  }, []);
  const make = async (scoresPast: boolean): Promise<void> => {
    setIsMaking(true);
    const say = (key: string, outcome: Outcome): void =>
      setOutcomes((before) => new Map(before).set(key, outcome));
    for (const { index, looked: found } of rows) {
      for (const proposal of found?.proposals ?? []) {
        const key = keyOf(index, proposal);
        if (!chosen.has(key) || outcomes.get(key)?.state === 'made') continue;
        say(key, { state: 'making' });
        try {
          const past = scoresPast ? { score_past: PAST } : {};
          const body = { detector: proposal.detector, start: true, ...past };
          const { id } = await api('createDetector', { body });
          say(key, { state: 'made', id, scoresPast });
          choose(key, false);
        } catch (error) {
          say(key, { state: 'refused', reason: failureOf(error).message });
        }
      }
    }
    setIsMaking(false);
  };
  return { request, rows, chosen, choose, outcomes, isMaking, make };
}

async function lookAt(
  api: ReturnType<typeof useApp>['api'],
  { index, timestamp_field }: Source,
  signal: AbortSignal,
): Promise<Pick<Row, 'looked' | 'failure'>> {
  for (let tries = 1; ; tries++) {
    try {
      return { looked: await api('proposeDetectors', { body: { index, timestamp_field } }, signal) };
    } catch (error) {
      const failure = failureOf(error);
      if (failure.status !== 429 || tries === MOST_TRIES || signal.aborted) return { failure };
      await new Promise((done) => setTimeout(done, AGAIN_MILLISECONDS));
    }
  }
}
