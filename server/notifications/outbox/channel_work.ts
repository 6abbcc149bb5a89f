import type { AnomalyResult } from '../../../common/anomaly';
import type { Clock } from '../../detection/ports';
import type { KeptIncident } from '../../detection/ports/incidents';
import type { CompiledRoute } from '../channels/routes';
import type { AnnouncementJournal } from '../journal';
import type { AlertChannel, RetryOptions } from '../messages/delivery';

export interface AlertLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface NotifierDependencies {
  readonly fetch?: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly journal: AnnouncementJournal;
  readonly log: AlertLog;
  readonly retry?: RetryOptions;
  /** Milliseconds that a receiver has for each answer. Default 12 seconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Returns the absolute address at which a result can be judged, or none. */
  readonly feedbackLink?: (result: AnomalyResult) => string | undefined;
  /** Looks up an incident, for channels that keep an alert of each: a person may have closed it, or it became a part of another. */
  readonly findIncident?: (id: string) => Promise<KeptIncident | undefined>;
  /** Returns the absolute address of an incident, or none. */
  readonly incidentLink?: (id: string) => string | undefined;
}

/** A channel with the rules that say what it takes and when. */
export interface RoutedChannel extends AlertChannel {
  readonly route: CompiledRoute;
}

/** Outcome of one channel in one call. */
export interface ChannelReport {
  readonly channel: AlertChannel['name'];
  /** Messages and results delivered now, those of earlier calls included. */
  readonly messages: number;
  readonly announced: number;
  /** Results held back by the limit now. */
  readonly suppressed: number;
  /** Messages that wait for a later call. */
  readonly waiting: number;
  /** Reason why they wait. Holds no secret. */
  readonly error?: string;
}
