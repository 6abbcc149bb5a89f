import type { channelEndpoints } from '../../../common/api/channels';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { summariesOf, tryChannels } from '../../notifications';
import type { Services } from '../contracts/services';
import { homeLink } from '../contracts/links';
import type { Handlers } from './handler';

/** Between two test messages: nobody floods a receiver with them. */
const BETWEEN_TESTS_MILLISECONDS = 5_000;
const lastTests = new WeakMap<Services, number>();

function checkPace(services: Services): void {
  const now = services.clock.now();
  const wait = (lastTests.get(services) ?? -Infinity) + BETWEEN_TESTS_MILLISECONDS - now;
  if (wait > 0) {
    throw new DetectionError(
      'busy',
      `Channels were tried a moment ago; try again in ${Math.ceil(wait / 1_000)} s.`,
      { details: { retry_after_seconds: Math.ceil(wait / 1_000) } },
    );
  }
  lastTests.set(services, now);
}

export const channelHandlers: Handlers<keyof typeof channelEndpoints> = {
  listChannels: async (_request, { services: { alerts } }) =>
    alerts === undefined
      ? { channels: [] }
      : {
          notify: alerts.notify,
          minimum_severity: alerts.minimum_severity,
          channels: summariesOf(alerts).map(({ route, ...channel }) => ({
            ...channel,
            ...(route !== undefined && { route }),
          })),
        },
  testChannels: async ({ body }, { services, scope, signal }) => {
    const { alerts, clock, links, log } = services;
    if (alerts === undefined) {
      throw sentenceError('invalid_input', 'no_channel');
    }
    checkPace(services);
    const trials = await tryChannels(alerts, body.channel, {
      now: () => clock.now(),
      warn: (text) => log.warn(text),
      signal,
      ...(links.publicBaseUrl !== undefined && { link: homeLink({ ...links, space: scope.space }) }),
    });
    return { trials };
  },
};
