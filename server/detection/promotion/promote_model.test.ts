import type { AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import type { AuditQuery, ModelRecord, SnapshotStore as ModelStore } from '../ports';
import { promoteModel, type Promotion } from './promote_model';

const NOW = Date.UTC(2026, 10, 27);
const PROMOTION: Promotion = {
  detectorId: 'web',
  version: 'web-2',
  note: 'kept',
  reason: 'why',
  by: 'ann',
  action: 'model_promoted',
};

function worldOf(active: string | undefined, swapPipeline: () => Promise<string | undefined>) {
  const steps: string[] = [];
  const entries: AuditEntry[] = [];
  const work = {
    models: {
      promote: async (_id: string, version: string, note?: string) => {
        steps.push(`promote ${version}: ${note}`);
        return active === undefined ? {} : { previous: active };
      },
      active: async () =>
        ({
          version: active,
          promotedAt: new Date(NOW - 1_000).toISOString(),
          promotions: ['web-1', 'web-2'].map((version) => ({ version, isBack: false })),
        }) as unknown as ModelRecord,
    },
    audit: {
      append: async (added: readonly AuditEntry[]) => {
        steps.push('audit');
        entries.push(...added);
      },
      list: async (_id: string, { from = 0 }: AuditQuery = {}) => {
        const found = entries.filter(({ at }) => Date.parse(at) >= from);
        return { total: found.length, entries: found };
      },
    },
    clock: { now: () => NOW },
    swapPipeline: async (version: string) => {
      steps.push(`swap ${version}`);
      return swapPipeline();
    },
    putAgain: async (version: string) => {
      steps.push(`put again ${version}`);
    },
  };
  return { work, steps, entries };
}

describe('promotion of a model', () => {
  it('swaps the pipeline, promotes, then writes down who did it and why', async () => {
    const { work, steps, entries } = worldOf('web-1', async () => 'deployment');
    expect(await promoteModel(work, PROMOTION)).toEqual({ previous: 'web-1', pipeline: 'deployment' });
    expect(steps).toEqual(['swap web-2', 'promote web-2: kept', 'audit']);
    expect(entries).toEqual([
      {
        detectorId: 'web',
        at: '2026-11-27T00:00:00.000Z',
        by: 'ann',
        action: 'model_promoted',
        from: 'web-1',
        to: 'web-2',
        reason: 'why',
      },
    ]);
  });

  it('writes down a first model without one before it, and a step of the detector without a name', async () => {
    const { work, entries } = worldOf(undefined, async () => undefined);
    const { by: _nobody, ...promotion } = PROMOTION;
    expect(await promoteModel(work, promotion)).toEqual({});
    expect(entries[0]).not.toHaveProperty('from');
    expect(entries[0]).not.toHaveProperty('by');
  });

  it('writes down once that a version is active, also where it was promoted before and that was cut off', async () => {
    const { work, entries } = worldOf('web-2', async () => undefined);
    const before: AuditEntry = {
      detectorId: 'web',
      at: new Date(NOW - 5_000).toISOString(),
      action: 'model_promoted',
      to: 'web-2',
      reason: 'an earlier time',
    };
    entries.push(before);
    for (let time = 0; time < 2; time++) {
      expect(await promoteModel(work, PROMOTION)).toEqual({ previous: 'web-2' });
    }
    expect(entries.slice(1)).toMatchObject([{ by: 'ann', from: 'web-1', to: 'web-2', reason: 'why' }]);
    const list = () => Promise.reject(new DetectionError('forbidden', 'The trail may not be read.'));
    const blind = { ...work, audit: { ...work.audit, list } };
    expect(await promoteModel(blind, PROMOTION)).toEqual({ previous: 'web-2' });
    expect(entries).toHaveLength(2);
  });

  it('puts the pipeline of the other again where two promote at the same time', async () => {
    let active = 'web-1';
    const { work, steps } = worldOf('web-1', async () => {
      active = 'web-3';
      return 'deployment';
    });
    const over: unknown[] = [];
    const models = {
      promote: async (...[, , , how]: Parameters<ModelStore['promote']>) => {
        over.push(how?.over);
        throw new DetectionError('conflict', 'Somebody else has promoted "web-3" meanwhile.');
      },
      active: async () => ({ version: active, promotedAt: `time of ${active}` }) as ModelRecord,
    };
    await expect(promoteModel({ ...work, models }, PROMOTION)).rejects.toMatchObject({ code: 'conflict' });
    expect(over).toEqual(['time of web-1']);
    expect(steps).toEqual(['swap web-2', 'put again web-3']);
  });

  it('takes the place of an active model whose document is gone', async () => {
    const { work, steps, entries } = worldOf('web-1', async () => 'deployment');
    const { promote } = work.models;
    const over: unknown[] = [];
    const models = {
      promote: async (...given: Parameters<ModelStore['promote']>) => {
        over.push(given[3]?.over);
        return promote(given[0], given[1], given[2]);
      },
      active: () => Promise.reject(new DetectionError('not_found', 'Detector "web" has no model "web-1".')),
    };
    expect(await promoteModel({ ...work, models }, PROMOTION)).toMatchObject({ previous: 'web-1' });
    expect(over).toEqual([undefined]);
    expect(steps).toEqual(['swap web-2', 'promote web-2: kept', 'audit']);
    expect(entries).toMatchObject([{ from: 'web-1', to: 'web-2' }]);
    const unreadable = () => Promise.reject(new DetectionError('unavailable', 'No answer.'));
    const blind = { ...work, models: { ...models, active: unreadable } };
    await expect(promoteModel(blind, PROMOTION)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('promotes nothing that the trial of the pipeline refuses', async () => {
    const { work, steps } = worldOf('web-1', () =>
      Promise.reject(new DetectionError('refused', 'The pipeline costs too much.')),
    );
    await expect(promoteModel(work, PROMOTION)).rejects.toMatchObject({ code: 'refused' });
    expect(steps).toEqual(['swap web-2']);
  });
});
