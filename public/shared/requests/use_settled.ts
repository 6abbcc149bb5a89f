import { useEffect, useState } from 'react';

/** Somebody who drags a slider asks once, at the end. */
const SETTLING_MILLISECONDS = 300;

/** @returns the value once it has not changed for a moment */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLING_MILLISECONDS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- equal values are the same value
  }, [text]);
  return settled;
}
