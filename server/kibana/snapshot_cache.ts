import { decodeModelSnapshot, type ModelSnapshot } from '../../common/model_snapshot';
import type { SnapshotStore } from '../detection/ports';

/** Decoded models held in memory, about 1 MB each for 100 trees of 256 rows. */
const MOST_SNAPSHOTS = 64;

/** Models are immutable, so one that was decoded stays right for ever. The least recently used goes first. */
export class SnapshotCache {
  private readonly snapshots = new Map<string, ModelSnapshot>();

  /** @throws DetectionError `not_found`, `refused` for a damaged model */
  public async load(
    models: SnapshotStore,
    space: string,
    detectorId: string,
    version: string,
  ): Promise<ModelSnapshot> {
    const key = JSON.stringify([space, detectorId, version]);
    const snapshot = this.snapshots.get(key) ?? decodeModelSnapshot(await models.load(detectorId, version));
    this.snapshots.delete(key);
    this.snapshots.set(key, snapshot);
    for (const oldest of this.snapshots.keys()) {
      if (this.snapshots.size <= MOST_SNAPSHOTS) break;
      this.snapshots.delete(oldest);
    }
    return snapshot;
  }
}
