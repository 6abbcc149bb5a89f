import type { GateVerdict } from '../../../common/api/gate';

/** One limit and what was measured against it. */
export interface GateCheck {
  readonly name: string;
  readonly verdict: GateVerdict;
  readonly value: number;
  readonly limit: number;
  /** For people: measured value and limit, in a sentence. */
  readonly message: string;
}

/** Outcome of a gate, whichever limits it holds a model to. */
export interface GateReport<Check extends GateCheck = GateCheck> {
  /** That of the worst check. */
  readonly verdict: GateVerdict;
  readonly checks: readonly Check[];
  /** Messages of the checks that did not pass, the worst first. */
  readonly reasons: readonly string[];
}

export const failedChecks = <Check extends GateCheck>(checks: readonly Check[]): Check[] =>
  checks.filter(({ verdict }) => verdict === 'fail');

/** Returns the report of all checks together: the worst of them decides. */
export function gateReportOf<Check extends GateCheck>(checks: readonly Check[]): GateReport<Check> {
  const failed = failedChecks(checks).map(({ message }) => message);
  const doubtful = checks.filter(({ verdict }) => verdict === 'ask').map(({ message }) => message);
  return {
    verdict: failed.length > 0 ? 'fail' : doubtful.length > 0 ? 'ask' : 'pass',
    checks,
    reasons: [...failed, ...doubtful],
  };
}

export const joinReports = (...reports: readonly GateReport[]): GateReport =>
  gateReportOf(reports.flatMap(({ checks }) => checks));
