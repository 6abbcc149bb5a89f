import type { Answer } from '../app/api_client';

/** One detector as its tabs are given it. */
export interface DetectorView {
  readonly record: Answer<'getDetector'>;
  readonly status: Answer<'getStatus'>;
  readonly reload: () => void;
}
