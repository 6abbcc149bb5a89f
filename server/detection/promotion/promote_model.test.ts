import type { AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
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
    },
    audit: {
      append: async (added: readonly AuditEntry[]) => {
        steps.push('audit');
        entries.push(...added);
      },
    },
    clock: { now: () => NOW },
    swapPipeline: async (version: string) => {
      steps.push(`swap ${version}`);
      return swapPipeline();
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

  it('writes down nothing where the version was active already', async () => {
    const { work, entries } = worldOf('web-2', async () => undefined);
    expect(await promoteModel(work, PROMOTION)).toEqual({ previous: 'web-2' });
    expect(entries).toEqual([]);
  });

  it('promotes nothing that the trial of the pipeline refuses', async () => {
    const { work, steps } = worldOf('web-1', () =>
      Promise.reject(new DetectionError('refused', 'The pipeline costs too much.')),
    );
    await expect(promoteModel(work, PROMOTION)).rejects.toMatchObject({ code: 'refused' });
    expect(steps).toEqual(['swap web-2']);
  });
});
