import { useCallback, useEffect, useRef, useState, type DependencyList } from 'react';
import { ApiFailure } from '../app/api_client';

export interface Request<Value> {
  /** The last good answer; it stays while a newer one is on its way, and where the same is asked again in vain. */
  readonly value: Value | undefined;
  readonly failure: ApiFailure | undefined;
  readonly isLoading: boolean;
  reload(): void;
}

/**
 * Asks when a dependency changes, and again every `pollMilliseconds` unless an answer takes longer than that; an answer that
 * comes too late is dropped.
 *
 * @param again another value asks the same anew
 */
export function useRequest<Value>(
  ask: (signal: AbortSignal) => Promise<Value>,
  dependencies: DependencyList,
  pollMilliseconds?: number,
  again?: unknown,
): Request<Value> {
  const [state, setState] = useState<Omit<Request<Value>, 'reload'>>({
    value: undefined,
    failure: undefined,
    isLoading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  const isAsking = useRef(false);
  /** Dependencies of the last good answer. */
  const answered = useRef<DependencyList>();
  useEffect(() => {
    const interruption = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    isAsking.current = true;
    latest.current(interruption.signal).then(
      (value) => {
        if (interruption.signal.aborted) return;
        isAsking.current = false;
        answered.current = dependencies;
        setState({ value, failure: undefined, isLoading: false });
      },
      (error: Error) => {
        if (interruption.signal.aborted) return;
        isAsking.current = false;
        const failure = error instanceof ApiFailure ? error : new ApiFailure(0, undefined, error.message);
        // An answer to another question would look like the answer to this one.
        const isSame = areSame(answered.current, dependencies);
        setState(({ value }) => ({ value: isSame ? value : undefined, failure, isLoading: false }));
      },
    );
    return () => interruption.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller names what `ask` depends on
  }, [...dependencies, round, again]);
  useEffect(() => {
    if (pollMilliseconds === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && !isAsking.current) setRound((before) => before + 1);
    }, pollMilliseconds);
    return () => clearInterval(timer);
  }, [pollMilliseconds]);
  return { ...state, reload: useCallback(() => setRound((before) => before + 1), []) };
}

const areSame = (some: DependencyList | undefined, others: DependencyList): boolean =>
  some !== undefined && some.length === others.length && some.every((one, i) => Object.is(one, others[i]));
