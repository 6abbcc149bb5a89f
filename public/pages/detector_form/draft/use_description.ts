import { useEffect, useState } from 'react';
import { durationSchema } from '../../../../common/detector';
import type { Answer } from '../../../shared/app/api_client';
import { useApp } from '../../../shared/app/app_context';
import { useRequest, type Request } from '../../../shared/requests/use_request';
import { DEFAULT_WINDOW, type Draft } from './draft';

export type Description = Answer<'describeLogs'>;

/** Typing goes on for so long before the logs are asked. */
const PAUSE_MILLISECONDS = 600;

function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** A few of the logs and what the chosen fields hold, by one request for all, anew when the choice has settled. */
export function useDescription(
  draft: Draft,
  source: Draft['source'] | undefined,
): Request<Description | undefined> {
  const { api } = useApp();
  // Those of buckets are numbers of rows, which no log has.
  const features = (draft.unit === 'bucket' ? [] : draft.features).flatMap(
    ({ type, field, time_zone: own }) => {
      const zone = own === undefined || own === 'UTC' ? draft.time_zone : own;
      return type !== undefined && field ? [{ type, field, ...(zone && { time_zone: zone }) }] : [];
    },
  );
  const window = draft.training?.window ?? DEFAULT_WINDOW;
  const isReady = source !== undefined && source.index !== '' && durationSchema.safeParse(window).success;
  const wanted = useSettled(isReady ? JSON.stringify({ source, window, features }) : '');
  return useRequest(
    async (signal) => (wanted === '' ? undefined : api('describeLogs', { body: JSON.parse(wanted) }, signal)),
    [api, wanted],
  );
}
