import { parseDetector } from '../../../common/detector';
import { backfillKeyRole, detectorKeyRole } from './key_role';
import { detectorRole, ownerRole } from '../indices/privileges';

const detectorOf = (index: string, scoring: 'job' | 'ingest' = 'job') =>
  parseDetector({
    name: 'Web',
    source: { index },
    features: [{ type: 'number', field: 'bytes' }],
    scoring,
  });

describe('the role of a key', () => {
  it('reads the calendar of changes and writes nothing into it', () => {
    const rightsOn = (name: string): string[] =>
      detectorKeyRole(detectorOf('web'), 'b')
        .indices.filter(({ names }) => names.includes(name))
        .flatMap(({ privileges }) => [...privileges]);
    expect(rightsOn('log-anomalies-annotations.b')).toEqual(['view_index_metadata', 'read']);
    expect(rightsOn('log-anomalies-incidents.b')).toContain('index');
    expect(ownerRole(['web'], 'b').indices.flatMap(({ names }) => names)).toContain(
      'log-anomalies-annotations.b',
    );
  });

  it('is that of a detector for these logs and this space alone', () => {
    const { cluster, indices } = detectorKeyRole(detectorOf('web-*, app'), 'b');
    const owner = detectorRole(['web-*', 'app'], 'b');
    expect(cluster).toEqual(owner.cluster);
    expect(indices.slice(0, -1)).toEqual(owner.indices);
    const [old] = indices.slice(-1);
    expect(old.privileges).toEqual(['read', 'view_index_metadata']);
    expect(old.names).toContain('log-anomalies-feedback-b');
    expect(detectorKeyRole(detectorOf('web', 'ingest'), 'b').cluster).toEqual(['manage_ingest_pipelines']);
  });

  it('names logs of another cluster as they are called there', () => {
    const { indices, remote_indices: remote } = detectorKeyRole(detectorOf('web,east:app-*'), 'default');
    expect(indices.flatMap(({ names }) => names)).toEqual(expect.arrayContaining(['web', 'app-*']));
    expect(remote).toEqual([{ clusters: ['east'], names: ['app-*'], privileges: expect.anything() }]);
  });

  it('names no exclusions, and patterns where names change with the date', () => {
    const role = detectorKeyRole(detectorOf('logs-*, -logs-old*,<web-{now/d{yyyy.MM.dd|+12:00}}-x>'), 'b');
    expect(role.indices[0].names).toEqual(['logs-*', 'web-*-x']);
    expect(role).not.toHaveProperty('remote_indices');
  });

  it('writes what a backfill writes, and nothing else', () => {
    const writable = (into?: string): string[] =>
      backfillKeyRole(detectorOf('web', 'ingest'), 'b', into)
        .indices.filter(({ privileges }) => privileges.some((each) => ['write', 'manage'].includes(each)))
        .flatMap(({ names }) => names);
    expect(writable()).toEqual(['web']);
    expect(writable('copy')).toEqual(['copy']);
  });
});
