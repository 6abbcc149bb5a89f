import assert from 'node:assert/strict';
import type { Operation } from '../../../common/api';
import {
  faultsOfAllowed,
  faultsOfForbidden,
  OPERATIONS,
  CELLS,
  type Ask,
  type MatrixWorld,
} from '../../security/access_matrix';
import { createSecurityWorld, sceneOn, type SecurityWorld } from '../security_world';
import type { World } from '../world';
import { attacksJourney } from './attacks';

/** Everybody tries every operation in both spaces, and everything that was once an attack, on the real Kibana. */
export async function accessJourney(world: World): Promise<void> {
  const { report, reader } = world;
  if (reader === undefined) return report.skip('who may do what', 'security is off');
  let security: SecurityWorld | undefined;
  try {
    await report.journey('Attacks', async () => {
      security = await report.step('two spaces, logs and people are made', () => createSecurityWorld(world));
      await attacksJourney(world, security);
    });
    if (security !== undefined) await matrixJourney(world, security);
  } finally {
    await security?.remove();
  }
}

async function matrixJourney(world: World, security: SecurityWorld): Promise<void> {
  const { report } = world;
  const { spaces, people, marks } = security;
  const ask: Ask = async (persona, place, operation, given) => {
    const client = people[persona].kibana.inSpace(spaces[place]);
    const { status, body } = await client.try(operation, given as never);
    return { status, text: typeof body === 'string' ? body : JSON.stringify(body) };
  };
  const worldOf = async (): Promise<MatrixWorld> => ({
    ask,
    scene: await sceneOn(world, security),
    marks: Object.values(marks),
    markOfLogs: marks.secret,
  });
  const none = (faults: readonly string[]): void => assert.deepEqual(faults, []);
  await report.journey(`Who may do what: ${CELLS.length} requests`, async () => {
    const shared = await report.step(
      'a detector with models, results, feedback and a live pipeline is made',
      worldOf,
    );
    await report.step(
      `${OPERATIONS.length} operations are refused to whoever may not, and change nothing`,
      async () => {
        const faults: string[] = [];
        for (const operation of OPERATIONS as Operation[])
          faults.push(...(await faultsOfForbidden(shared, operation)));
        none(faults);
      },
    );
    await report.step('a reader does everything that is declared', async () =>
      none(await faultsOfAllowed(shared, 'reader')),
    );
    for (const persona of ['owner_without_logs', 'owner', 'superuser'] as const) {
      await report.step(`${persona.replace(/_/g, ' ')} does everything that is declared`, async () =>
        none(await faultsOfAllowed(await worldOf(), persona)),
      );
    }
  });
}
