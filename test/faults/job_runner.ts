import { Client } from '@elastic/elasticsearch';
import type { Detector } from '../../common/detector';
import { readsOf } from '../../common/model_snapshot/model_reads';
import { parseAlertsConfig } from '../../server/notifications';
import { DETECTOR_TYPE, INTERNAL_TYPES, namespaceOf } from '../../server/kibana/contracts/identifiers';
import { runDetector } from '../../server/kibana/tasks/run_detector';
import { startKibanaStandIn, type KibanaStandIn } from '../integration/fixtures/kibana_stand_in';
import { shortenWaits } from './short_waits';
import { FaultyConnection, faults, type Fault } from './faulty_connection';

/**
 * Runs a detector in a process of its own, as a Kibana does, over a connection that fails when it is told to. Pauses are a
 * hundredth of what they are.
 */
export interface Setting {
  readonly elasticsearch: { readonly url: string; readonly username: string; readonly password: string };
  readonly space: string;
  readonly detectorId: string;
  readonly detector: Detector;
  readonly receiver: string;
}
export interface RunOrder {
  readonly now: number;
  readonly fault?: Fault;
}
export interface RunAnswer {
  readonly requests: number;
  readonly fired: boolean;
  /** Code of the failure, where it failed. */
  readonly failure?: string;
  /** Next step that a person reads beside the failure. */
  readonly advice?: string;
  /** Failed runs in a row, this one included. */
  readonly failuresInARow: number;
  /** Milliseconds until the next run, where it is not left to the interval. */
  readonly pause?: number;
}

shortenWaits();

const setting = JSON.parse(process.env.FAULTS_SETTING as string) as Setting;
const { url, username, password } = setting.elasticsearch;
const client = new Client({
  node: url,
  auth: { username, password },
  maxRetries: 0,
  compression: false,
  Connection: FaultyConnection,
});

/** A Kibana that has just been started: nothing in its memory. */
async function startKibana(): Promise<KibanaStandIn> {
  const kibana = startKibanaStandIn({
    plain: client,
    alerts: parseAlertsConfig({
      notify: 'anomalies',
      slack: { webhook_url: setting.receiver },
      max_per_hour: 1_000,
      results_per_message: 20,
    }),
  });
  const { clock } = kibana.services;
  Object.assign(clock, { sleep: () => Promise.resolve() });
  const at = new Date(0).toISOString();
  const attributes = {
    name: setting.detector.name,
    detector: setting.detector,
    enabled: true,
    model_reads: readsOf(setting.detector),
    created_at: at,
    updated_at: at,
  };
  await kibana.savedObjects
    .client(setting.space, { includedHiddenTypes: INTERNAL_TYPES })
    .create(DETECTOR_TYPE, attributes, { id: setting.detectorId, namespace: namespaceOf(setting.space) });
  return kibana;
}

async function run(kibana: KibanaStandIn, { now, fault }: RunOrder): Promise<RunAnswer> {
  Object.assign(faults, { fault, requests: 0, fired: false });
  kibana.now = () => now;
  const outcome = await runDetector(
    kibana.services,
    { space: setting.space, detectorId: setting.detectorId },
    { failures: 0, share: 1, signal: new AbortController().signal, isOutOfTime: () => false },
  );
  const failure = outcome.kind === 'ran' ? outcome.failure : undefined;
  const { requests, fired } = faults;
  faults.fault = undefined;
  const pause = outcome.kind === 'ran' ? outcome.delay : undefined;
  return {
    requests,
    fired,
    failuresInARow: outcome.kind === 'ran' ? outcome.failures : 0,
    ...(failure && { failure: `${failure.code}: ${failure.message}`, advice: failure.next_step }),
    ...(pause !== undefined && { pause }),
  };
}

let kibana = startKibana();
process.on('message', (order: RunOrder) => {
  void (async () => {
    if (faults.isDead) {
      faults.isDead = false;
      kibana = startKibana();
    }
    process.send?.(await run(await kibana, order));
  })();
});
process.send?.('ready');
