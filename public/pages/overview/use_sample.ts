import { useEffect, useRef, useState } from 'react';
import type { SampleReport } from '../../../common/api';
import type { ApiFailure } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { detectorPath } from '../../shared/app/location';
import { useRequest, type Request } from '../../shared/requests/use_request';

/** It takes seconds altogether. */
const POLL_MILLISECONDS = 1_000;

export const isUnderWay = (sample: SampleReport | undefined): boolean =>
  sample !== undefined && ['writing', 'training', 'scoring'].includes(sample.state);

export interface Sample {
  readonly request: Request<SampleReport>;
  /** Failure of the last request, until the next one. */
  readonly failure: ApiFailure | undefined;
  /** Warnings of the last removal: a sentence for each part that could not be removed. */
  readonly warnings: readonly string[];
  readonly isBusy: boolean;
  install(): void;
  remove(): void;
  open(): void;
}

/** The sample logs of the space: the server knows how far they are, so a reload loses nothing. */
export function useSample(changed: () => void): Sample {
  const { api, go } = useApp();
  const [poll, setPoll] = useState<number>();
  const request = useRequest((signal) => api('getSample', {}, signal), [api], poll);
  const [failure, setFailure] = useState<ApiFailure>();
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const { value } = request;
  const isWorking = isUnderWay(value);
  const open = () => {
    if (value?.detector_id === undefined) return;
    go(detectorPath(value.detector_id), { from: 'now-7d', to: 'now', sort: 'severity' });
  };
  const wasWorking = useRef(false);
  useEffect(() => {
    setPoll(isWorking ? POLL_MILLISECONDS : undefined);
    const hasFinished = wasWorking.current && value?.state === 'ready';
    wasWorking.current = isWorking;
    if (hasFinished) open();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only a change of state matters
  }, [isWorking, value?.state]);
  const run = async (work: () => Promise<unknown>) => {
    setIsBusy(true);
    setFailure(undefined);
    setWarnings([]);
    try {
      await work();
    } catch (error) {
      setFailure(error as ApiFailure);
    } finally {
      setIsBusy(false);
      request.reload();
      changed();
    }
  };
  return {
    request,
    failure,
    warnings,
    isBusy,
    open,
    install: () => void run(() => api('installSample')),
    remove: () => void run(async () => setWarnings((await api('removeSample')).warnings)),
  };
}
