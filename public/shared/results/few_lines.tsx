import React, { type CSSProperties, type ReactElement, type ReactNode } from 'react';

/** At most so many lines of a text; the whole of it shows when it is pointed at. */
export function FewLines(props: {
  lines: number;
  text: string;
  /** Without it something else shows the whole text. */
  hasTitle?: boolean;
  children?: ReactNode;
}): ReactElement {
  const { lines, text, hasTitle = true, children = text } = props;
  const style: CSSProperties = {
    display: '-webkit-box',
    WebkitBoxOrient: 'vertical',
    WebkitLineClamp: lines,
    overflow: 'hidden',
  };
  return (
    <div style={style} title={hasTitle ? text : undefined}>
      {children}
    </div>
  );
}
