import type { AnomalyResult } from '../../../common/anomaly';
import type { KeptIncident } from '../../detection/ports/incidents';
import { createChannel } from '../channels/create_channel';
import { compileRoute } from '../channels/routes';
import { channelsOf, type AlertsConfig } from '../config';
import type { ChannelReport, NotifierDependencies, RoutedChannel } from './channel_work';
import { incidentLinkOf } from '../messages/incident_message';
import { deliver } from './deliver_outbox';
import { enqueueDeferred, enqueueEnds, enqueueIncident, enqueueResults } from './fill_outbox';

export interface Notifier {
  /**
   * Announces those results that are severe enough and new to a channel: one message for each channel. What cannot be
   * delivered now waits in the journal for the next call of `notify` or `flush`. Delivery failures are reported and
   * logged, never thrown; one channel does not hold up another.
   *
   * @throws what the journal throws
   */
  notify(
    detector: { id: string; name: string },
    run: { id: string },
    results: readonly AnomalyResult[],
  ): Promise<ChannelReport[]>;
  /**
   * Announces what is new of those incidents that are severe enough: at most one message for each incident and channel.
   * Delivered as by `notify`.
   */
  notifyIncidents(incidents: readonly KeptIncident[]): Promise<ChannelReport[]>;
  /** Delivers what waits, and tells what was suppressed as soon as the limit allows. Call it now and then. */
  flush(): Promise<ChannelReport[]>;
}

/** Longer than fetch waits for a connection (10 seconds, and up to one more): a host that takes none was sent nothing. */
const DEFAULT_TIMEOUT = 12_000;
/** @param config as `parseAlertsConfig` gives it; without a channel nothing is ever sent */
export function createNotifier(config: AlertsConfig, given: NotifierDependencies): Notifier {
  const dependencies: NotifierDependencies = {
    ...given,
    incidentLink: (id) => given.incidentLink?.(id) ?? incidentLinkOf(config.link_base, id),
  };
  const { clock, log, timeout = DEFAULT_TIMEOUT } = dependencies;
  const needs = {
    fetch: dependencies.fetch ?? globalThis.fetch,
    now: () => clock.now(),
    timeout,
    warn: (text: string) => log.warn(text),
  };
  const channels = channelsOf(config).map(({ name, settings }): RoutedChannel => ({
    ...createChannel(name, settings, config.link_base, needs),
    route: compileRoute(settings.route, config.minimum_severity),
  }));

  let last: Promise<unknown> = Promise.resolve();
  /** One call after another: they share the journal. */
  const inOrder = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  return {
    notify: (detector, run, results) =>
      inOrder(async () => {
        return Promise.all(
          channels.map(async (channel) => {
            const taken = results.filter(({ anomaly: { severity, entity } }) =>
              channel.route.takes({ severity, entity, detectors: [detector] }),
            );
            const overflow = await enqueueResults(
              channel,
              { detector, run, results: taken },
              config,
              dependencies,
            );
            return deliver(channel, config, dependencies, overflow);
          }),
        );
      }),
    notifyIncidents: (incidents) =>
      inOrder(async () => {
        const now = new Map(incidents.map((kept) => [kept.incident.id, kept]));
        return Promise.all(
          channels.map(async (channel) => {
            for (const kept of incidents) await enqueueIncident(channel, kept, dependencies);
            await enqueueDeferred(channel, now, dependencies);
            await enqueueEnds(channel, now, dependencies);
            return deliver(channel, config, dependencies, 0);
          }),
        );
      }),
    flush: () =>
      inOrder(() =>
        Promise.all(
          channels.map(async (channel) => {
            await enqueueDeferred(channel, new Map(), dependencies);
            await enqueueEnds(channel, new Map(), dependencies);
            return deliver(channel, config, dependencies, 0);
          }),
        ),
      ),
  };
}
