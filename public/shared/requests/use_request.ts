import { useCallback, useEffect, useRef, useState, type DependencyList } from 'react';
import { ApiFailure } from '../app/api_client';

export interface Request<Value> {
  /** The last good answer; it stays while a newer one is on its way. */
  readonly value: Value | undefined;
  readonly failure: ApiFailure | undefined;
  readonly isLoading: boolean;
  reload(): void;
}

/** Asks when a dependency changes, and again every `pollMilliseconds`; an answer that comes too late is dropped. */
export function useRequest<Value>(
  ask: (signal: AbortSignal) => Promise<Value>,
  dependencies: DependencyList,
  pollMilliseconds?: number,
): Request<Value> {
  const [state, setState] = useState<Omit<Request<Value>, 'reload'>>({
    value: undefined,
    failure: undefined,
    isLoading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const interruption = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    latest.current(interruption.signal).then(
      (value) => {
        if (!interruption.signal.aborted) setState({ value, failure: undefined, isLoading: false });
      },
      (error: Error) => {
        if (interruption.signal.aborted) return;
        const failure = error instanceof ApiFailure ? error : new ApiFailure(0, undefined, error.message);
        setState((before) => ({ ...before, failure, isLoading: false }));
      },
    );
    return () => interruption.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller names what `ask` depends on
  }, [...dependencies, round]);
  useEffect(() => {
    if (pollMilliseconds === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setRound((before) => before + 1);
    }, pollMilliseconds);
    return () => clearInterval(timer);
  }, [pollMilliseconds]);
  return { ...state, reload: useCallback(() => setRound((before) => before + 1), []) };
}
