import type { Detector } from '../../common/detector';

/** Options of the command `detect`. */
export interface FollowOptions {
  model?: string[];
  detectorId?: string[];
  threshold?: number;
  scoring?: Detector['scoring'];
  index?: string;
  checkpoint?: string[];
  alertsPerDay?: number;
  from: string;
  interval?: string;
  delay?: string;
  once: boolean;
  alerts: boolean;
  context: number;
  limit: number;
}
