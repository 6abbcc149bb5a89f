import React, { type CSSProperties, type ReactElement, type ReactNode } from 'react';

/** At most so many lines of a text; the whole of it shows when it is pointed at. */
export function FewLines(props: { lines: number; text: string; children?: ReactNode }): ReactElement {
  const { lines, text, children = text } = props;
  const style: CSSProperties = {
    display: '-webkit-box',
    WebkitBoxOrient: 'vertical',
    WebkitLineClamp: lines,
    overflow: 'hidden',
  };
  return (
    <div style={style} title={text}>
      {children}
    </div>
  );
}
