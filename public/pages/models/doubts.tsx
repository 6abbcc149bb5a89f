import React, { type ReactElement } from 'react';
import type { CandidateGate } from '../../../common/api/gate';
import { checkText } from './check_text';

/** The checks that a model did not pass, the worst first. */
export function Doubts({ gate }: { gate: CandidateGate }): ReactElement | null {
  const doubts = (['fail', 'ask'] as const).flatMap((verdict) =>
    gate.checks.filter((check) => check.verdict === verdict),
  );
  if (doubts.length === 0) return null;
  return (
    <ul data-test-subj="logAnomaliesDoubts">
      {doubts.map((check) => (
        <li key={check.message}>{checkText(check)}</li>
      ))}
    </ul>
  );
}
