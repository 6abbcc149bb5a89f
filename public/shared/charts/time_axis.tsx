import React, { useState, type ReactElement } from 'react';
import { EuiResizeObserver, EuiText, useEuiTheme } from '@elastic/eui';
import type { Interval } from '../values/time_range';
import { LABEL_WIDTH } from './plot_area';
import { timeTicks } from './time_ticks';

/** Room for a tick with its label, pixels: twice that of a label, since the last one may stand to the left of its tick. */
const TICK_WIDTH = 90;
const HEIGHT = 34;

/** Time axis of charts one above the other: the same time stands at the same place in each, with ticks at round times. */
export function TimeAxis({ range }: { range: Interval }): ReactElement {
  const { euiTheme } = useEuiTheme();
  const [width, setWidth] = useState(800);
  const ticks = timeTicks(range, Math.max(1, Math.floor(width / TICK_WIDTH)));
  return (
    <EuiResizeObserver onResize={(size) => setWidth(size.width)}>
      {(ref) => (
        <div
          ref={ref}
          style={{ position: 'relative', height: HEIGHT, marginLeft: LABEL_WIDTH, overflow: 'hidden' }}
          data-test-subj="logAnomaliesTimeAxis"
        >
          {ticks.map(({ time, label, day }) => {
            const part = (time - range.from) / (range.to - range.from);
            const line = `1px solid ${euiTheme.colors.mediumShade}`;
            const isCut = (1 - part) * width < TICK_WIDTH / 2;
            return (
              <EuiText
                key={time}
                size="xs"
                color="subdued"
                style={{
                  position: 'absolute',
                  ...(isCut
                    ? {
                        right: `${(1 - part) * 100}%`,
                        borderRight: line,
                        paddingRight: 3,
                        textAlign: 'right',
                      }
                    : { left: `${part * 100}%`, borderLeft: line, paddingLeft: 3 }),
                  fontSize: 11,
                  lineHeight: '15px',
                  whiteSpace: 'nowrap',
                }}
              >
                {label}
                {day !== undefined && <div>{day}</div>}
              </EuiText>
            );
          })}
        </div>
      )}
    </EuiResizeObserver>
  );
}
